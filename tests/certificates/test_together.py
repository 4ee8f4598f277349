"""Cases that wait are issued from together, and one that cannot be spoils nothing for the others."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from qipan.applications.models import Application, Case
from qipan.certificates import queries, tasks
from qipan.certificates.later import TASK
from qipan.core import disclosures
from qipan.ledger.models import Entry
from tests import cast as play
from tests.cast import Cast
from tests.certificates.office import Office, open_office


@pytest.fixture
def office(cast: Cast, tmp_path: Path, settings: Any) -> Office:
    """The office whose keys the worker of this home uses."""
    settings.QIPAN_HOME = tmp_path
    with connection.cursor() as cursor:  # what other files left in the queue is none of this one's
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [TASK])
    return open_office(tmp_path / "keys" / "issuers")


def granted_cases(cast: Cast, count: int) -> list[UUID]:
    applications = [play.running(cast).application for _ in range(count)]
    for application in applications:
        play.granted(cast, application, "birth_certificate", "hospital")
    return [play.case_of(application, "birth_certificate").id for application in applications]


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [TASK])
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("office")
def test_a_job_takes_along_what_waits(cast: Cast) -> None:
    cases = granted_cases(cast, 3)
    assert waiting() == 3
    numbers = tasks.issue_now(cases[0])
    assert len(set(numbers)) == 3
    assert waiting() == 0
    for case in cases:
        (row,) = queries.certificates_of_case(case)
        assert row.number in numbers
        found = queries.certificate(row.number)
        assert found
        assert disclosures.read(found.data_sm2).claims["child.name"] == "王小宝"
        assert queries.paper(row.id, "ofd")
    assert Entry.objects.filter(act="issue_certificate").count() == 3
    assert [tasks.issue_now(case) for case in cases] == [[], [], []]


@pytest.mark.usefixtures("office")
def test_how_many_statements_it_takes_does_not_grow(cast: Cast, assert_query_count: Any) -> None:
    (first,) = granted_cases(cast, 1)
    tasks.issue_now(first)  # what is read once, is read
    more = granted_cases(cast, 3)
    with assert_query_count(15):
        assert len(tasks.issue_now(more[0])) == len(more)


@pytest.mark.usefixtures("office")
def test_one_that_cannot_be_issued_from_keeps_nothing_from_the_others(cast: Cast) -> None:
    good, spoilt, other = granted_cases(cast, 3)
    Application.objects.filter(id=Case.objects.get(id=spoilt).application_id).update(version=9999)
    assert len(tasks.issue_now(good)) == 1
    assert waiting() == 3
    assert len(tasks.issue_now(other)) == 1
    assert queries.certificates_of_case(spoilt) == []
