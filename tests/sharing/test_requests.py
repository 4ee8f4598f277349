"""A request's way to a grant, with its clocks, its entries, and everything that stands in the way."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from qipan.agencies.models import Agency
from qipan.core.grants import read_grant
from qipan.core.sharing import Act, State
from qipan.exchange import queries as exchange
from qipan.ledger.models import Entry
from qipan.sharing import operations, queries
from qipan.sharing.errors import (
    NothingGranted,
    NotInThisState,
    NotTheirs,
    PastItsEnd,
    UnableToRequest,
    UnableToShare,
    Unreasoned,
)
from qipan.sharing.models import ShareRequest
from qipan.sharing.rows import RequestDetail
from qipan.sharing.wanted import Wanted
from tests.cast import MONDAY
from tests.sharing.conftest import PROVINCE, WANTED, Pool

TUESDAY = MONDAY + timedelta(days=1)
Counted = Callable[[int], AbstractContextManager[None]]


def read(pool: Pool, request: UUID, name: str = "requester") -> RequestDetail:
    found = queries.request(request, pool[name].actor)
    assert found is not None
    return found


def acts(request: UUID) -> list[str]:
    return [
        *Entry.objects.filter(subject=f"share_request:{request}").order_by("id").values_list("act", flat=True)
    ]


def do(pool: Pool, name: str, act: str, request: UUID, at: datetime = TUESDAY, **more: object) -> None:
    """One of the use cases, by the name of its act."""
    use_cases: dict[str, Callable[..., None]] = {
        "return": operations.return_request,
        "refuse": operations.refuse_request,
        "approve": operations.approve_request,
        "sign": operations.sign_grant,
        "dispute": operations.dispute_request,
        "uphold": operations.uphold_refusal,
        "overturn": operations.overturn_refusal,
        "order": operations.order_sharing,
        "withdraw": operations.withdraw_request,
        "give_up": operations.give_up_grant,
        "revoke": operations.revoke_shared_grant,
        "resubmit": operations.resubmit_request,
    }
    if act in {"approve", "overturn", "sign", "revoke", "give_up"}:
        more["signer"] = pool.signer
    if act in {"approve", "overturn", "order"}:
        more.setdefault("fields", WANTED.fields)
    if act in {"return", "refuse", "dispute", "uphold", "overturn", "order", "revoke", "give_up"}:
        more.setdefault("reason", "有理由")
    if act == "resubmit":
        more.setdefault("wanted", WANTED)
    with transaction.atomic():
        use_cases[act](acting=pool[name], request=request, at=at, **more)


def test_a_request_is_made_with_its_clock_and_its_entry(pool: Pool, assert_query_count: Counted) -> None:
    request = pool.asked()
    with assert_query_count(1):
        found = read(pool, request)
    assert (found.state, found.asked.provider, found.due_on) == (
        "submitted",
        "330000.public_security",
        date(2026, 11, 24),
    )
    assert [one["act"] for one in found.history] == ["submit_share_request"]
    assert found.asked.number.startswith("GX-20261123-")


def test_the_same_key_makes_one_request(pool: Pool) -> None:
    assert pool.asked("key") == pool.asked("key")
    assert pool.asked("key") != pool.asked("another")
    assert Entry.objects.filter(act="submit_share_request").count() == 2


def test_approved_and_signed_it_is_a_grant_that_the_exchange_takes(pool: Pool) -> None:
    request = pool.granted(pool.asked())
    found = read(pool, request)
    assert found.state == State.GRANTED
    assert found.grant is not None
    held = exchange.grant(found.grant)
    assert held is not None
    assert (held.grant.fields, held.grant.purpose_zh) == (WANTED.fields, WANTED.purpose)
    assert set(held.signatures) == {"provider", "consumer"}
    assert held.grant.document() == bytes(found.document or b"")
    assert acts(request) == ["submit_share_request", "approve_share_request", "sign_share_request"]
    assert Entry.objects.filter(act="issue_grant", subject=f"grant:{found.grant}").count() == 1


def test_part_of_it_is_approved_with_a_reason_alone(pool: Pool) -> None:
    request = pool.asked()
    with pytest.raises(Unreasoned):
        do(pool, "approver", "approve", request, fields=["person.name"])
    do(pool, "approver", "approve", request, fields=["person.name"], reason="只需姓名")
    found = read(pool, request)
    assert found.granted == ("person.name",)
    assert read_grant(bytes(found.document or b"")).fields == ("person.name",)
    assert found.due_on == date(2026, 12, 22)


@pytest.mark.parametrize("fields", [[], ["person.household_region"], ["person.name", "mother.bank"]])
def test_nothing_is_approved_that_was_not_asked(pool: Pool, fields: list[str]) -> None:
    request = pool.asked()
    with pytest.raises(NothingGranted):
        do(pool, "approver", "approve", request, fields=fields, reason="x")


def test_a_return_stops_the_clock_until_the_answer(pool: Pool) -> None:
    request = pool.asked()
    do(pool, "approver", "return", request, at=MONDAY, reason="写明依据")
    assert read(pool, request).due_on is None
    do(pool, "requester", "resubmit", request, at=MONDAY + timedelta(days=3), wanted=replace_basis())
    found = read(pool, request)
    assert (found.state, found.due_on, found.paused_days) == ("submitted", date(2026, 11, 27), 3)
    assert found.asked.basis == ("母婴保健法 第二十三条", "民法典")


def replace_basis() -> Wanted:
    return WANTED._replace(basis=("母婴保健法 第二十三条", "民法典"))


def test_a_dispute_goes_to_the_common_superior(pool: Pool) -> None:
    request = pool.asked()
    do(pool, "approver", "refuse", request)
    do(pool, "requester", "dispute", request, reason="法律已有规定")
    with pytest.raises(NotTheirs):
        do(pool, "county coordinator", "overturn", request)
    do(pool, "coordinator", "overturn", request)
    do(pool, "requester", "sign", request)
    assert read(pool, request).state == "granted"


def test_what_the_superior_upholds_is_over(pool: Pool) -> None:
    request = pool.asked()
    do(pool, "approver", "refuse", request)
    do(pool, "requester", "dispute", request)
    do(pool, "coordinator", "uphold", request)
    with pytest.raises(NotInThisState):
        do(pool, "requester", "withdraw", request)


@pytest.mark.parametrize("act", ["refuse", "return", "dispute", "revoke", "give_up", "uphold"])
def test_who_refuses_or_ends_says_why(pool: Pool, act: str) -> None:
    request = pool.asked()
    who = {"refuse": "approver", "return": "approver", "revoke": "approver", "uphold": "coordinator"}.get(
        act, "requester"
    )
    if act in {"dispute", "uphold"}:
        do(pool, "approver", "refuse", request)
    if act == "uphold":
        do(pool, "requester", "dispute", request)
    if act in {"revoke", "give_up"}:
        pool.granted(request)
    with pytest.raises(Unreasoned):
        do(pool, who, act, request, reason="  ")


@pytest.mark.parametrize(("act", "who"), [("revoke", "approver"), ("give_up", "requester")])
def test_either_side_ends_a_grant_at_once(pool: Pool, act: str, who: str) -> None:
    request = pool.granted(pool.asked())
    do(pool, who, act, request, reason="目的已经实现\n不再需要")
    grant = read(pool, request).grant
    assert grant is not None
    held = exchange.grant(grant)
    assert held is not None
    assert held.revoked_at == TUESDAY
    assert held.reason == "目的已经实现 不再需要"


@pytest.mark.parametrize("act", [act for act in Act if act not in {Act.RESUBMIT, Act.ORDER}])
def test_a_repeated_click_changes_nothing(pool: Pool, act: Act) -> None:
    request = pool.asked()
    way: dict[str, list[tuple[str, str]]] = {
        "return": [("approver", "return")],
        "approve": [("approver", "approve")],
        "refuse": [("approver", "refuse")],
        "sign": [("approver", "approve"), ("requester", "sign")],
        "dispute": [("approver", "refuse"), ("requester", "dispute")],
        "uphold": [("approver", "refuse"), ("requester", "dispute"), ("coordinator", "uphold")],
        "overturn": [("approver", "refuse"), ("requester", "dispute"), ("coordinator", "overturn")],
        "withdraw": [("requester", "withdraw")],
        "give_up": [("approver", "approve"), ("requester", "sign"), ("requester", "give_up")],
        "revoke": [("approver", "approve"), ("requester", "sign"), ("approver", "revoke")],
    }
    for who, each in way[act]:
        do(pool, who, each, request)
    before, row = acts(request), ShareRequest.objects.get(id=request).__dict__
    do(pool, way[act][-1][0], act, request, at=TUESDAY + timedelta(hours=1))
    assert acts(request) == before
    after = ShareRequest.objects.get(id=request).__dict__
    assert {**after, "_state": None} == {**row, "_state": None}


def test_of_two_approvers_one_decides(pool: Pool) -> None:
    request = pool.approved(pool.asked())
    with pytest.raises(NotInThisState):
        do(pool, "second approver", "refuse", request)
    assert read(pool, request).state == "approved"


def test_a_request_past_its_end_is_not_approved_and_not_signed(pool: Pool) -> None:
    request = pool.asked(wanted=WANTED._replace(until=date(2026, 11, 25)))
    late = MONDAY + timedelta(days=4)
    with pytest.raises(PastItsEnd):
        do(pool, "approver", "approve", request, at=late)
    pool.approved(request)
    with pytest.raises(PastItsEnd):
        do(pool, "requester", "sign", request, at=late)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"fields": ()}, "fields"),
        ({"fields": ("person.id_number",)}, "fields"),
        ({"purpose": " "}, "purpose"),
        ({"purpose": "a\nb"}, "purpose"),
        ({"basis": ()}, "basis"),
        ({"basis": ("",)}, "basis"),
        ({"event": "restaurant"}, "event"),
        ({"services": ("nothing",)}, "services"),
        ({"modes": ("push",)}, "modes"),
        ({"rows": "everything"}, "rows"),
        ({"volume": 0}, "volume"),
        ({"volume": None}, "volume"),
        ({"retention": -1}, "retention"),
        ({"until": None}, "until"),
        ({"until": date(2026, 11, 23)}, "until"),
        ({"until": date(2040, 1, 1)}, "until"),
        ({"resource": "nothing"}, "resource"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(pool: Pool, change: dict[str, Any], part: str) -> None:
    with pytest.raises(UnableToRequest) as refused:
        pool.asked(wanted=WANTED._replace(**change))
    assert set(refused.value.problems) == {part}
    assert not ShareRequest.objects.exists()


def test_own_region_goes_into_the_grant(pool: Pool) -> None:
    request = pool.granted(pool.asked(wanted=WANTED._replace(rows="own-region")))
    grant = read(pool, request).grant
    held = exchange.grant(str(grant))
    assert held is not None
    assert held.grant.rows == ("330106", "person.household_region", False)


STEPS = [act.value for act in Act]


@pytest.mark.parametrize(
    "name", ["own approver", "stranger", "strange approver", "auditor", "colleague", "requester"]
)
def test_nobody_decides_about_their_own_request_or_another_agencys(pool: Pool, name: str) -> None:
    request = pool.asked()
    for act in ("return", "refuse", "approve", "revoke", "uphold", "overturn", "order"):
        with pytest.raises(UnableToShare) as refused:
            do(pool, name, act, request)
        assert isinstance(refused.value, NotTheirs), act
    assert read(pool, request).state == "submitted"


@pytest.mark.parametrize("name", ["stranger", "strange approver", "county coordinator"])
def test_others_do_not_see_it(pool: Pool, name: str) -> None:
    request = pool.asked()
    assert queries.request(request, pool[name].actor) is None
    assert queries.requests(pool[name].actor, shown="", today=MONDAY.date()) == []
    assert queries.request_counts(pool[name].actor, MONDAY.date(), 30) == (0, 0, 0, 0, 0, 0)
    assert queries.asked_for("population", pool[name].actor) == []


def test_the_auditor_sees_all_and_does_nothing(pool: Pool) -> None:
    request = pool.asked()
    assert read(pool, request, "auditor").asked.number
    for act in STEPS:
        with pytest.raises(NotTheirs):
            do(pool, "auditor", act, request)


def test_a_request_that_is_not_there_is_nobodys(pool: Pool) -> None:
    for act in STEPS:
        with pytest.raises(NotTheirs):
            do(pool, "approver", act, uuid4())


def test_the_table_itself_keeps_the_eyes_apart(pool: Pool) -> None:
    request = ShareRequest.objects.get(id=pool.asked())
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareRequest.objects.filter(id=request.id).update(approver=request.requester)


def test_lists_show_what_waits_for_each(pool: Pool, assert_query_count: Counted) -> None:
    pool.asked("a")
    pool.granted(pool.asked("b"))
    today = MONDAY.date()
    with assert_query_count(1):
        counts = queries.request_counts(pool["approver"].actor, today, 30)
    assert (counts.mine, counts.running, counts.standing, counts.ended) == (1, 1, 1, 0)
    assert len(queries.requests(pool["approver"].actor, shown="mine", today=today)) == 1
    assert queries.request_counts(pool["requester"].actor, date(2027, 11, 10), 30).ending == 1
    assert queries.request_counts(pool["requester"].actor, date(2028, 1, 1), 30).ended == 1
    for shown in queries.SHOWN:
        queries.requests(pool["coordinator"].actor, shown=shown, today=today)


def test_of_several_without_a_head_the_nearest_answers(pool: Pool) -> None:
    for code in ("330102.clinic", "330203.clinic", "330206.clinic"):
        Agency.objects.create(code=code, kind="clinic", level="county", division=code[:6], name_zh=code)
    near = {where: queries.provider_of("clinic", where) for where in ("330206.health", "330299.health", "")}
    assert near == {"330206.health": "330206.clinic", "330299.health": "330203.clinic", "": "330102.clinic"}
    assert not queries.stands_for_its_kind("330102.clinic")
    assert queries.stands_for_its_kind(PROVINCE)
    assert queries.provider_of("nothing", "330106") == ""
