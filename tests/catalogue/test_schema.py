"""The JSON Schema: published, up to date, met by every good library, and as strict as an editor can be."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from qipan.catalogue.library import json_schema

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "library" / "library.schema.json"
GOOD = sorted([*(ROOT / "library").rglob("*.yaml"), *(ROOT / "tests" / "libraries" / "good").rglob("*.yaml")])


class EditorsYaml(yaml.BaseLoader):
    """YAML 1.2's core schema, by which editors read: only true, false, null and numbers are not texts."""


def _core(tag: str, pattern: str, first: str, value: Callable[[str], Any]) -> None:
    name = f"tag:yaml.org,2002:{tag}"
    EditorsYaml.add_implicit_resolver(name, re.compile(f"^(?:{pattern})$"), [*first, ""])
    EditorsYaml.add_constructor(name, lambda _loader, node: value(str(node.value)))


_core("bool", "true|True|TRUE|false|False|FALSE", "tTfF", lambda text: text.lower() == "true")
_core("int", "[-+]?[0-9]+", "-+0123456789", int)
_core("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789", float)
_core("null", "~|null|Null|NULL|", "~nN", lambda _text: None)


def read(text: str) -> Any:
    return yaml.load(text, Loader=EditorsYaml)  # noqa: S506 - a BaseLoader makes texts and numbers, nothing else


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json_schema())


def test_the_published_schema_is_up_to_date() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json_schema(), (
        "qipan schema > library/library.schema.json"
    )


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(json_schema())


def test_every_key_is_described() -> None:
    for name, definition in {"file": json_schema(), **json_schema()["definitions"]}.items():
        for key, shape in definition["properties"].items():
            assert shape.get("description"), f"{name}.{key}"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_good_file_is_valid(path: Path, validator: jsonschema.Draft7Validator) -> None:
    errors = [
        f"{list(error.path)}: {error.message}"
        for error in validator.iter_errors(read(path.read_text("utf-8")))
    ]
    assert not errors


@pytest.mark.parametrize(
    "text",
    [
        "agencies: {}",
        "schema: 2",
        "{schema: 1, agency: {}}",
        "{schema: 1, agencies: {Office: {title: 甲, levels: [city]}}}",
        "{schema: 1, agencies: {office: {title: 甲, levels: []}}}",
        "{schema: 1, agencies: {office: {title: 甲, levels: [country]}}}",
        "{schema: 1, agencies: {office: {title: 甲, levels: [city], boss: 乙}}}",
        "{schema: 1, elements: {Animal.x: {title: 甲}}}",
        "{schema: 1, elements: {Person.x: {title: 甲, grade: 9}}}",
        "{schema: 1, elements: {Person.x: {title: 甲, ask: no}}}",
        "{schema: 1, relations: {spouse: {parties: [Person]}}}",
        "{schema: 1, resources: {r: {title: 甲, agency: a, parties: {a: Person}, keys: [x], gives: [a.y]}}}",
    ],
)
def test_what_the_loader_refuses_the_editor_marks_too(
    text: str, validator: jsonschema.Draft7Validator
) -> None:
    assert list(validator.iter_errors(read(text)))
