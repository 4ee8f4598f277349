"""A mistake of shape hides no other mistake, and brings about none that is not there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LIBRARY = """schema: 1
agencies: {o: {title: 局, levels: [county]}}
codes: {sex: {title: 性别, values: {"1": 男, "2": 女}}}
elements:
  Person.id: {title: 号}
  Person.name: {title: 名, ask: false}
  Person.age: {title: 年龄, type: integer}
  Person.sex: {title: 性别, type: code, codes: sex}
resources:
  names:
    title: 名库
    agency: o
    parties: {p: Person}
    keys: [p.id]
    gives: [p.name]
services:
  s1: {title: 一, agency: o, level: county, parties: {p: Person}, needs: [p.name, p.age, p.sex]}
  s2: {title: 二, agency: o, level: county, parties: {p: Person}, needs: [p.id]}
events:
  e:
    title: 事
    parties: {me: {kind: Person, applicant: true}}
    services:
      - {service: s1, parties: {p: me}}
      - {service: s2, parties: {p: me}}
    situations:
      adult: {title: 成年, when: me.age >= 18}
      adult_too: {title: 成年, when: adult and me.sex == "1"}
grants:
  g: {resource: names, event: e, until: 2027-12-31}
"""
Lint = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def lint(run_json: Callable[..., Any], tmp_path: Path) -> Lint:
    """Code and name of each error of the library with these replacements."""

    def call(*changes: tuple[str, str]) -> list[tuple[str, str]]:
        text = LIBRARY
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        found = run_json("lint", str(tmp_path), exit_code=1 if changes else 0)["problems"]
        return [
            (one["code"], one["values"].get("name") or one["values"].get("what", ""))
            for one in found
            if one["severity"] == "error"
        ]

    return call


def test_the_library_itself_is_sound(lint: Lint) -> None:
    assert lint() == []


def test_six_mistakes_are_all_named_at_once(lint: Lint) -> None:
    found = lint(
        ("agency: o\n", "agency: oo\n"),
        ("keys: [p.id]", "keys: [p.idd]"),
        ("p.age, p.sex]", "p.age, p.sx]"),
        (", applicant: true", ""),
        ("service: s2,", "service: s22,"),
        ("when: me.age", "when: me.agee"),
    )
    assert list(dict.fromkeys(found)) == [
        ("unknown-name", "oo"),
        ("unknown-name", "Person.idd"),
        ("unknown-name", "Person.sx"),
        ("syntax", "one-applicant"),
        ("unknown-name", "s22"),
        ("unknown-name", "Person.agee"),
    ]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("{kind: Person, applicant: true}", "{kind: Person}"), "one-applicant"),
        (("{p: Person}, needs: [p.id]", "{p: Persn}, needs: [p.id]"), "choice"),
        (("level: county, parties: {p: Person}, needs: [p.id]", "parties: {p: Person}, needs: [p.id]"), "missing-key"),
        (("    agency: o\n", ""), "missing-key"),
        (("type: code, codes: sex", "type: code"), "codes-and-type"),
        (("type: integer", "type: intger"), "choice"),
        (("me.age >= 18", "me.age >="), "condition"),
        (("me: {kind: Person, applicant: true}", "me: Persn"), "choice"),
        (("gives: [p.name]", "gives: [p name]"), "expected"),
        (("Person.id:", "person.id:"), "expected"),
        (("until: 2027-12-31", "until: soon"), "expected"),
        (("levels: [county]", "levels: [country]"), "choice"),
    ],
)  # fmt: skip
def test_one_mistake_of_shape_is_one_report(lint: Lint, change: tuple[str, str], what: str) -> None:
    assert lint(change) == [("syntax", what)]


@pytest.mark.parametrize(
    ("change", "other"),
    [
        (("until: 2027-12-31", "until: soon"), ("resource: names", "resource: nams")),
        (("needs: [p.id]}", "needs: [p.id], gives: [{field: p.age, assign: {number: '{x}'}}]}"), ("[p.name,", "[p.nam,")),
        (("level: county, parties: {p: Person}, needs: [p.id]", "level: x, parties: {p: Person}, needs: [p.id, p.idd]"), ("title: 事", "title: 大事")),
        (("me.age >= 18", "me.age >="), ("service: s2,", "service: s22,")),
    ],
)  # fmt: skip
def test_a_mistake_of_shape_hides_no_name_that_nothing_declares(
    lint: Lint, change: tuple[str, str], other: tuple[str, str]
) -> None:
    assert sorted(code for code, _ in lint(change, other)) == ["syntax", "unknown-name"]


def test_a_file_that_cannot_be_read_ends_the_checking(lint: Lint) -> None:
    assert lint(("\nservices:\n", "\nservces:\n"), ("agency: o\n", "agency: oo\n")) == [
        ("syntax", "unknown-key")
    ]
