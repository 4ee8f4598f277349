"""Posts in the browser: given, confirmed by a second manager, lent and taken back; the auditor looks on."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from qipan.agencies.models import Agency
from qipan.core.posts import Power
from qipan.faces.look.actors import OFFICIAL
from qipan.ledger.models import Entry
from qipan.people import operations as people
from qipan.people import queries
from qipan.posts.models import Leave, Post, Tenure
from tests import cast as play
from tests.cast import AGENCIES, MONDAY, Cast

HOSPITAL = AGENCIES["hospital"]


def official(name: str, *powers: Power, agency: str = HOSPITAL) -> int:
    return people.appoint_official(agency=agency, name=name, post=name, powers=powers, at=MONDAY, sample=True)


def desk(number: int, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    session = client.session
    session[OFFICIAL] = number
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def manager(cast: Cast) -> Client:
    return desk(official("管理员甲", Power.MANAGER))


@pytest.fixture
def second(cast: Cast) -> Client:
    return desk(official("管理员乙", Power.MANAGER))


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def made(manager: Client, title: str, *powers: Power) -> int:
    answer = manager.post("/desk/posts/make", {"title": title, "power": list(powers)})
    assert answer.status_code == 302, answer.content.decode()
    return Post.objects.get(title=title).id


def given(client: Client, post: int, to: int, **days: str) -> Tenure:
    typed = {"official": to, "begins": day(0), "ends": "", **days}
    assert client.post(f"/desk/posts/{post}/give", typed).status_code == 302
    return Tenure.objects.get(post=post, official_id=to)


def test_a_manager_sets_up_a_post_gives_it_and_takes_it_back(cast: Cast, manager: Client) -> None:
    colleague = cast.official("hospital").actor.id
    tenure = given(manager, made(manager, "窗口岗", Power.HANDLE, Power.SERVE), colleague)
    assert len(queries.seats_of(colleague, timezone.now())) == 2
    page = body(manager, "/desk/posts")
    assert "窗口岗" in page
    assert "交给岗位" in page
    manager.post(f"/desk/posts/held/{tenure.id}/end")
    assert len(queries.seats_of(colleague, timezone.now())) == 1
    acts = Entry.objects.filter(subject=f"posts:{HOSPITAL}").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["make_post", "give_post", "end_post"]


def test_a_post_of_weight_counts_once_another_manager_confirmed_it(
    cast: Cast, manager: Client, second: Client
) -> None:
    someone = official("新审批", Power.REQUESTER, agency=AGENCIES["health"])
    tenure = given(manager, made(manager, "审批岗", Power.APPROVER), someone)
    assert "待复核" in body(second, "/desk/posts")
    assert all(one.seat.agency != HOSPITAL for one in queries.seats_of(someone, timezone.now()))
    second.post(f"/desk/posts/held/{tenure.id}/confirm")
    assert any(one.seat.agency == HOSPITAL for one in queries.seats_of(someone, timezone.now()))


def test_the_manager_of_the_agency_above_may_confirm(cast: Cast, manager: Client) -> None:
    Agency.objects.filter(code=HOSPITAL).update(parent="330000.public_security")
    above = desk(official("上级管理员", Power.MANAGER, agency="330000.public_security"))
    someone = official("新审计", Power.HANDLE, agency=AGENCIES["health"])
    tenure = given(manager, made(manager, "审计岗", Power.AUDITOR), someone)
    assert "审计岗" in body(above, "/desk/posts")
    above.post(f"/desk/posts/held/{tenure.id}/confirm")
    tenure.refresh_from_db()
    assert tenure.confirmed_at is not None


def test_two_duties_are_refused_in_words(cast: Cast, manager: Client) -> None:
    post = made(manager, "审计岗", Power.AUDITOR)
    answer = manager.post(
        f"/desk/posts/{post}/give", {"official": cast.official("hospital").actor.id, "begins": day(0)}
    )
    assert answer.status_code == 422
    assert "不能既“办件”又“审计”" in answer.content.decode()
    mixed = manager.post("/desk/posts/make", {"title": "全能岗", "power": [Power.HANDLE, Power.MANAGER]})
    assert mixed.status_code == 422
    assert not Post.objects.filter(title="全能岗").exists()


def test_somebody_new_is_found_by_the_whole_number(cast: Cast, manager: Client) -> None:
    post = made(manager, "新人岗", Power.HANDLE)
    wrong = manager.post(f"/desk/posts/{post}/give", {"id_number": "330106190001011234", "begins": day(0)})
    assert wrong.status_code == 422
    assert "没有找到这个号码" in wrong.content.decode()
    typed = {"id_number": play.MOTHER, "begins": day(0)}
    assert manager.post(f"/desk/posts/{post}/give", typed).status_code == 302
    assert queries.official_of_person(cast.mother_id) == Tenure.objects.get(post=post).official_id


def test_whoever_stands_in_acts_for_the_other_and_only_meanwhile(cast: Cast) -> None:
    application: UUID = play.running(cast).application
    case = play.case_of(application, "birth_certificate").id
    who, other = cast.official("hospital").actor.id, official("同事", Power.REQUESTER)
    tenure = Tenure.objects.get(official_id=who)
    holder, substitute = desk(who), desk(other)
    typed = {"begins": day(0), "ends": day(2), "substitute": other}
    assert holder.post(f"/desk/own/{tenure.id}/leave", typed).status_code == 302
    assert holder.get("/desk/").status_code == 403
    assert "离岗中" in body(holder, "/desk/own")
    assert substitute.get("/desk/").status_code == 403
    key = re.search(rf'name="seat" value="({tenure.post_id}\.{who})"', body(substitute, "/desk/own"))
    assert key
    substitute.post("/desk/own/seat", {"seat": key[1]})
    assert "顶岗：正在替 hospital" in body(substitute, "/desk/")
    assert substitute.post(f"/desk/cases/{case}/accept").status_code == 302
    entry = Entry.objects.get(act="accept_case", subject=f"case:{case}")
    assert entry.actor == other
    assert entry.details["stands_in_for"] == who
    assert entry.details["post"] == tenure.post_id
    leave = Leave.objects.get()
    assert holder.post(f"/desk/own/leaves/{leave.id}/end").status_code == 302
    assert substitute.get("/desk/").status_code == 403
    assert substitute.post(f"/desk/cases/{case}/grant").status_code == 403
    assert holder.get("/desk/").status_code == 200


def test_the_auditor_sees_every_change_and_can_do_nothing(cast: Cast, manager: Client) -> None:
    made(manager, "窗口岗", Power.SERVE)
    auditor = desk(official("审计员", Power.AUDITOR, agency="330000.data_bureau"))
    page = body(auditor, "/desk/posts")
    assert "设了岗位" in page
    assert "窗口岗" in page
    assert 'action="/desk/posts' not in page
    for route in ("/desk/posts/make", "/desk/posts/1/give", "/desk/posts/held/1/end"):
        assert auditor.post(route, {}).status_code == 403


@pytest.mark.parametrize("address", ["/desk/posts", "/desk/posts/make", "/desk/own"])
def test_pages_are_in_english_as_well(cast: Cast, address: str) -> None:
    client = desk(official("管理员甲", Power.MANAGER), "en")
    page = re.sub(
        r"<(script|style).*?</\1>|<[^>]*>",
        "",
        body(client, address).partition("<main")[2].partition("</main>")[0],
        flags=re.DOTALL,
    )
    assert not re.search("[\u4e00-\u9fff]", page.replace("管理员甲", ""))


def test_pages_cost_as_many_statements_for_many_posts(
    cast: Cast, manager: Client, assert_query_count: Callable[[int], object]
) -> None:
    body(manager, "/desk/posts")
    for number in range(3):
        made(manager, f"岗{number}", Power.HANDLE)
    with assert_query_count(6):  # type: ignore[attr-defined]
        body(manager, "/desk/posts")
