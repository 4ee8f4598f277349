"""Loading: values come out by their declared shape, and every mistake has its file and line."""

from pathlib import Path

import pytest

from qipan.catalogue.library import LoadedLibrary, load_files, load_library
from qipan.core.declarations import Position
from qipan.core.elements import Checks, Field, Text
from qipan.core.plan import Problem
from qipan.core.predicates import parse

AGENCY = "agencies:\n  office: {title: 办公室, levels: [county]}\n"
ELEMENTS = """elements:
  Person.name: {title: 姓名}
  Person.age: {title: 年龄, type: integer, checks: {min: 0, max: 150}}
  Person.married: {title: 已婚, type: boolean}
  Person.born: {title: 出生日期, type: date, checks: {max: today}}
  Person.sex: {title: 性别, type: code, codes: sex}
"""
SERVICE = """services:
  permit:
    title: 许可
    agency: office
    level: county
    parties: {who: Person}
    needs: [who.name]
"""


def load(*texts: str) -> LoadedLibrary:
    return load_files({f"{number}.yaml": f"schema: 1\n{text}".encode() for number, text in enumerate(texts)})


def problem(*texts: str) -> Problem:
    """The one problem that these files have."""
    loaded = load(*texts)
    assert loaded.library is None
    (only,) = loaded.problems
    return only


def test_a_scalar_means_what_its_shape_says() -> None:
    library = load(
        "codes:\n  answer:\n    title: 回答\n    standard: 010\n    values: {no: 否, yes: 是, 010: 十}\n"
        "agencies:\n  office: {title: on, levels: [county]}\n"
        "grants:\n  g: {resource: r, event: e, until: 2027-12-31}\n"
    ).library
    assert library is not None
    assert list(library.codes["answer"].values) == ["no", "yes", "010"]
    assert library.codes["answer"].standard == "010"
    assert library.agencies["office"].title == Text("on")
    assert library.grants["g"].until == "2027-12-31"


def test_values_take_the_type_of_their_element_though_it_is_declared_in_a_later_file() -> None:
    service = SERVICE.replace(
        "[who.name]",
        "\n      - {field: who.sex, checks: {one_of: [1, 02]}}\n      - {field: who.age, checks: {min: 18}}\n"
        "      - {field: who.born, checks: {min: 1900-01-01}}\n      - {field: who.name, checks: {one_of: [true, 1.50]}}",
    )
    library = load(service, AGENCY, ELEMENTS).library
    assert library is not None
    assert [need.checks for need in library.services["permit"].needs] == [
        Checks(one_of=("1", "02")),
        Checks(minimum=18),
        Checks(minimum="1900-01-01"),
        Checks(one_of=("true", "1.50")),
    ]
    assert library.elements["Person.age"].checks == Checks(minimum=0, maximum=150)


def test_typical_values_take_the_type_of_their_element() -> None:
    library = load(
        ELEMENTS,
        "events:\n  e:\n    title: 事\n    parties: {who: {kind: Person, applicant: true}}\n    services: [permit]\n"
        "    typical: {who.sex: 1, who.age: 30, who.married: true, who.name: no}\n",
    ).library
    assert library is not None
    typical = {str(field): value for field, value in library.events["e"].typical.items()}
    assert typical == {"who.sex": "1", "who.age": 30, "who.married": True, "who.name": "no"}


def test_a_situation_stands_for_its_predicate_in_its_own_event_only() -> None:
    event = """events:
  e:
    title: 事
    parties:
      who: {kind: Person, applicant: true}
      other: {kind: Person, when: married and not young}
    services: [permit]
    situations:
      young: {title: 年轻, when: who.age < 18}
      married: {title: 已婚, when: who.married == true and not young}
"""
    library = load(ELEMENTS, event).library
    assert library is not None
    assert library.events["e"].parties["other"].when == parse(
        "who.married == true and not who.age < 18 and not who.age < 18"
    )
    elsewhere = problem(SERVICE + "    when: young\n", event)
    assert elsewhere.values["fault"] == "unknown-situation"
    assert elsewhere.position == Position("0.yaml", 9)


