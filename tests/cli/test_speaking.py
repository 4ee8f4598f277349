"""Mistakes of use are told in the person's language."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan"], "缺少参数 EVENT。"),
        (["plon"], "没有“plon”这个命令。是不是 plan？"),
        (["frobnicate"], "有这些："),
        (["lint", "/nowhere"], "没有 /nowhere。"),
        (["plan", "x", "--nope"], "没有 --nope 这个选项"),
        (["plan", "--lang", "en"], "Missing argument"),
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
