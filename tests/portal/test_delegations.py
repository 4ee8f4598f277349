"""Giving, seeing and withdrawing mandates on their pages, without JavaScript, and acting under one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qipan.applications.models import Application
from qipan.applications.queries import data_uses
from qipan.mandates.models import Mandate
from qipan.people.actors import Acting
from tests import acting as play
from tests.acting import AGENT, DAUGHTER, SHOP_NAME, Company
from tests.portal.conftest import signed_in

GIVEN = {"agent_name": "方小雨", "agent_number": DAUGHTER, "event": "retirement"}


@pytest.fixture
def company(db: None) -> Company:
    return play.enter()


def soon() -> str:
    return (timezone.localdate() + timedelta(days=30)).isoformat()


def text(client: Client, path: str, **more: str) -> str:
    answer = client.get(path, **more)  # type: ignore[arg-type]
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def number_of(principal: Acting) -> int:
    return Mandate.objects.get(principal=principal.applicant, ended_at=None).id


def delegated(company: Company) -> tuple[Client, Client]:
    """The father and his daughter, who acts for him."""
    father, daughter = signed_in(company.father), signed_in(company.daughter)
    assert father.post("/delegations/give/", {**GIVEN, "ends_on": soon()}).status_code == 302
    mandate = number_of(company.father)
    assert daughter.post(f"/delegations/{mandate}/accept/").status_code == 302
    assert daughter.post("/delegations/act/", {"mandate": mandate}).headers["Location"] == "/"
    return father, daughter


def test_who_has_no_mandates_is_told_how(company: Company) -> None:
    page = text(signed_in(company.father), "/delegations/")
    assert "还没有谁委托您" in page
    assert "还没有委托谁" in page


def test_a_father_gives_his_daughter_takes_it_up_and_he_takes_it_back(company: Company) -> None:
    father, daughter = delegated(company)
    home = text(daughter, "/")
    assert "方小雨正在为方建国办理" in home
    begun = daughter.post("/events/retirement/start/")
    assert begun.status_code == 302
    form = text(daughter, begun.headers["Location"].replace("consent/", ""))
    assert "方建国" in form
    assert "方建国" in text(father, "/delegations/") or "方小雨" in text(father, "/delegations/")
    assert "没填完的" in text(father, "/applications/")
    assert father.post(f"/delegations/{number_of(company.father)}/withdraw/").status_code == 302
    led = daughter.get("/applications/")
    assert led.headers["Location"] == "/delegations/?why=over"
    over = text(daughter, "/delegations/?why=over")
    assert "已经结束或到期" in over
    assert "切换" in over
    daughter.post("/delegations/act/", {"mandate": ""})
    assert "还没有提交过申请" in text(daughter, "/applications/")
    assert daughter.get(begun.headers["Location"]).status_code == 404


def test_the_list_and_the_navigation_are_those_of_whom_one_acts_for(company: Company) -> None:
    own = play.sent(company.daughter)
    _father, daughter = delegated(company)
    assert own not in text(daughter, "/applications/")
    home = text(daughter, "/")
    assert "/data-uses/" not in home
    assert "退休一件事" in home
    assert "出生一件事" not in home
    assert daughter.get("/data-uses/").headers["Location"] == "/delegations/?why=own"
    daughter.post("/delegations/act/", {"mandate": ""})
    assert own in text(daughter, "/applications/")


def test_what_the_mandate_leaves_out_cannot_be_begun(company: Company) -> None:
    _father, daughter = delegated(company)
    page = text(daughter, "/events/birth/")
    assert "现在不能以方建国的名义办这件事" in page
    assert "开始办理" not in page
    assert daughter.post("/events/birth/start/").headers["Location"] == "/events/birth/"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"agent_name": "方大雨"}, "没有找到这个人"),
        ({"event": ""}, "请至少选一件"),
        ({"ends_on": "2020-01-01"}, "请选今天以后"),
        ({"ends_on": "tomorrow"}, "请选今天以后"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    company: Company, wrong: dict[str, str], words: str
) -> None:
    typed = {**GIVEN, "ends_on": soon(), **wrong}
    answer = signed_in(company.father).post("/delegations/give/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{typed["agent_name"]}"' in page
    assert DAUGHTER in page


def test_who_acts_under_a_mandate_gives_none(company: Company) -> None:
    _father, daughter = delegated(company)
    assert daughter.get("/delegations/give/").headers["Location"] == "/delegations/?why=own"
    assert "我给出去的委托" not in text(daughter, "/delegations/")


def test_it_is_declined(company: Company) -> None:
    mandate = play.offered(company.father, DAUGHTER, ["retirement"], at=timezone.now())
    daughter = signed_in(company.daughter)
    assert "方建国请您代办" in text(daughter, "/delegations/")
    daughter.post(f"/delegations/{mandate}/leave/")
    assert "方建国请您代办" not in text(daughter, "/delegations/")


def test_who_used_my_data_names_who_acted(company: Company) -> None:
    father, daughter = delegated(company)
    begun = daughter.post("/events/retirement/start/").headers["Location"]
    draft = re.findall(r"[0-9a-f-]{36}", begun)[0]
    daughter.post(f"/drafts/{draft}/", {**play.ANSWERS, "check": "1"})
    sent = daughter.post(f"/drafts/{draft}/submit/", {"declared": "1"})
    assert "/submitted/" in sent.headers["Location"], sent.headers
    assert Application.objects.get(person=company.father.actor.id).mandate == number_of(company.father)
    assert {use.by for use in data_uses(company.father.actor.id) if use.own} == {"方小雨"}
    assert "方小雨替您办理" in text(father, "/data-uses/")


def test_the_agent_of_an_enterprise(company: Company) -> None:
    owner = play.leads(company.owner, at=timezone.now())
    play.given(owner, company.agent, AGENT, ["open_shop"], at=timezone.now())
    agent = signed_in(company.agent)
    agent.post("/delegations/act/", {"mandate": number_of_agent(owner)})
    assert SHOP_NAME in text(agent, "/")
    assert agent.post("/events/open_shop/start/").headers["Location"].startswith("/drafts/")
    assert "现在不能以" in text(agent, "/events/close_shop/")


def number_of_agent(owner: Acting) -> int:
    return Mandate.objects.get(principal=owner.applicant, kind="agent").id


def test_whoever_leads_an_enterprise_sees_its_agents(company: Company) -> None:
    owner = play.leads(company.owner, at=timezone.now())
    assert owner.mandate
    client = signed_in(company.owner)
    client.post("/delegations/act/", {"mandate": owner.mandate.id})
    page = text(client, "/delegations/")
    assert f"{SHOP_NAME}的办事人" in page
    assert "添加办事人" in page
    form = text(client, "/delegations/give/")
    assert "开办餐饮店一件事" in form
    assert "退休一件事" not in form


def test_a_silent_register_is_said(company: Company) -> None:
    """The cast's library declares registers that are nowhere."""
    answer = signed_in(company.owner).post("/delegations/enterprise/")
    assert answer.status_code == 422
    assert "现在查不通" in answer.content.decode()
