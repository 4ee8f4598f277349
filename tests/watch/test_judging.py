"""The watch over real rows: each kind is found with its numbers, what is usual is not, and a run costs what is new."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.applications.models import Case
from qipan.core.posts import Power
from qipan.core.sharing import Role
from qipan.exchange.models import StoredGrant, Usage
from qipan.exchange.operations import Passing, record_passing
from qipan.ledger import operations as ledger
from qipan.ledger.models import Entry
from qipan.people import operations as people
from qipan.people import queries as persons
from qipan.people.actors import Acting
from qipan.people.models import Official, Person
from qipan.watch import judging, operations, queries
from qipan.watch.errors import DecidedBefore, NoReason, NotForThem, UnableToDecide, WrongVerdict
from qipan.watch.models import Finding, Reading, ReadingDay
from qipan.watch.operations.counting import LAG
from tests import cast as play
from tests.cast import MONDAY, Cast
from tests.posts_cast import acting_as, hold

Counted = Callable[[int], AbstractContextManager[None]]
TEN = MONDAY + timedelta(hours=1)  # ten in the morning in China
DAY = timedelta(days=1)
REST = [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 28), date(2026, 11, 29)]


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def birth(cast: Cast) -> Case:
    return play.case_of(play.running(cast).application, "birth_certificate")


@pytest.fixture
def auditor(cast: Cast) -> Acting:
    return appointed("auditor", "330000.data_bureau", Role.AUDITOR)


def appointed(name: str, agency: str, role: Role | None = None, post: str = "") -> Acting:
    number = people.appoint_official(
        agency=agency, name=name, post=post or str(role), role=role, at=MONDAY, sample=True
    )
    actor = persons.actor_of_official(number, MONDAY)
    assert actor
    return Acting(actor)


def readings(
    who: int, times: int, at: datetime = TEN, *, person: int | None = None, **changes: object
) -> None:
    """So many readings of as many cases within a day, one after another."""
    rows = [
        Reading(
            **{
                "who": f"official:{who}", "peers": "hospital 经办人", "agency": "330106.hospital", "kind": "window", "subject": f"person:{place}",
                "person": person, "in_hand": True, "slot": int(at.timestamp()) + place, "at": at + timedelta(seconds=place), **changes,
            }
        )
        for place in range(times)
    ]  # fmt: skip
    Reading.objects.bulk_create(rows)


def ordinary(who: int, times: int = 10, days: int = 12) -> None:
    """The days before, as they usually are."""
    for back in range(1, days + 1):
        readings(who, times, TEN - back * DAY)


def watched(at: datetime = TEN + timedelta(hours=3)) -> list[str]:
    """The kinds that a run finds."""
    with transaction.atomic():
        batch = operations.count_readings(at=at, rest=REST)
        return [one.kind for one in operations.raise_findings(found=judging.unusual(batch, at), at=at)]


def test_a_case_that_is_opened_is_a_reading_with_its_entry_once_in_ten_minutes(
    cast: Cast, birth: Case, assert_query_count: Counted
) -> None:
    hospital = cast.official("hospital")
    with assert_query_count(1):
        operations.record_reading(acting=hospital, case=birth.id, at=TEN)
    operations.record_reading(acting=hospital, case=birth.id, at=TEN + timedelta(minutes=5))
    operations.record_reading(acting=hospital, case=birth.id, at=TEN + timedelta(minutes=15))
    found = Reading.objects.order_by("at")
    assert [(one.who, one.peers, one.person, one.in_hand, one.namesake) for one in found] == [
        (f"official:{hospital.actor.id}", "hospital 经办人", cast.mother_id, True, False)
    ] * 2
    assert Entry.objects.filter(act="read_case", subject=f"reading:{birth.id}").count() == 2


def test_what_is_over_for_days_is_not_in_hand(cast: Cast, birth: Case) -> None:
    Case.objects.filter(id=birth.id).update(ended_at=TEN - 4 * DAY)
    operations.record_reading(acting=cast.official("hospital"), case=birth.id, at=TEN)
    assert not Reading.objects.get().in_hand


def test_readings_only_grow(cast: Cast, birth: Case) -> None:
    operations.record_reading(acting=cast.official("hospital"), case=birth.id, at=TEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.update(times=0)


def test_an_ordinary_day_is_nothing(cast: Cast) -> None:
    ordinary(7)
    readings(7, 14)
    assert watched() == []


def test_unusual_volume_is_found_once_with_its_numbers_and_grows(cast: Cast) -> None:
    ordinary(7)
    readings(7, 80)
    assert watched() == ["volume"]
    finding = Finding.objects.get()
    assert (finding.subject, finding.official, finding.facts["count"], finding.facts["own"]["middle"]) == (
        "official:7",
        7,
        80,
        10,
    )
    assert Entry.objects.get(act="raise_finding").subject == f"finding:{finding.id}"
    readings(7, 20, TEN + timedelta(hours=1))
    assert watched() == []  # renewed, not raised again
    finding.refresh_from_db()
    assert finding.facts["count"] == 100


def test_nights_and_days_of_rest_are_found(cast: Cast) -> None:
    ordinary(7)
    readings(7, 25, TEN.replace(hour=15))  # eleven at night in China
    assert watched(TEN + DAY) == ["off_hours"]
    ordinary(8)
    readings(8, 25, datetime(2026, 11, 22, 5, tzinfo=UTC))
    assert watched(TEN + DAY) == ["off_hours"]


def test_cases_that_were_over_are_found(cast: Cast) -> None:
    ordinary(7)
    readings(7, 18, in_hand=False)
    assert watched() == ["closed"]


def test_many_people_for_whom_nothing_was_done_are_found(cast: Cast) -> None:
    readings(7, 60, kind="case", subject="")
    assert "idle" not in watched()  # all of one subject: one person
    for number in range(60):
        readings(8, 1, TEN + timedelta(seconds=number), kind="case", subject=f"case:{uuid4()}")
    assert watched() == ["idle"]


def test_who_acted_in_the_cases_is_not_idle(cast: Cast, birth: Case) -> None:
    hospital = cast.official("hospital").actor.id
    cases = [uuid4() for _ in range(60)]
    for number, one in enumerate(cases):
        readings(hospital, 1, TEN + timedelta(seconds=number), kind="case", subject=f"case:{one}")
        acted = cast.official("hospital").entry("accept_case", f"case:{one}")
        with transaction.atomic():
            ledger.append([acted], TEN)
    assert watched() == []
    assert ReadingDay.objects.get(who__gt="").idle == 0


def test_one_person_whom_many_officials_read_is_found(cast: Cast) -> None:
    for person in range(1000, 1006):
        readings(person, 2, person=person)
    for who in range(1, 31):
        readings(who, 1, person=cast.mother_id, subject=f"person:{cast.mother_id}")
    assert watched() == ["sought"]
    finding = Finding.objects.get()
    assert (finding.subject, finding.facts["count"], finding.official) == (
        f"person:{cast.mother_id}",
        30,
        None,
    )


def test_a_namesake_is_a_weak_sign(cast: Cast, birth: Case) -> None:
    hospital = cast.official("hospital")
    Official.objects.filter(id=hospital.actor.id).update(name=Person.objects.get(id=cast.mother_id).name)
    operations.record_reading(acting=hospital, case=birth.id, at=TEN)
    assert watched() == ["namesake"]
    assert Finding.objects.get().score == 1


def test_look_ups_by_officials_at_both_ends_are_watched(cast: Cast) -> None:
    grant = uuid4()
    numbers = count()

    def passing(side: str, peer: str, official: str, at: datetime) -> Passing:
        return Passing(
            f"{next(numbers):064x}",
            side,
            peer,
            str(grant),
            "r",
            ("f",),
            "p",
            "b",
            f"case:{uuid4()}",
            official,
            "ok",
            1,
            at,
            3,
        )

    with transaction.atomic():
        at = TEN
        record_passing(
            passings=[passing("consumer", "hospitals", f"official:{cast.official('police').actor.id}", at)]
            * 2,
            at=at,
        )
        record_passing(passings=[passing("provider", "city", "official:7", at) for _ in range(150)], at=at)
        record_passing(passings=[passing("provider", "city", "person:3", at) for _ in range(90)], at=at)
    assert watched() == ["volume"]
    assert {(one.who, one.volume) for one in ReadingDay.objects.exclude(who="")} == {
        (f"official:{cast.official('police').actor.id}", 2), ("city/official:7", 150),
    }  # fmt: skip


def test_unusual_use_of_a_grant_is_found(cast: Cast) -> None:
    grant = UUID(int=5)
    StoredGrant.objects.create(
        id=grant, digest=b"", document=b"", signatures={}, resource="population", provider_node="city", provider_agency="p",
        consumer_node="county", consumer_agency="330106.hospital", begins=MONDAY, ends=MONDAY, issued_at=MONDAY,
    )  # fmt: skip
    Usage.objects.bulk_create(
        [Usage(grant=grant, day=(TEN - back * DAY).date(), rows=200) for back in range(2, 20)]
    )
    Usage.objects.create(grant=grant, day=TEN.date(), rows=5000)
    assert watched() == ["grant_volume"]
    assert watched() == []


def test_a_run_costs_what_is_new(cast: Cast, assert_query_count: Counted) -> None:
    ordinary(7)
    readings(7, 80)
    watched()
    with assert_query_count(5):  # two cursors, taken and moved, and the grants of yesterday
        watched()


def test_what_is_too_young_waits(cast: Cast) -> None:
    readings(7, 3, TEN)
    watched(TEN + LAG - timedelta(seconds=5))
    assert ReadingDay.objects.count() == 0
    watched(TEN + LAG + timedelta(seconds=60))
    assert ReadingDay.objects.get(who__gt="").volume == 3


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 23), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 5),
)
def test_sums_are_the_same_in_one_run_and_in_many(
    cast: Cast, told: list[tuple[int, int, int, bool]], parts: int
) -> None:
    end = MONDAY + 5 * DAY

    def summed(runs: int) -> list[tuple[str, date, int, int, int, int, list[int]]]:
        with transaction.atomic():
            for part in range(runs):
                for place in range(part, len(told), runs):
                    who, day, hour, in_hand = told[place]
                    at = MONDAY.replace(hour=0) + day * DAY + timedelta(hours=hour)
                    readings(who, 1, at, subject=f"person:{place}", slot=place, in_hand=in_hand)
                operations.count_readings(at=end, rest=REST)
            found = list(
                ReadingDay.objects.exclude(who="")
                .order_by("who", "day")
                .values_list("who", "day", "volume", "people", "off_hours", "closed", "hours")
            )
            transaction.set_rollback(True)
        return found

    whole = summed(1)
    assert sum(row[2] for row in whole) == len(told)
    assert summed(parts) == whole


# --- Deciding


@pytest.fixture
def finding(cast: Cast) -> UUID:
    who = cast.official("hospital").actor.id
    readings(who, 200)
    watched()
    return Finding.objects.get().id


def decide(
    auditor: Acting, finding: UUID, verdict: str = "justified", reason: str = "查过了，是集中办理。"
) -> None:
    with transaction.atomic():
        operations.decide_finding(acting=auditor, finding=finding, verdict=verdict, reason=reason, at=TEN)


def test_an_auditor_decides_once_and_it_stands(auditor: Acting, finding: UUID) -> None:
    decide(auditor, finding, "misuse", "没有理由。")
    found = queries.finding(finding, auditor.actor)
    assert found
    assert (found.state, found.reason, found.auditor) == ("misuse", "没有理由。", "auditor")
    entry = Entry.objects.get(act="decide_finding")
    assert (entry.actor, entry.subject, entry.details) == (
        auditor.actor.id,
        f"finding:{finding}",
        {"verdict": "misuse", "reason": "没有理由。", "post": auditor.actor.post},
    )
    with pytest.raises(DecidedBefore):
        decide(auditor, finding)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(state="justified")
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.all().delete()


def wrongs(cast: Cast, auditor: Acting) -> Iterator[tuple[Acting, str, str, type[UnableToDecide]]]:
    yield cast.official("hospital"), "justified", "x", NotForThem
    yield cast.mother, "justified", "x", NotForThem
    yield auditor, "resolved", "x", WrongVerdict
    yield auditor, "", "x", WrongVerdict
    yield auditor, "justified", " \n", NoReason


def test_who_may_not_decide_or_says_nothing_changes_nothing(
    cast: Cast, auditor: Acting, finding: UUID
) -> None:
    for who, verdict, reason, error in wrongs(cast, auditor):
        with pytest.raises(error):
            decide(who, finding, verdict, reason)
    with pytest.raises(NotForThem):
        decide(auditor, uuid4())
    assert Finding.objects.get().state == "open"


def test_nobody_audits_themselves_in_whatever_post(cast: Cast) -> None:
    """Somebody who came into office twice, once by an account of their own, is one all the same."""
    watched_one = appointed("王审计", "330000.data_bureau", post="经办人")
    twice = Official.objects.create(
        name="王审计", agency="330000.data_bureau", person_id=cast.mother_id, sample=True
    )
    hold(twice.id, "330000.data_bureau", Power.AUDITOR)
    same = acting_as(twice.id)
    other = appointed("李审计", "330000.data_bureau", Role.AUDITOR)
    readings(watched_one.actor.id, 200)
    watched()
    finding = Finding.objects.get().id
    assert queries.findings(same.actor, states=["open"]) == []
    assert queries.finding(finding, same.actor) is None
    assert sum(one.findings for one in queries.finding_counts(same.actor)) == 0
    with pytest.raises(NotForThem):
        decide(same, finding)
    decide(other, finding)


def test_the_table_itself_keeps_four_eyes(finding: UUID, cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(state="justified", auditor=cast.official("hospital").actor.id)


def test_nobody_but_an_auditor_reads_findings(cast: Cast, finding: UUID) -> None:
    for who in (cast.official("hospital"), cast.official("police"), cast.clerk, cast.mother):
        assert queries.findings(who.actor, states=["open"]) == []
        assert queries.finding(finding, who.actor) is None
        assert queries.finding_counts(who.actor) == []
