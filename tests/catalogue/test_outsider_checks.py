"""Mistakes that somebody makes who knows the handbook only, each named once and where it was made."""

import pytest

from qipan.catalogue.library import load_files
from qipan.core.planner import check_library

SOUND = """schema: 1
agencies: {o: {title: 局, levels: [county]}}
elements:
  Person.id: {title: 号, checks: {format: gb11643}}
  Person.age: {title: 年龄, type: integer, checks: {min: 0, max: 150}}
  Person.born: {title: 生日, type: date, checks: {max: today}}
  Organization.code: {title: 代码}
resources:
  names: {title: 名库, agency: o, parties: {p: Person}, keys: [p.id], gives: [p.born]}
services:
  s1:
    title: 甲
    agency: o
    level: county
    parties: {p: Person}
    needs: [{field: p.age, checks: {min: 18}}, p.born]
    limits: {statutory: 5, promised: 5}
  s2: {title: 乙, agency: o, level: county, parties: {p: Organization}, needs: [p.code]}
events:
  e:
    title: 事
    parties:
      me: {kind: Person, applicant: true}
      firm: {kind: Organization, when: me.age > 20}
    known: [me.id]
    services: [{service: s1, parties: {p: me}}, {service: s2, parties: {p: firm}}]
    situations: {late: {title: 晚, when: me.born > "2001-01-01"}}
    typical: {me.age: 30}
"""


def codes_of(text: str) -> list[tuple[str, int]]:
    """The codes of what is wrong, with the lines."""
    library = load_files({"all.yaml": text.encode()}).library
    assert library is not None
    found = check_library(library)
    return [(one.code, one.position.line if one.position else 0) for one in found]


def test_a_sound_library_has_no_problems() -> None:
    assert codes_of(SOUND) == []


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("when: me.age > 20", 'when: firm.code == "1"', "cycle"),
        ("format: gb11643", "format: gb11643, max_length: 10", "empty-checks"),
        (
            "needs: [{field: p.age, checks: {min: 18}}, p.born]",
            "needs: [{field: p.born, checks: {min: 2999-01-01}}, p.age]",
            "empty-checks",
        ),
        ('"2001-01-01"', '"2999-01-01"', "unreachable"),
        ("format: gb11643", "min: '3'", "wrong-check"),
        ("max: 150}", "max: 150, min_length: 1}", "wrong-check"),
        ("me.age: 30", "me.age: 300", "wrong-value"),
        ("statutory: 5", "statutory: 4", "late-promise"),
        ("parties: {p: Person}, keys", "parties: {p: Person, q: Person}, keys", "no-relation"),
        ("level: county, parties: {p: Org", "level: city, parties: {p: Org", "unknown-name"),
        ("      me: {", "      idle: Person\n      me: {", "unused"),
    ],
)
def test_a_mistake_is_named_once_and_where_it_was_made(right: str, wrong: str, code: str) -> None:
    assert right in SOUND
    text = SOUND.replace(right, wrong)
    line = next(
        number
        for number, (one, other) in enumerate(zip(text.split("\n"), SOUND.split("\n"), strict=False), 1)
        if one != other
    )
    (found,) = codes_of(text)
    assert found[0] == code
    assert abs(found[1] - line) <= 1
