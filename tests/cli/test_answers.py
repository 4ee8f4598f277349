"""Answers that a service does not take, and files of answers that cannot be read."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

LIBRARY = """schema: 1
agencies: {o: {title: {zh: 局, en: Office}, levels: [county]}}
codes: {sort: {title: 种类, values: {a: {zh: 甲, en: Alpha}, b: {zh: 乙, en: Beta}}}}
elements:
  Person.length: {title: {zh: 长度, en: length}, type: integer, checks: {max: 50}}
  Person.sort: {title: {zh: 种类, en: sort}, type: code, codes: sort}
  Person.word: {title: {zh: 词, en: word}}
  Person.born: {title: {zh: 生日, en: born}, type: date, checks: {max: today}}
services:
  s:
    title: {zh: 甲事, en: First}
    agency: o
    level: county
    parties: {who: Person}
    needs:
      - {field: who.length, checks: {min: 10}}
      - {field: who.sort, checks: {one_of: [a]}}
      - {field: who.word, checks: {pattern: '[A-Z]+'}}
      - who.born
  t:
    title: {zh: 乙事, en: Second}
    agency: o
    level: county
    parties: {who: Person}
    when: who.sort == "b"
    needs: [{field: who.length, checks: {min: 40}}]
events:
  e:
    title: {zh: 一件事, en: Event}
    parties: {who: {kind: Person, title: {zh: 本人, en: you}, applicant: true}}
    services: [s, t]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with services that take less than the elements allow."""
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a.yaml").write_text(LIBRARY, encoding="utf-8")
    return tmp_path / "library"


def said(
    run: Run, folder: Path, answers: bytes, *more: str, name: str = "a.yaml", command: str = "plan e"
) -> str:
    """What is said of a file of answers that is refused."""
    file = folder.parent / name
    file.write_bytes(answers)
    arguments = (*command.split(), "--library", str(folder), "--answers", str(file), *more)
    return run(*arguments, exit_code=2).stderr


@pytest.mark.parametrize(
    ("answers", "zh", "en"),
    [
        ("who.length: 9", "“9”不能作为本人的长度 (who.length)的值，“甲事”要求不得小于 10。", "for “First” it must be at least 10."),
        ("who.sort: b", "“甲事”要求只能是：甲。", "“Beta” is no value for sort (you) (who.sort); for “First” it must be one of Alpha."),
        ("who.word: abc", "“甲事”要求写法应合乎 [A-Z]+。", "for “First” it must match [A-Z]+."),
    ],
)  # fmt: skip
def test_what_a_service_does_not_take_is_refused_with_its_name(
    run: Run, folder: Path, answers: str, zh: str, en: str
) -> None:
    assert zh in said(run, folder, answers.encode())
    assert en in said(run, folder, answers.encode(), "--lang", "en")
    assert zh in said(run, folder, answers.encode(), command="explain e who.word")
    assert zh in said(run, folder, answers.encode(), command="graph e")


def test_what_a_service_that_takes_no_part_demands_is_no_matter(run: Run, folder: Path) -> None:
    (folder.parent / "a.yaml").write_text("who: {length: 20, sort: a}\n", encoding="utf-8")
    run("plan", "e", "--library", str(folder), "--answers", str(folder.parent / "a.yaml"))


def test_a_day_to_come_is_no_birthday(run: Run, folder: Path) -> None:
    assert "不得晚于 2026-11-22" in said(run, folder, b"who.born: 2026-11-23", "--today", "2026-11-22")


@pytest.mark.parametrize(
    ("name", "answers", "words"),
    [
        ("a.yaml", b"\xff\xfe\x00", ("不是 UTF-8 编码", "not UTF-8")),
        ("a.json", b"\xff\xfe", ("不是 UTF-8 编码", "not UTF-8")),
        ("a.yaml", b"#" * 1_000_001, ("文件超过 1 MB", "larger than 1 MB")),
        ("a.json", b" " * 1_000_001, ("文件超过 1 MB", "larger than 1 MB")),
        ("a.json", b"[" * 100_000, ("应是“主体", "it should be “party")),
        ("a.json", b'{"who.length": ' + b"1" * 5000 + b"}", ("数字太长", "number that is too long")),
        ("a.json", b'{"who.length": NaN}', ("“nan”不能作为", "“nan” is no value")),
        ("a.json", b'{"who.word": "\\ud800"}', ("不能作为本人的词", "is no value for word")),
        ("a.json", b'{"who.\\ud800": 1}', ("没有“who.?”这一项", "no field “who.?”")),
        ("a.json", b'{"who": null}', ("没有“who”这一项", "no field “who”")),
        ("a.yaml", b"who: &x {length: 1}\nwhom: *x\n", ("锚点或引用", "anchor or alias")),
        ("a.yaml", b"? [a]\n: 1\n", ("应是“主体", "it should be “party")),
        ("a.yaml", b"who:\n  length:\n    cm: 3\n", ("要写一个值", "takes one value")),
        ("a.yaml", b'who.word: "\\x1b[31m"', ("控制字符", "control character")),
    ],
    ids=str,
)
def test_a_file_of_no_use_is_refused_in_words(
    run: Run, folder: Path, name: str, answers: bytes, words: tuple[str, str]
) -> None:
    assert words[0] in said(run, folder, answers, name=name)
    assert words[1] in said(run, folder, answers, "--lang", "en", name=name)


def test_a_file_that_is_not_there_is_told(run: Run, folder: Path) -> None:
    arguments = ("plan", "e", "--library", str(folder), "--answers")
    assert "没有 /nowhere。" in run(*arguments, "/nowhere", exit_code=2).stderr
    assert "There is no /nowhere." in run(*arguments, "/nowhere", "--lang", "en", exit_code=2).stderr
    assert f"{folder} 是文件夹" in run(*arguments, str(folder), exit_code=2).stderr