def test_positions_lead_to_each_declaration_key_and_item() -> None:
    service = SERVICE.replace(
        "[who.name]", "\n      - who.name\n      - field: who.age\n        when: known(who.born)"
    )
    library = load(ELEMENTS, service).library
    assert library is not None
    assert library.positions["elements", "Person.sex"] == Position("0.yaml", 7)
    assert library.positions["services", "permit"] == Position("1.yaml", 3)
    assert library.positions["services", "permit", "agency"] == Position("1.yaml", 5)
    assert library.positions["services", "permit", "parties", "who"] == Position("1.yaml", 7)
    assert library.positions["services", "permit", "needs", "who.age"] == Position("1.yaml", 10)
    assert library.positions["services", "permit", "needs", "who.age", "when"] == Position("1.yaml", 11)
    assert ("services", "permit", "needs", "who.sex") not in library.positions


def test_short_forms_and_long_forms_mean_the_same() -> None:
    long = SERVICE.replace("{who: Person}", "{who: {kind: Person}}").replace(
        "[who.name]", "[{field: who.name}]"
    )
    short, spelled = load(SERVICE).library, load(long.replace("许可", "{zh: 许可}")).library
    assert short is not None
    assert spelled is not None
    assert short.services == spelled.services


def test_the_version_names_the_content_alone() -> None:
    together = load(AGENCY + ELEMENTS + SERVICE).library
    apart = load(
        "# a comment\n" + SERVICE, ELEMENTS.replace("  Person.name:", "\n  Person.name:  "), AGENCY
    ).library
    other = load(AGENCY + ELEMENTS + SERVICE.replace("许可", "证明")).library
    assert together is not None
    assert apart is not None
    assert other is not None
    assert together.version == apart.version != other.version


def test_everything_wrong_is_found_at_once_in_the_order_of_files_and_lines() -> None:
    loaded = load(
        SERVICE.replace("title:", "titel:")
        .replace("level: county", "level: country")
        .replace("who.name", "who name"),
        "agencies:\n  office: {title: 办公室}\n  Office: {title: 办公室, levels: [county]}\n",
    )
    assert [
        (str(one.position), one.values["what"], one.values.get("nearest")) for one in loaded.problems
    ] == [
        ("0.yaml:3", "missing-key", None),
        ("0.yaml:4", "unknown-key", ("title",)),
        ("0.yaml:6", "choice", ("county",)),
        ("0.yaml:8", "expected", None),
        ("1.yaml:3", "missing-key", None),
        ("1.yaml:4", "expected", None),
    ]


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("agencies:\n\toffice: 1\n", "tab", 3),
        ("agencies: 'office\n", "quote", 2),
        ('agencies: "a" b\n', "after-quote", 2),
        ("agencies: [a, b\nelements: 1\n", "bracket", 2),
        ("agencies: a: b\n", "colon", 2),
        ("agencies:\n  - a\n b: c\n", "indent", 4),
        ("agencies: @a\n", "start", 2),
        ("agencies: |x\n", "start", 2),
        ("agencies: - a\n", "dash", 2),
        ("nonsense\n", "colon", 2),
        ('agencies: "\\q"\n', "escape", 2),
        ("agencies: &a {}\n", "alias", 2),
        ("agencies: *a\n", "alias", 2),
        ("agencies: !!python/object:os.system {}\n", "tag", 2),
        ("---\nschema: 1\n", "documents", 2),
        ("agencies: \x07\n", "control", 2),
        ("agencies: " + "[" * 100_000, "too-deep", 2),
        ("agencies: []\n", "expected", 2),
        ("agencie: {}\n", "unknown-key", 2),
        ("agencies:\n", "expected", 2),
        ("agencies:\n  office: {title: ~, levels: [county]}\n", "expected", 3),
        ("agencies:\n  office: {title: 办公室, levels: []}\n", "count", 3),
        ("agencies:\n  office: {title: {zh: 办, en: a, b}, levels: [county]}\n", "unquoted-comma", 3),
        ("elements:\n  Person.x: {title: 甲, grade: 5}\n", "range", 3),
        ("elements:\n  Person.x: {title: 甲, ask: no}\n", "expected", 3),
        ("elements:\n  Person.x: {title: 甲, type: code}\n", "codes-and-type", 3),
        ("elements:\n  Person.x: {title: 甲, type: integer, checks: {min: a}}\n", "expected", 3),
        ("elements:\n  Person.x: {title: 甲, type: date, checks: {max: 2020-02-30}}\n", "expected", 3),
        ("elements:\n  Person.x:\n    title: 甲\n    checks: {pattern: '('}\n", "pattern", 5),
        ("elements:\n  Animal.x: {title: 甲}\n", "expected", 3),
        ("relations:\n  spouse: {parties: [Person]}\n", "count", 3),
        (SERVICE + "    when: who.age >\n", "condition", 9),
        (SERVICE + "    evidence: {a: {title: 甲, met_by: [uplaod]}}\n", "choice", 9),
        (
            SERVICE + "    evidence: {a: {title: 甲, met_by: [{upload: true, facts: [who.name]}]}}\n",
            "choose-one",
            9,
        ),
        (SERVICE + "    gives: [{field: who.name, assign: {number: '{regoin}'}}]\n", "expected", 9),
        (SERVICE + "    limits: {statutory: 7.5, promised: 1}\n", "expected", 9),
        ("events:\n  e: {title: 事, parties: {who: Person}, services: [permit]}\n", "one-applicant", 3),
    ],
)
def test_a_mistake_is_named_at_its_line(text: str, what: str, line: int) -> None:
    found = problem(text)
    assert (found.code, found.values["what"], found.position) == ("syntax", what, Position("0.yaml", line))


