"""`qipan lint` and `qipan schema`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qipan.catalogue.library import json_schema
from tests.cli.conftest import Run

Library = Callable[[str], str]


def test_a_sound_library_is_counted(run: Run, library: Library) -> None:
    assert run("lint", library("food_truck")).stdout.strip() == (
        "没有问题：一件事 1、事项 3、数据资源 4、电子证照 0、数据元 14、部门 4。"
    )
    assert "No problems: 1 event, 3 services" in run("lint", library("food_truck"), "--lang", "en").stdout


def test_mistakes_are_printed_where_an_editor_can_jump_to_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "schema: 1\nagencies:\n  office: {titel: 办公室, levels: [county]}\n", encoding="utf-8"
    )
    said = run("lint", str(tmp_path), exit_code=1).stdout.splitlines()
    assert said[0] == f"{tmp_path}/a.yaml:3: 错误 部门 office 里不能写“titel”。是不是“title”？"
    assert said[1] == f"{tmp_path}/a.yaml:3: 错误 部门 office 缺少“title”。请补上。"
    assert said[2] == "2 处错误，0 处提醒。"


def test_mistakes_in_json(run_json: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("schema: 1\nagencies: []\n", encoding="utf-8")
    found = run_json("lint", str(tmp_path), "--lang", "en", exit_code=1)
    assert found["problems"][0] | {"values": None} == {
        "code": "syntax",
        "severity": "error",
        "file": f"{tmp_path}/a.yaml",
        "line": 2,
        "sentence": "Agency must be keys with values; it is a list.",
        "related": [],
        "values": None,
    }


def test_what_a_library_says_is_printed_as_it_stands(run: Run, tmp_path: Path) -> None:
    """Square brackets would be marks of style to the terminal's printer."""
    (tmp_path / "a.yaml").write_text("schema: 1\nagencies: '[bold]x[/nonsense]'\n", encoding="utf-8")
    assert "“[bold]x[/nonsense]”" in run("lint", str(tmp_path), exit_code=1).stdout


def test_a_folder_that_is_not_there_is_a_mistake_of_use(run: Run, tmp_path: Path) -> None:
    run("lint", str(tmp_path / "nowhere"), exit_code=2)


def test_a_faulty_library_is_not_planned(run: Run, run_json: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("schema: 1\nagencies: []\n", encoding="utf-8")
    result = run("plan", "x", "--library", str(tmp_path), exit_code=1)
    assert "事项库有 1 处错误" in result.stderr
    assert result.stdout == ""
    assert run_json("plan", "x", "--library", str(tmp_path), exit_code=1)["problems"][0]["line"] == 2


def test_the_schema_is_printed(run: Run) -> None:
    assert json.loads(run("schema").stdout) == json_schema()


def test_what_is_unused_is_told_once_nothing_is_wrong(run: Run, tmp_path: Path) -> None:
    unused = "schema: 1\nrelations:\n" + "".join(
        f"  r{number}: {{parties: [Person, Person]}}\n" for number in range(30)
    )
    (tmp_path / "a.yaml").write_text(unused, encoding="utf-8")
    said = run("lint", str(tmp_path)).stdout
    assert said.count("没有任何地方用到") == 20
    assert "还有 10 处" in said
    assert "0 处错误，30 处提醒" in said
    assert "没有错误：" in said
    assert "没有问题" not in said
    (tmp_path / "b.yaml").write_text("schema: 1\ngrants: {g: {resource: x, event: y}}\n", encoding="utf-8")
    said = run("lint", str(tmp_path), exit_code=1).stdout
    assert "没有任何地方用到" not in said
    assert "2 处错误，0 处提醒" in said
    assert "2 errors, 0 warnings." in run("lint", str(tmp_path), "--lang", "en", exit_code=1).stdout


def test_files_that_are_not_read_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("schema: 1\n", encoding="utf-8")
    (tmp_path / "c.YAML").write_text("schema: 1\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "link.yml").symlink_to(tmp_path / "nowhere")
    line = next(line for line in run("lint", str(tmp_path)).stdout.splitlines() if "没有读" in line)
    for name in ("c.YAML", "folder.yaml", "link.yml"):
        assert str(tmp_path / name) in line
    assert str(tmp_path / "a.yaml") not in line


BASE = (
    "schema: 1\nagencies: {o: {title: 局, levels: [county]}}\ncodes: {sex: {title: 性别, values: {'1': 男}}}\n"
    "elements:\n  Person.age: {title: 年龄, type: integer}\n  Person.sex: {title: 性别, type: code, codes: sex}\n"
    "services: {s: {title: 事, agency: o, level: county, parties: {p: Person}, needs: [p.age]}}\n"
    "events:\n  e:\n    title: 事\n    parties: {me: {kind: Person, applicant: true}}\n"
    "    services: [{service: s, parties: {p: me}}]\n    situations:\n      one: {title: 一, when: 'WHEN'}\n"
    "      two: {title: 二, when: me.age > 1}\n"
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("WHEN", "me.age => 18", "“=>”要写成“>=”"),
        ("WHEN", "me.sex == “1”", '引号请用英文直引号 "'),
        ("WHEN", "two and me.age > 3", "请把“two”移到上面"),
        ("WHEN", "me.sex == 1", '代码是文字，要加引号，如 "1"'),
        ("WHEN", 'me.sex == "3"', "可以用的代码：1 男"),
        ("WHEN", 'me.age == "abc"', "这一项是数字"),
        ("WHEN", "me.age > 1 and " * 50 + "x y", "…"),
        ("[{service: s, parties: {p: me}}]", "[s]", "parties: {p: me}"),
        ("Person.age:", "person.age:", "首字母大写"),
        ("title: 局", "title: [a]", "应写文字，或 {zh: 中文, en: 英文}"),
        ("level: county", "level: [county]", "可以写：province、city、county"),
        ("type: integer", "type: text, checks: {pattern: '['}", "第 1 个字处写法不对"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(run: Run, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = BASE.replace(old, new).replace("WHEN", "me.age > 0")
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    heard = run("lint", str(tmp_path), exit_code=1).stdout
    assert said in heard
    assert max(map(len, heard.replace(str(tmp_path), "").splitlines())) < 300
