"""The pool's pages: what they show, in how many statements, and that what was typed stays."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from qipan.sharing import operations
from qipan.sharing.models import ShareLetter, ShareNotice, ShareRequest, UseDay
from tests.desk.pool.conftest import At
from tests.sharing.conftest import PROVINCE, WANTED, Pool

Counted = Callable[[int], AbstractContextManager[None]]
FORM = {
    "key": "k",
    "field": ["person.name", "person.marital_status"],
    "event": "birth.birth_certificate",
    "purpose": "办理出生医学证明",
    "basis": "母婴保健法 第二十三条\n民法典",
    "rows": "own-cases",
    "way": ["look-up"],
    "volume": "500",
    "retention": "30",
}


def form(**changes: object) -> dict[str, object]:
    return {**FORM, "until": (timezone.localdate() + timedelta(days=300)).isoformat(), **changes}


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("", 3),
        ("?q=人口&share=unconditional", 3),
        ("?q=没有的", 3),
        ("elements", 3),
        ("resources/population", 6),
        ("resources/population/ask", 3),
        ("requests", 5),
        ("requests?show=mine", 5),
        ("use", 6),
        ("notices", 4),
    ],
)
def test_pages_take_few_statements(
    at: At, pool: Pool, assert_query_count: Counted, path: str, statements: int
) -> None:
    for number in range(3):
        pool.asked(
            str(number), timezone.now(), WANTED._replace(until=timezone.localdate() + timedelta(days=90))
        )
    client = at("requester")
    client.get(f"/desk/pool/{path}")
    with assert_query_count(statements):
        assert client.get(f"/desk/pool/{path}").status_code == 200


def test_the_page_of_a_request_takes_few_statements(at: At, pool: Pool, assert_query_count: Counted) -> None:
    request = pool.granted(pool.asked())
    client = at("approver")
    client.get(f"/desk/pool/requests/{request}")
    with assert_query_count(5):
        assert client.get(f"/desk/pool/requests/{request}").status_code == 200


def test_what_was_looked_up_within_one_node_is_on_the_page_of_its_grant(at: At, pool: Pool) -> None:
    at_, today = timezone.now(), timezone.localdate()
    path = f"/desk/pool/requests/{pool.granted(pool.asked(at=at_), at=at_)}"
    assert "还没有用过" in at("requester").get(path).content.decode()
    used = {"resource": "population", "giver": "public_security", "found": 5, "refused": 0, "facts": 9}
    UseDay.objects.create(day=today, receiver="hospital", calls=7, **used)
    UseDay.objects.create(day=today, receiver="medical_insurance", calls=4321, **used)
    shown = at("requester").get(path).content.decode()
    assert "还没有用过" not in shown
    assert re.search(r'class="number">7</td>.*class="number">5</td>', shown)
    assert ">4321<" not in shown


def test_the_catalogue_is_searched_by_words_share_and_element(at: At) -> None:
    client = at("auditor")
    assert "人口信息" in client.get("/desk/pool/?q=婚姻状况").content.decode()
    assert "没有找到这样的资源" in client.get("/desk/pool/?q=渔船").content.decode()
    assert "没有找到这样的资源" in client.get("/desk/pool/?share=withheld").content.decode()
    shown = client.get("/desk/pool/?element=Person.sex").content.decode()
    assert "分娩记录" in shown
    assert "人口信息" not in shown


def test_a_resource_says_what_it_has_and_who_answers_for_it(at: At) -> None:
    shown = at("requester").get("/desk/pool/resources/population").content.decode()
    for words in ("无条件共享", "province", "户口登记条例", "第 1 版", "首次发布", "申请使用"):
        assert words in shown
    assert "申请使用" not in at("approver").get("/desk/pool/resources/population").content.decode()
    assert at("requester").get("/desk/pool/resources/nothing").status_code == 404


def test_a_request_is_sent_once_however_often_the_button_is_pressed(at: At) -> None:
    client = at("requester")
    for _press in range(2):
        answer = client.post("/desk/pool/resources/population/ask", form())
        assert answer.status_code == 302
    made = ShareRequest.objects.get()
    assert answer.headers["Location"] == f"/desk/pool/requests/{made.id}"
    assert (made.provider, made.basis, made.volume) == (PROVINCE, ["母婴保健法 第二十三条", "民法典"], 500)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"field": []}, "请至少勾选一个信息项。"),
        ({"purpose": ""}, "请写明用来做什么。"),
        ({"basis": " "}, "请写明依据的法律"),
        ({"volume": "许多"}, "请填每天最多多少条"),
        ({"until": "2020-01-01"}, "截止日期要在今天之后"),
        ({"event": "birth.nothing"}, "这个事项不在所选的一件事里。"),
    ],
)
def test_errors_keep_what_was_typed(at: At, change: dict[str, object], says: str) -> None:
    answer = at("requester").post("/desk/pool/resources/population/ask", form(**change))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert says in shown
    for part, typed in {"basis": "民法典", "volume": "500", "purpose": "办理出生医学证明"}.items():
        if part not in change:
            assert typed in shown
    if change.get("volume"):
        assert "许多" in shown


def test_a_reason_that_is_missing_is_asked_for_and_the_ticks_stay(at: At, pool: Pool) -> None:
    request = pool.asked()
    answer = at("approver").post(f"/desk/pool/requests/{request}/approve", {"field": ["person.name"]})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "请写明理由。" in shown
    assert 'value="person.name" checked' in shown
    assert 'value="person.marital_status" checked' not in shown


def test_from_the_request_to_the_grant_on_pages_alone(at: At, pool: Pool) -> None:
    client, approver = at("requester"), at("approver")
    where = client.post("/desk/pool/resources/population/ask", form()).headers["Location"]
    assert (
        "还剩 1 个工作日" in client.get(where).content.decode()
        or "到期" in client.get(where).content.decode()
    )
    assert approver.post(f"{where}/return", {"reason": "写到款"}).status_code == 302
    assert "写到款" in client.get(f"{where}/amend").content.decode()
    assert client.post(f"{where}/amend", form(basis="母婴保健法 第二十三条第一款")).status_code == 302
    assert approver.post(f"{where}/approve", {"field": FORM["field"]}).status_code == 302
    assert "授权书" in client.get(where).content.decode()
    assert client.post(f"{where}/sign").status_code == 302
    shown = client.get(where).content.decode()
    assert "授权有效" in shown
    assert "还没有用过" in shown
    assert approver.post(f"{where}/revoke", {"reason": "数据有误"}).status_code == 302
    assert "已撤销" in client.get(where).content.decode()


def test_a_dispute_on_pages(at: At, pool: Pool) -> None:
    request = pool.asked()
    path = f"/desk/pool/requests/{request}"
    at("approver").post(f"{path}/refuse", {"reason": "没有依据"})
    at("requester").post(f"{path}/dispute", {"reason": "有依据"})
    shown = at("coordinator").get(path).content.decode()
    assert "决定应当共享" in shown
    assert "没有依据" in shown
    at("coordinator").post(f"{path}/uphold", {"reason": "确实没有"})
    assert "维持不同意" in at("requester").get(path).content.decode()


def test_a_correction_reaches_every_receiver_and_is_acknowledged(at: At, pool: Pool) -> None:
    pool.granted(pool.asked())
    provider, receiver = at("approver"), at("requester")
    tell = "/desk/pool/resources/population/tell"
    assert "请写明错在哪里" in provider.post(tell, {"kind": "correction"}).content.decode()
    assert (
        provider.post(tell, {"kind": "recall", "message": "姓名有误", "field": "person.name"}).status_code
        == 302
    )
    assert "1 个接收方还没有确认" in provider.get("/desk/pool/notices").content.decode()
    assert "姓名有误" in receiver.get("/desk/pool/notices").content.decode()
    notice = ShareNotice.objects.get().id
    assert receiver.post(f"/desk/pool/notices/{notice}/acknowledge", {"answer": ""}).status_code == 422
    assert receiver.post(f"/desk/pool/notices/{notice}/acknowledge", {"answer": "已删除"}).status_code == 302
    assert "接收方都已确认" in provider.get("/desk/pool/notices").content.decode()
    seen = receiver.get("/desk/pool/notices").content.decode()
    assert "本部门已确认" in seen
    assert "接收方都已确认" not in seen
    assert "姓名有误" not in at("stranger").get("/desk/pool/notices").content.decode()


def test_what_all_of_a_kind_used_is_shown_to_the_highest_alone(at: At, pool: Pool) -> None:
    day = timezone.localdate()
    station = "330106002.public_security"
    for giver, receiver in (("public_security", "health"), (PROVINCE, "health"), ("hospital", station)):
        UseDay.objects.create(
            day=day,
            resource="population",
            giver=giver,
            receiver=receiver,
            calls=7,
            found=6,
            refused=1,
            facts=6,
        )
    assert "共 7 次调用" in at("station").get("/desk/pool/use").content.decode()
    assert "这段时间没有调用" in at("station").get("/desk/pool/use?side=gave").content.decode()
    assert "共 14 次调用" in at("approver").get("/desk/pool/use?side=gave").content.decode()
    assert "共 21 次调用" in at("auditor").get("/desk/pool/use").content.decode()
    assert "其中拒绝 3 次" in at("auditor").get("/desk/pool/use?days=7&resource=population").content.decode()


def test_a_call_that_was_refused_before_it_named_a_resource_is_counted_and_shown(at: At, pool: Pool) -> None:
    UseDay.objects.create(
        day=timezone.localdate(), resource="", giver="", receiver="", calls=1, found=0, refused=1, facts=0
    )
    assert "没有说明资源" in at("auditor").get("/desk/pool/use").content.decode()


def test_an_approver_sees_first_what_was_given(at: At, pool: Pool) -> None:
    for name, first in (("approver", "side=gave"), ("requester", "side=got")):
        page = at(name).get("/desk/pool/use").content.decode()
        chosen = next(link for link in page.split("<a ") if "aria-current" in link and "side=" in link)
        assert first in chosen


def test_a_request_says_whose_turn_it_is(at: At, pool: Pool) -> None:
    path = f"/desk/pool/requests/{pool.asked()}"
    assert "办理，有结果会显示在这里" in at("requester").get(path).content.decode()
    assert "办理，有结果会显示在这里" not in at("approver").get(path).content.decode()


def test_a_request_says_where_it_has_not_arrived(at: At, pool: Pool) -> None:
    request, now = pool.asked(), timezone.now()
    path = f"/desk/pool/requests/{request}"
    for ago, said in ((timedelta(seconds=1), False), (timedelta(minutes=5), True)):
        ShareLetter.objects.update_or_create(
            request=request, peer="hub", outward=True, number=1, defaults={"document": b"{}", "at": now - ago}
        )
        assert ("还没有送到hub" in at("requester").get(path).content.decode()) is said
    ShareLetter.objects.update(settled_at=now)
    assert "还没有送到" not in at("requester").get(path).content.decode()


def test_use_is_measured_and_drawn(at: At, pool: Pool) -> None:
    with transaction.atomic():
        operations.measure_use(at=timezone.now())
    assert "这段时间没有调用" in at("requester").get("/desk/pool/use").content.decode()


@pytest.mark.parametrize("name", ["requester", "approver", "auditor", "coordinator"])
def test_pages_speak_english(at: At, pool: Pool, name: str) -> None:
    request = pool.granted(pool.asked())
    client = at(name, "en")
    for path in ("", "elements", "resources/population", "requests", f"requests/{request}", "use", "notices"):
        assert client.get(f"/desk/pool/{path}").status_code == 200, path