def test_a_name_declared_twice_is_named_at_both_places() -> None:
    within, across = problem(AGENCY + "  office: {title: 甲, levels: [city]}\n"), problem(AGENCY, AGENCY)
    assert (within.code, within.position, within.related) == (
        "duplicate",
        Position("0.yaml", 4),
        (Position("0.yaml", 3),),
    )
    assert (across.code, across.position, across.related) == (
        "duplicate",
        Position("1.yaml", 3),
        (Position("0.yaml", 3),),
    )
    key = problem(SERVICE + "    title: 再一次\n")
    assert (key.code, key.position, key.related) == (
        "duplicate",
        Position("0.yaml", 9),
        (Position("0.yaml", 4),),
    )


def test_every_cut_of_a_file_is_read_or_refused_and_never_crashes() -> None:
    text = (AGENCY + ELEMENTS + SERVICE).encode()
    for end in range(len(text)):
        loaded = load_files({"cut.yaml": b"schema: 1\n" + text[:end]})
        assert (loaded.library is None) == bool(loaded.problems)


def test_files_that_are_no_text_are_refused() -> None:
    latin = load_files({"a.yaml": b"schema: 1\ncodes:\n  a: {title: \xff}\n"}).problems
    assert [(one.values["what"], one.position) for one in latin] == [("encoding", Position("a.yaml", 3))]
    huge = load_files({"a.yaml": b"#" * 17_000_000}).problems
    assert huge[0].values["what"] == "too-big"


def test_a_folder_is_read_with_its_folders_and_without_its_hidden_ones(tmp_path: Path) -> None:
    for name in ("a.yaml", "deep/er/b.yml", ".hidden/c.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"schema: 1\nagencies:\n  {path.stem}: {{title: 甲, levels: [city]}}\n", encoding="utf-8"
        )
    library = load_library(tmp_path).library
    assert library is not None
    assert list(library.agencies) == ["a", "b"]
    assert library.positions["agencies", "b"] == Position(str(tmp_path / "deep/er/b.yml"), 3)


def test_a_folder_without_a_library_is_said_to_be_one(tmp_path: Path) -> None:
    assert [one.values["what"] for one in load_library(tmp_path).problems] == ["no-files"]
    (tmp_path / "a.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert [one.values["what"] for one in load_library(tmp_path).problems] == ["empty"]


def test_fields_are_shared_values() -> None:
    library = load(SERVICE).library
    assert library is not None
    assert library.services["permit"].needs[0].field == Field("who", "name")
