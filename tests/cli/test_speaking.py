"""Mistakes of use are told in the person's language."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan"], "缺少参数 EVENT。"),
        (["plon"], "没有“plon”这个命令。是不是 plan？"),
        (["xyzzy"], "有这些："),
        (["lint", "/nowhere"], "没有 /nowhere。"),
        (["plan", "x", "--nope"], "没有 --nope 这个选项"),
        (["plan", "--lang", "en"], "Missing argument"),
        (["plan", "x", "--today", "2026-13-01"], "错误：--today 应为日期，如 2026-11-22。"),
        (["plan", "x", "--today", "soon", "--lang=en"], "Error: --today must be a date such as 2026-11-22."),
        (["plan", "x", "--lang", "fr"], "--lang 只能是其中之一：zh, en。"),
        (["plan", "x", "--lang"], "--lang 后面要写一个值。"),
        (["plan", "x", "y"], "多写了参数：y。"),
        (["plan", "x", "y", "--lang", "en"], "There are arguments too many: y."),
        (["plan", "x", "--todya", "1"], "是不是 --today？"),
        (["--nope"], "没有 --nope 这个选项。"),
        (["plan"], "用法：main plan [OPTIONS] EVENT"),
    ],
)
def test_a_mistake_of_use_is_told_in_words(run: Run, arguments: list[str], said: str) -> None:
    assert said in run(*arguments, exit_code=2).stderr


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_instead_of_its_folder_is_told_with_the_folder(
    run: Run, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("schema: 1\n", encoding="utf-8")
    heard = run("lint", str(file), "--lang", language, exit_code=2).stderr
    assert heard.rstrip().endswith(f"{'：' if language == 'zh' else ': '}{tmp_path}")
