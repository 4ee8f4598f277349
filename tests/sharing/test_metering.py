"""Who gave and who used, from the records of calls; and notices to whoever received."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from qipan.applications.models import Call
from qipan.core.posts import Power
from qipan.exchange.operations import Passing, record_passing
from qipan.ledger.models import Entry
from qipan.people.actors import Actor
from qipan.sharing import operations, queries
from qipan.sharing.errors import NotTheirs, UnableToRequest, Unreasoned
from qipan.sharing.models import ShareNotice, ShareReceipt, UseDay
from tests import cast as play
from tests.cast import MONDAY
from tests.sharing.conftest import HOSPITAL, PROVINCE, Pool

DAY = date(2026, 11, 23)
Counted = Callable[[int], AbstractContextManager[None]]


def call(at_hour: int = 0, outcome: str = "ok", **more: object) -> Call:
    made = {
        "person": 1, "step": "population(mother)", "resource": "population", "services": ["birth_certificate", "insurance"],
        "fields": ["person.name", "person.sex"], "purpose": "x", "legal_basis": "x", "agency": "public_security",
        "outcome": outcome, "at": MONDAY + timedelta(hours=at_hour), "milliseconds": 1, **more,
    }  # fmt: skip
    return Call.objects.create(**made)


def exchanged(grant: UUID, outcome: str = "ok", exchange: str = "ab" * 32) -> None:
    """One call between two agencies of this node: each side puts it on record."""
    both = [
        Passing(
            exchange, side, "here", str(grant), "population", ("person.name",), "办理出生医学证明", "母婴保健法 第二十三条", "case:1",
            "official:7", outcome, 1, MONDAY, 3,
        )
        for side in ("consumer", "provider")
    ]  # fmt: skip
    with transaction.atomic():
        record_passing(passings=both, at=MONDAY)


def measured(at: timedelta = timedelta(0)) -> int:
    with transaction.atomic():
        return operations.measure_use(at=MONDAY + at)


def granted(pool: Pool) -> UUID:
    request = queries.request(pool.granted(pool.asked()), pool["requester"].actor)
    assert request is not None
    assert request.grant is not None
    return request.grant


def test_look_ups_count_once_for_each_kind_of_agency_that_needs_them(pool: Pool) -> None:
    call()
    call(outcome="none")
    call(outcome="refused")
    measured()
    rows = (
        UseDay.objects.filter(giver="public_security")
        .order_by("receiver")
        .values_list("receiver", "calls", "found", "refused", "facts")
    )
    assert list(rows) == [("hospital", 3, 1, 1, 2), ("medical_insurance", 3, 1, 1, 2)]


def test_a_call_of_the_exchange_counts_once_though_two_sides_record_it(pool: Pool) -> None:
    exchanged(granted(pool))
    measured()
    row = UseDay.objects.get()
    assert (row.giver, row.receiver, row.calls, row.facts, row.day) == (PROVINCE, HOSPITAL, 1, 1, DAY)


def test_measuring_twice_counts_nothing_twice(pool: Pool) -> None:
    call()
    measured()
    call(at_hour=1)
    measured(timedelta(hours=2))
    call(at_hour=30)
    measured(timedelta(hours=31))
    assert sorted(UseDay.objects.filter(receiver="hospital").values_list("day", "calls")) == [
        (DAY, 2),
        (DAY + timedelta(days=1), 1),
    ]


def test_a_day_is_a_day_in_china(pool: Pool) -> None:
    """Monday nine in the morning, and 14 or 15 hours later: before and after midnight there, one day in UTC."""
    call(at_hour=14)
    call(at_hour=15, services=[])
    measured(timedelta(hours=16))
    found = set(UseDay.objects.values_list("day", "receiver"))
    assert found == {(DAY, "hospital"), (DAY, "medical_insurance"), (DAY + timedelta(days=1), "")}


def test_use_is_read_by_side_and_day(pool: Pool, assert_query_count: Counted) -> None:
    exchanged(granted(pool))
    call()
    measured()
    week = DAY - timedelta(days=6)
    with assert_query_count(2):
        got = queries.used(week, DAY, side="got", agencies=(HOSPITAL, "hospital"))
        daily = queries.used_daily(week, DAY, side="gave", agencies=(PROVINCE,))
    assert {(row.giver, row.receiver) for row in got} == {
        (PROVINCE, HOSPITAL),
        ("public_security", "hospital"),
    }
    assert [(row.day, row.calls) for row in daily] == [(DAY, 1)]
    assert queries.used(week, DAY, side="got", agencies=("nobody",)) == []
    assert queries.used(week, DAY, resource="marriage") == []


def test_calls_under_a_grant_are_each_shown_once(pool: Pool) -> None:
    grant = granted(pool)
    exchanged(grant)
    exchanged(grant, "field-not-granted", "cd" * 32)
    found = queries.calls_under(grant)
    assert sorted((one.exchange[:2], one.outcome) for one in found) == [
        ("ab", "ok"),
        ("cd", "field-not-granted"),
    ]


def tell(pool: Pool, name: str = "approver", **more: object) -> UUID:
    said: dict[str, object] = {
        "kind": "recall",
        "resource": "population",
        "record": play.MOTHER,
        "fields": ["person.name"],
        "message": "姓名有误",
        **more,
    }
    with transaction.atomic():
        return operations.issue_notice(acting=pool[name], at=MONDAY, **said)  # type: ignore[arg-type]


def test_every_receiver_under_a_grant_is_told_and_acknowledges(
    pool: Pool, assert_query_count: Counted
) -> None:
    granted(pool)
    notice = tell(pool)
    assert ShareNotice.objects.get(id=notice).due_on == date(2026, 12, 7)
    with assert_query_count(1):
        (mine,) = queries.notices(pool["requester"].actor)
    assert [(one.consumer, one.acknowledged_at) for one in mine.receipts] == [(HOSPITAL, None)]
    for _time in range(2):
        with transaction.atomic():
            operations.acknowledge_notice(acting=pool["requester"], notice=notice, answer="已删除", at=MONDAY)
    (theirs,) = queries.notices(pool["approver"].actor)
    assert theirs.receipts[0].answer == "已删除"
    acts = Entry.objects.filter(subject=f"share_notice:{notice}").values_list("act", flat=True)
    assert sorted(acts) == ["acknowledge_share_notice", "issue_share_notice"]
    assert not Entry.objects.filter(details__contains=play.MOTHER).exists()


def test_others_are_not_told_and_cannot_acknowledge(pool: Pool) -> None:
    granted(pool)
    notice = tell(pool)
    assert queries.notices(pool["stranger"].actor) == []
    assert len(queries.notices(pool["auditor"].actor)) == 1
    for name in ("stranger", "auditor", "approver"):
        with pytest.raises(NotTheirs), transaction.atomic():
            operations.acknowledge_notice(acting=pool[name], notice=notice, answer="x", at=MONDAY)
    assert ShareReceipt.objects.get().acknowledged_at is None


@pytest.mark.parametrize("name", ["requester", "own approver", "strange approver", "auditor", "coordinator"])
def test_only_who_answers_for_a_resource_corrects_it(pool: Pool, name: str) -> None:
    with pytest.raises(NotTheirs):
        tell(pool, name)


def test_a_notice_says_what_is_wrong_with_what(pool: Pool) -> None:
    with pytest.raises(Unreasoned):
        tell(pool, message=" ")
    for wrong in ({"kind": "x"}, {"fields": ["x.y"]}, {"record": "1" * 65}):
        with pytest.raises(UnableToRequest):
            tell(pool, **wrong)
    with pytest.raises(NotTheirs):
        tell(pool, resource="nothing")


def test_the_whole_version_is_recalled_where_no_record_is_named(pool: Pool) -> None:
    notice = ShareNotice.objects.get(id=tell(pool, record=""))
    assert notice.version is not None


def test_somebody_without_a_role_sees_nothing(pool: Pool) -> None:
    granted(pool)
    tell(pool)
    for powers in (frozenset[Power](), frozenset({Power.HANDLE})):
        nobody = Actor("official", 1, agency=HOSPITAL, powers=powers)
        assert queries.notices(nobody) == []
        assert queries.requests(nobody, shown="", today=DAY) == []
    person = Actor("person", 1, agency=HOSPITAL, powers=frozenset({Power.AUDITOR}))
    assert queries.requests(person, shown="", today=DAY) == []
