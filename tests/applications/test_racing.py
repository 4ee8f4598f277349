"""Many at once: fifty retries, two officials, a withdrawal against a grant; with real threads on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import pytest
from django.db import connection, transaction

from qipan.applications import operations
from qipan.applications.errors import UnableToAct
from qipan.applications.models import Application, Case, Draft, FactSet
from qipan.applications.rows import Submitted
from qipan.ledger.models import Entry
from tests import cast as play
from tests.cast import MONDAY, Cast

T = TypeVar("T")
RETRIES = 50


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return play.enter()


def at_once(*acts: Callable[[], T]) -> list[T | UnableToAct]:
    """Run all in threads that begin together, as many at a time as there are connections."""
    width = min(len(acts), 4)
    barrier = Barrier(width)

    def run(number: int) -> T | UnableToAct:
        if number < width:
            barrier.wait(timeout=120)
        try:
            with transaction.atomic():
                return acts[number]()
        except UnableToAct as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(run, range(len(acts))))


def test_fifty_retries_of_one_key_make_one_application(cast: Cast) -> None:
    answers = {
        **play.ANSWERS,
        "mother.marital_status": "20",
        "mother.household_region": "330106002001",
        "child.birth_date": "2026-11-20",
        "child.sex": "2",
        "father.name": "李强",
        "father.id_number": play.FATHER,
    }

    def submit() -> Submitted:
        return operations.submit_application(
            acting=cast.mother,
            person=cast.mother_id,
            idempotency_key="one",
            event="birth",
            answers=answers,
            at=MONDAY,
        )

    results = at_once(*[submit] * RETRIES)
    assert len({result.number for result in results if isinstance(result, Submitted)}) == 1
    assert [isinstance(result, Submitted) and result.created for result in results].count(True) == 1
    _exactly_one_of_everything()


def test_fifty_clicks_on_one_draft_make_one_application(cast: Cast) -> None:
    draft = play.filled_draft(cast)

    def submit() -> Submitted:
        return operations.submit_application(
            acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
        )

    results = at_once(*[submit] * RETRIES)
    assert len({result.number for result in results if isinstance(result, Submitted)}) == 1
    _exactly_one_of_everything()
    assert Draft.objects.get(id=draft).application == Application.objects.get().id


def _exactly_one_of_everything() -> None:
    assert Application.objects.count() == 1
    assert Case.objects.count() == 5
    assert FactSet.objects.count() == 1
    assert Entry.objects.filter(act="submit_application").count() == 1
    with connection.cursor() as cursor:
        one = str(Application.objects.get().id)
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args->>'application' = %s", [one])
        assert cursor.fetchone() == (1,)


@pytest.fixture
def case(cast: Cast) -> UUID:
    application = play.running(cast).application
    return play.case_of(application, "birth_certificate").id


def test_of_two_officials_who_accept_one_is_first(cast: Cast, case: UUID) -> None:
    def accept() -> None:
        operations.accept_case(acting=cast.official("hospital"), case=case, at=MONDAY)

    results = at_once(*[accept] * 8)
    assert results.count(None) == 1
    assert Entry.objects.filter(act="accept_case", subject=f"case:{case}").count() == 1


def test_a_withdrawal_and_a_grant_cannot_both_win(cast: Cast, case: UUID) -> None:
    with transaction.atomic():
        operations.accept_case(acting=cast.official("hospital"), case=case, at=MONDAY)
    results = at_once(
        lambda: operations.grant_case(acting=cast.official("hospital"), case=case, at=MONDAY),
        lambda: operations.withdraw_case(acting=cast.mother, case=case, at=MONDAY),
    )
    assert results.count(None) == 1
    won = Entry.objects.filter(act__in=["grant_case", "withdraw_case"], subject=f"case:{case}")
    assert won.count() == 1


def test_workers_who_advance_one_application_together_do_each_thing_once(cast: Cast) -> None:
    application = play.submitted(cast).application

    def advance() -> None:
        operations.settle_application(application=application, at=MONDAY)

    at_once(*[advance] * 8)
    acts = list(Entry.objects.filter(subject__startswith="case:").values_list("subject", "act"))
    assert len(acts) == len(set(acts))


def test_numbers_given_at_once_are_all_different(cast: Cast) -> None:
    applications = [play.running(cast).application for _ in range(8)]
    cases = [play.case_of(application, "birth_certificate").id for application in applications]

    def grant(case: UUID) -> Callable[[], None]:
        def act() -> None:
            operations.accept_case(acting=cast.official("hospital"), case=case, at=MONDAY)
            operations.grant_case(acting=cast.official("hospital"), case=case, at=MONDAY)

        return act

    assert set(at_once(*map(grant, cases))) == {None}
    numbers = [
        case.outputs["child.birth_certificate_number"]
        for case in Case.objects.filter(service="birth_certificate")
    ]
    assert sorted(numbers) == [f"V33{number:07d}" for number in range(1, 9)]


def test_two_batches_over_the_same_cases_do_not_wait_for_each_other_in_a_circle(cast: Cast) -> None:
    cases = [play.case_of(play.running(cast).application, "birth_certificate").id for _ in range(6)]
    hospital = cast.official("hospital")
    results = at_once(
        lambda: operations.accept_cases(acting=hospital, cases=cases, at=MONDAY),
        lambda: operations.accept_cases(acting=hospital, cases=cases[::-1], at=MONDAY),
    )
    done = [result for batch in results if isinstance(batch, tuple) for result in batch]
    assert [result.problem for result in done].count(None) == 6
    assert Entry.objects.filter(act="accept_case", details={"post": hospital.actor.post}).count() == 6
