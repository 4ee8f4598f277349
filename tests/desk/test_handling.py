"""What officials do with cases, through forms alone."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from qipan.applications import operations
from qipan.applications.models import Case, Correction
from qipan.faces.desk.inbox_views import Wanted, listing, wanted_in
from qipan.ledger.models import Entry
from tests import cast as play
from tests.cast import Cast
from tests.desk.conftest import At

Counted = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def birth(application: UUID) -> Case:
    return play.case_of(application, "birth_certificate")


@pytest.fixture
def hospital(at: At) -> Client:
    return at("hospital")


def address(case: Case, act: str = "") -> str:
    return f"/desk/cases/{case.id}" + (f"/{act}" if act else "")


def state(case: Case) -> str:
    return Case.objects.get(id=case.id).state


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_case_shows_each_fact_with_its_source(hospital: Client, birth: Case) -> None:
    shown = body(hospital, address(birth))
    assert "王小宝" in shown
    assert "申请人填写" in shown
    assert "医院《分娩记录》" in shown
    assert "母婴保健法" in shown


def test_accepting_then_granting_takes_one_more_look(hospital: Client, birth: Case) -> None:
    hospital.post(address(birth, "accept"))
    assert state(birth) == "accepted"
    review = hospital.post(address(birth, "grant"), {"child.birth_certificate_number": ""})
    assert state(birth) == "accepted"
    assert "确认批准" in review.content.decode()
    assert hospital.post(address(birth, "grant"), {"reviewed": "yes"}).status_code == 302
    assert state(birth) == "delivered"


def test_looking_before_a_grant_leaves_no_trace(hospital: Client, birth: Case) -> None:
    hospital.post(address(birth, "accept"))
    before = Entry.objects.count()
    for _again in range(3):
        hospital.post(address(birth, "grant"), {})
    assert Entry.objects.count() == before
    hospital.post(address(birth, "grant"), {"reviewed": "yes"})
    assert Case.objects.get(id=birth.id).outputs["child.birth_certificate_number"] == "V330000001"


def test_outputs_are_checked_and_kept_as_typed(at: At, cast: Cast, application: UUID) -> None:
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    card, client = play.case_of(application, "social_card"), at("human_resources")
    client.post(address(card, "accept"))
    for typed, said in (("", "还没有回答"), ("A1", "太短了")):
        answer = client.post(address(card, "grant"), {"child.card_number": typed, "reviewed": "yes"})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert f'value="{typed}"' in answer.content.decode()
    client.post(address(card, "grant"), {"child.card_number": "A1234567", "reviewed": "yes"})
    assert state(card) == "granted"
    client.post(address(card, "deliver"))
    assert state(card) == "delivered"


def test_a_return_marks_fields_and_tells_what_to_do(hospital: Client, birth: Case) -> None:
    for form in ({"field": "child.name"}, {"message": "请改"}, {"message": "  ", "field": "child.name"}):
        assert hospital.post(address(birth, "return"), form).status_code == 422
    assert state(birth) == "submitted"
    hospital.post(address(birth, "return"), {"field": ["child.name"], "message": "请用规范汉字"})
    assert state(birth) == "returned"
    assert Correction.objects.get(case=birth).fields == ["child.name"]
    assert "请用规范汉字" in body(hospital, address(birth))


@pytest.mark.parametrize(("act", "after"), [("decline", "not_accepted"), ("refuse", "refused")])
def test_an_adverse_decision_needs_a_reason_and_one_more_look(
    hospital: Client, birth: Case, act: str, after: str
) -> None:
    if act == "refuse":
        hospital.post(address(birth, "accept"))
    before = state(birth)
    assert hospital.post(address(birth, act), {"reason": " ", "reviewed": "yes"}).status_code == 422
    review = hospital.post(address(birth, act), {"reason": "<b>材料不实</b>"}).content.decode()
    assert "&lt;b&gt;材料不实" in review
    assert state(birth) == before
    hospital.post(address(birth, act), {"reason": "材料不实", "reviewed": "yes"})
    assert state(birth) == after
    assert "材料不实" in body(hospital, address(birth))


@pytest.mark.parametrize("act", ["accept", "return", "decline", "refuse", "grant", "deliver"])
def test_what_has_ended_is_not_acted_on_again(hospital: Client, birth: Case, act: str) -> None:
    hospital.post(address(birth, "decline"), {"reason": "重复申请", "reviewed": "yes"})
    answer = hospital.post(
        address(birth, act),
        {"reason": "x", "message": "x", "field": "child.name", "reviewed": "yes"},
        follow=True,
    )
    assert "状态刚刚变了" in answer.content.decode()
    assert state(birth) == "not_accepted"


def test_after_the_last_act_the_next_case_is_offered(hospital: Client, cast: Cast, birth: Case) -> None:
    other = play.case_of(play.running(cast).application, "birth_certificate")
    hospital.post(address(birth, "decline"), {"reason": "重复申请", "reviewed": "yes"})
    shown = body(hospital, address(birth))
    assert "办下一件" in shown
    assert address(other) in shown


def test_several_are_accepted_and_granted_at_once(hospital: Client, cast: Cast, birth: Case) -> None:
    births = [birth, *(play.case_of(play.running(cast).application, "birth_certificate") for _ in range(2))]
    chosen = {"case": [str(one.id) for one in births]}
    told = hospital.post("/desk/batch", {**chosen, "act": "accept"}, follow=True).content.decode()
    assert "受理了 3 件" in told
    review = hospital.post("/desk/batch", {**chosen, "act": "grant"}).content.decode()
    assert "批准这 3 件吗" in review
    assert {state(one) for one in births} == {"accepted"}
    hospital.post("/desk/batch", {**chosen, "act": "grant-reviewed"})
    assert {state(one) for one in births} == {"delivered"}


def test_what_is_not_safe_is_left_out_of_a_batch_and_named(at: At, cast: Cast, application: UUID) -> None:
    play.granted(cast, application, "birth_certificate", "hospital")
    play.granted(cast, application, "household_registration", "police")
    card = play.case_of(application, "social_card")
    form = {"case": str(card.id), "act": "grant-reviewed"}
    told = at("human_resources").post("/desk/batch", form, follow=True).content.decode()
    assert "请打开逐件办" in told
    assert state(card) == "submitted"


@pytest.mark.parametrize("case", ["", "x", "00000000-0000-0000-0000-000000000000", "' OR 1=1"])
def test_a_batch_of_nothing_says_so(hospital: Client, case: str) -> None:
    told = hospital.post("/desk/batch", {"case": case, "act": "accept"}, follow=True).content.decode()
    assert "请先勾选" in told


def test_the_inbox_filters(hospital: Client, cast: Cast, birth: Case) -> None:
    births = [birth, *(play.case_of(play.running(cast).application, "birth_certificate") for _ in range(4))]
    hospital.post(address(births[0], "accept"))
    assert listed(body(hospital, "/desk/?show=to_decide")) == [births[0].id]
    assert len(listed(body(hospital, "/desk/?show=to_accept"))) == 4
    assert len(listed(body(hospital, "/desk/?show=nonsense&after=nonsense&service=nonsense"))) == 5
    assert len(listed(body(hospital, f"/desk/?q={birth.application.number.lower()}"))) == 1
    assert "没有找到这个编号" in body(hospital, "/desk/?q=QP-20260101-0000000")


def test_the_pages_of_the_inbox_hold_every_case_once(cast: Cast, birth: Case) -> None:
    births = [birth, *(play.case_of(play.running(cast).application, "birth_certificate") for _ in range(4))]
    with transaction.atomic():
        operations.accept_case(acting=cast.official("hospital"), case=birth.id, at=play.MONDAY)
    wanted: Wanted | None = Wanted()
    seen: list[UUID] = []
    pages = 0
    while wanted is not None:
        found = listing(cast.official("hospital").actor, wanted, "zh", play.MONDAY.date(), shown=2)
        seen += [line.id for line in found.lines]
        wanted = wanted_in(dict(parse_qsl(found.older.removeprefix("?"))), ()) if found.older else None
        pages += 1
    assert pages == 3
    assert sorted(seen) == sorted(one.id for one in births)


def listed(shown: str) -> list[UUID]:
    return [UUID(found) for found in re.findall(r'name="case" value="([^"]+)"', shown)]


def test_today_lists_what_i_did(hospital: Client, birth: Case, at: At) -> None:
    assert "今天还没有办理" in body(hospital, "/desk/today")
    hospital.post(address(birth, "accept"))
    assert str(birth.id) in body(hospital, "/desk/today")
    assert "今天还没有办理" in body(at("police"), "/desk/today")


def test_the_agency_counts_what_is_in_hand(hospital: Client, birth: Case) -> None:
    shown = body(hospital, "/desk/agency")
    assert "出生医学证明签发" in shown
    assert "social_card" not in shown


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/desk/", 5),
        ("/desk/?show=to_decide", 6),
        ("/desk/today", 3),
        ("/desk/agency", 5),
        ("/desk/sign-in", 4),
    ],
)
def test_pages_cost_few_statements(
    hospital: Client, birth: Case, assert_query_count: Counted, path: str, count: int
) -> None:
    hospital.get(path)
    with assert_query_count(count):
        hospital.get(path)


def test_a_case_costs_five_statements(hospital: Client, birth: Case, assert_query_count: Counted) -> None:
    hospital.get(address(birth))
    with assert_query_count(5):
        hospital.get(address(birth))


def test_one_signs_in_as_a_sample_official(cast: Cast, application: UUID) -> None:
    visitor = Client()
    shown = visitor.get("/desk/sign-in?q=出生户口").content.decode()
    assert "police" in shown
    assert "hospital" not in shown
    number = cast.official("police").actor.id
    assert visitor.post("/desk/sign-in", {"official": number}).headers["Location"] == "/desk/"
    assert visitor.get("/desk/").status_code == 200
    visitor.post("/desk/sign-out")
    assert visitor.get("/desk/").status_code == 302


@pytest.mark.parametrize("number", ["", "0", "x", "-1", "9" * 40, "１"])
def test_nobody_else_signs_in(cast: Cast, number: str) -> None:
    assert Client().post("/desk/sign-in", {"official": number}).status_code == 404


def test_signing_in_leads_nowhere_else(cast: Cast) -> None:
    form = {"official": cast.official("police").actor.id, "next": "https://evil.example/"}
    assert Client().post("/desk/sign-in", form).headers["Location"] == "/desk/"


def test_a_clerk_serves_who_is_present(at: At, cast: Cast) -> None:
    clerk = at("clerk")
    whole = {"id_number": play.MOTHER, "under": "asked-in-person", "present": "yes"}
    for missing in whole:
        assert clerk.post("/desk/window", {k: v for k, v in whole.items() if k != missing}).status_code == 422
    assert clerk.post("/desk/window", {**whole, "id_number": play.MOTHER[:17]}).status_code == 422
    assert clerk.post("/desk/window", {**whole, "id_number": play.FATHER}).status_code == 422
    assert clerk.post("/desk/window", whole).headers["Location"] == "/"
    entry = Entry.objects.get(act="begin_service")
    assert (entry.subject, entry.details["under"]) == (f"person:{cast.mother_id}", "asked-in-person")
    assert "正在为 王芳 办理" in body(clerk, "/desk/window")
    clerk.post("/desk/window/end")
    assert "开始代办" in body(clerk, "/desk/window")


def test_only_clerks_serve(hospital: Client, cast: Cast) -> None:
    form = {"id_number": play.MOTHER, "under": "asked-in-person", "present": "yes"}
    assert hospital.get("/desk/window").status_code == 403
    assert hospital.post("/desk/window", form).status_code == 403
    assert not Entry.objects.filter(act="begin_service").exists()
