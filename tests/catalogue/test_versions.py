"""Publishing writes what changed in each resource, and the catalogue's index is made once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from qipan.catalogue import queries
from qipan.catalogue.models import ResourceVersion
from qipan.catalogue.operations import publish_library
from qipan.core.pool_index import Wanted
from tests.cast import LIBRARY, MONDAY

LATER = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Path:
    (tmp_path / "birth.yaml").write_bytes((LIBRARY / "birth.yaml").read_bytes())
    with transaction.atomic():
        publish_library(folder=tmp_path, at=MONDAY)
    return tmp_path


def publish(folder: Path, old: str, new: str) -> int:
    file = folder / "birth.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with transaction.atomic():
        return publish_library(folder=folder, at=LATER)


def test_the_first_library_begins_every_resource(folder: Path) -> None:
    (first,) = queries.versions_of("population")
    assert (first.number, first.kind, first.parts, first.released_at) == (1, "added", (), MONDAY)


def test_a_change_is_the_next_version_of_that_resource_alone(
    folder: Path, assert_query_count: Callable[[int], AbstractContextManager[None]]
) -> None:
    number = publish(folder, "gives: [person.name, person.marital_status,", "gives: [person.name,")
    with assert_query_count(1):
        newest, first = queries.versions_of("population")
    assert (newest.number, newest.library, newest.kind, first.number) == (2, number, "changed", 1)
    assert [(part.part, part.gone, part.new) for part in newest.parts] == [
        ("gives", ("person.marital_status",), ())
    ]
    assert [row.number for row in queries.versions_of("marriage")] == [1]
    (same,) = queries.changes_between(first.library, number)
    assert same.resource == "population"


def test_publishing_the_same_again_adds_no_version(folder: Path) -> None:
    before = ResourceVersion.objects.count()
    with transaction.atomic():
        publish_library(folder=folder, at=LATER)
    assert ResourceVersion.objects.count() == before


def test_the_index_is_made_once(folder: Path) -> None:
    found = queries.current_pool()
    assert [one.name for one in found.find(Wanted("人口"))] == ["population"]
    assert queries.current_pool() is found
