"""Publishing: what lint refuses is not published, and what is published is what was read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from qipan.catalogue import queries
from qipan.catalogue.library import check_folder
from qipan.catalogue.operations import UnableToPublish, publish_library
from qipan.core.plan import Problem

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LIBRARIES = Path(__file__).parents[1] / "libraries"
BROKEN = sorted((LIBRARIES / "broken").iterdir())


def refused(folder: Path) -> tuple[Problem, ...]:
    """What a library is refused for; nothing where it is published."""
    try:
        with transaction.atomic():
            publish_library(folder=folder, at=AT)
    except UnableToPublish as error:
        return error.problems
    return ()


@pytest.mark.django_db
@pytest.mark.parametrize("folder", BROKEN, ids=lambda folder: folder.name)
def test_what_lint_refuses_is_not_published_for_the_same_reasons(folder: Path) -> None:
    found = refused(folder)
    assert found
    assert found == check_folder(folder, AT.date()).errors
    assert queries.current_version() == 0


@pytest.mark.django_db
def test_what_is_published_is_what_lint_read_and_nothing_beside_it(tmp_path: Path) -> None:
    for path in (LIBRARIES / "good" / "marriage").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "draft.yaml").write_text("schema: 1\nagencies: []\n", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    with transaction.atomic():
        number = publish_library(folder=tmp_path, at=AT)
    checked = check_folder(tmp_path, AT.date())
    assert checked.library is not None
    assert queries.library(number).version == checked.library.version
