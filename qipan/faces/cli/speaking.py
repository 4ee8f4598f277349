"""What is said about a mistake of use, in the person's language; in English mostly in click's own words."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

import click

from qipan.faces.cli.options import default_language
from qipan.faces.cli.words import say

_GIVEN: Final = "qipan.faces.cli.given"


class Speaking(click.Group):
    """A group of commands whose mistakes of use are told in the person's language."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments as given, for what is said of them."""
        ctx.meta[_GIVEN] = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise self._told(error, ctx.meta[_GIVEN]) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is named."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise self._told(error, ctx.meta[_GIVEN]) from None

    def _told(self, error: click.UsageError, arguments: Sequence[str]) -> click.UsageError:
        if isinstance(error, _ToldError | click.exceptions.NoArgsIsHelpError):
            return error
        telling = _Telling(arguments, self.list_commands(click.Context(self)))
        return _ToldError(telling.worded(error), error.ctx, telling.language)


class _ToldError(click.UsageError):
    """A mistake of use, told whole in one language."""

    def __init__(self, message: str, ctx: click.Context | None, language: str) -> None:
        super().__init__(message.encode(errors="replace").decode().strip(), ctx)
        self.language = language

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it, after how the command is used."""
        if self.language != "zh":
            super().show(file)
            return
        if self.ctx is not None:
            usage = self.ctx.get_usage().removeprefix("Usage: ")
            click.echo(f"用法：{usage}\n用 {self.ctx.command_path} --help 查看说明。\n", file=file, err=True)
        click.echo(f"错误：{self.message}", file=file, err=True)


class _Telling:
    """Words click's mistakes anew."""

    def __init__(self, arguments: Sequence[str], commands: Sequence[str]) -> None:
        self.language = _language(arguments)
        self.arguments, self.commands = list(arguments), commands

    def worded(self, error: click.UsageError) -> str:
        """Give the mistake in words; click's own where nothing better is known."""
        match error:
            case click.MissingParameter(param=click.Parameter() as param):
                return self._say("use-missing", name=_name(param))
            case click.NoSuchOption(option_name=name):
                near = difflib.get_close_matches(name, list(error.possibilities or ()), n=1)
                return self._say("use-no-option", name=name, near=self._near(near))
            case click.BadOptionUsage(option_name=name) if "requires an argument" in error.message:
                return self._say("use-no-value", name=name)
            case click.BadParameter(param=click.Parameter() as param):
                return self._unfit(error, param)
        if error.message.startswith("Got unexpected extra argument"):
            extra = error.message.partition("(")[2].rstrip(")")
            return self._say("use-too-many", names=extra)
        if self.commands and self.arguments and error.message.startswith("No such command"):
            return self._command(self.arguments[0])
        return error.message

    def _unfit(self, error: click.BadParameter, param: click.Parameter) -> str:
        match param.type:
            case click.Choice(choices=choices):
                return self._say("use-choice", name=_name(param), choices=", ".join(map(str, choices)))
            case click.DateTime():
                return self._say("use-date", name=_name(param))
            case click.Path() as wanted:
                return self._place(error, param, wanted)
        return error.message

    def _place(self, error: click.BadParameter, param: click.Parameter, wanted: click.Path) -> str:
        given = (part for one in self.arguments for part in (one, one.partition("=")[2]) if part)
        path = next((Path(one) for one in given if f"'{one}'" in error.message), None)
        if path is None:
            return error.message
        if not wanted.file_okay and path.is_file():
            return self._say("use-file", path=path, folder=path.parent)
        if not wanted.dir_okay and path.is_dir():
            return self._say("use-folder", path=path)
        return self._say("use-unreadable" if path.exists() else "use-nowhere", path=path, name=_name(param))

    def _command(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.commands, n=1, cutoff=0.6)
        there = "" if near else self._say("there-are", names="、".join(self.commands))
        return self._say("use-no-command", name=name, near=self._near(near) + there)

    def _near(self, names: Sequence[str]) -> str:
        return self._say("did-you-mean", names=names[0]) if names else ""

    def _say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)


def _name(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name.upper()


def _language(arguments: Sequence[str]) -> str:
    spelled = [part for one in arguments for part in one.split("=", 1)]
    for number, argument in enumerate(spelled[:-1]):
        if argument == "--lang" and spelled[number + 1] in {"zh", "en"}:
            return spelled[number + 1]
    return default_language()
