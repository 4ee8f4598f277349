"""What click says about a mistake of use, in Chinese where the person reads Chinese; English is click's own."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from qipan.faces.cli.options import default_language

_GIVEN: Final = "qipan.faces.cli.given"


class Speaking(click.Group):
    """A group of commands whose mistakes of use are told in the person's language."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments as given, for what is said of them."""
        ctx.meta[_GIVEN] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is named."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            message = _Told(ctx.meta[_GIVEN], sorted(self.commands)).worded(error)
            if message == error.message:
                raise
            raise click.UsageError(message, ctx=error.ctx) from None


class _Told:
    """Words click's mistakes anew."""

    def __init__(self, arguments: Sequence[str], commands: Sequence[str]) -> None:
        self.chinese = _language(arguments) == "zh"
        self.arguments, self.commands = list(arguments), commands

    def worded(self, error: click.UsageError) -> str:
        """Give the mistake in words; click's own where nothing better is known."""
        if isinstance(error, click.MissingParameter) and self.chinese:
            return f"缺少参数 {error.param.human_readable_name.upper() if error.param else ''}。"
        if isinstance(error, click.NoSuchOption) and self.chinese:
            return f"没有 {error.option_name} 这个选项。用 --help 查看有哪些。"
        if isinstance(error, click.BadParameter):
            return self._place(error)
        if self.commands and self.arguments and error.message.startswith("No such command"):
            return self._command(self.arguments[0], error.message)
        return error.message

    def _place(self, error: click.BadParameter) -> str:
        path = next((Path(one) for one in self.arguments if one and f"'{one}'" in error.message), None)
        if path is None or not isinstance(getattr(error.param, "type", None), click.Path):
            return error.message
        if path.is_file():
            folder = path.parent
            return (
                f"{path} 是文件，请指定它所在的文件夹：{folder}"
                if self.chinese
                else f"{path} is a file; name its folder: {folder}"
            )
        return f"没有 {path}。请检查路径。" if self.chinese and not path.exists() else error.message

    def _command(self, name: str, otherwise: str) -> str:
        if not self.chinese:
            return otherwise
        near = difflib.get_close_matches(name, self.commands, n=1, cutoff=0.6)
        hint = f"是不是 {near[0]}？" if near else f"有这些：{'、'.join(self.commands)}。"
        return f"没有“{name}”这个命令。{hint}"


def _language(arguments: Sequence[str]) -> str:
    for number, argument in enumerate(arguments[:-1]):
        if argument == "--lang" and arguments[number + 1] in {"zh", "en"}:
            return arguments[number + 1]
    return default_language()
