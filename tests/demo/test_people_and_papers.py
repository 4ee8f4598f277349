"""One account, and certificates that need no paper: somebody new to the platform, from the first page to a certificate of which a
kindergarten sees two facts; her father's pension in her hands, and back; an enterprise and its agent.

What is begun here is ended here: the demo is as it was, but for accounts and what is on record.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from qipan.sample.people import Resident
from qipan.sample.province import province
from tests.demo import residents
from tests.demo.demo_steps import Desks, Look, fill_in, once_for_each, sign_in, visit
from tests.demo.hands import Mouse
from tests.journeys.acting_steps import accept, act_for, lead_enterprise, leave_matter
from tests.journeys.newcomer_steps import (
    add_passkey,
    confirm_password,
    give_authenticator,
    register,
    show_name,
    sign_in_by_code,
)
from tests.journeys.showing_steps import look_at, make_link, take_back

PHONE = ViewportSize(width=320, height=640)
NOT_THERE = 404
START = 'form[action$="/start/"] button'
BIRTH, MATTER, CERTIFICATE = "出生一件事", "退休一件事", "预防接种证"
SHOP, OPENING, AGENT, RIVALS_MATTER = "杭州湖畔鲜餐饮有限公司", "开办餐饮店一件事", "李梦瑶", "企业信息变更"


class Somebody(NamedTuple):
    """A resident, and the phone in front of them; ``home`` is the demo's, where what it sends lies."""

    who: Resident
    page: Page
    home: Path


@pytest.fixture
def look(assert_accessible: Look) -> Look:
    """As axe sees it, once for each kind of page; and nothing makes anybody scroll sideways."""

    def check(page: Page) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
        assert_accessible(page)

    return once_for_each(check)


def nothing(_page: Page) -> None:
    """Look at nothing: these pages were looked at."""


@pytest.mark.browser
def test_a_mother_new_to_the_platform_and_her_father(
    browser: Browser, demo: str, demo_home: Path, paper: str, look: Look
) -> None:
    named = demo.replace("127.0.0.1", "localhost")  # no passkey is bound to a bare address
    who = residents.mother()
    with (
        visit(browser, named, screen=PHONE) as hers,
        visit(browser, named, screen=PHONE) as his,
        visit(browser, named, screen=PHONE) as kindergarten,
        visit(browser, demo) as clerks,
    ):
        mother = Somebody(who, hers, demo_home)
        father = Somebody(residents.father_of(who), his, demo_home)
        comes_with_a_wish(mother, look)
        adds_a_passkey_and_comes_back_by_it(mother, look)
        applies(browser, demo, mother, paper, look)
        shows_two_facts(hers, kindergarten, look)
        leaves_his_pension(father, mother, look)
        takes_it_up(mother, father, clerks, look)
        takes_it_back(father, mother, look)
        removes_passkey(hers)


def comes_with_a_wish(mother: Somebody, look: Look) -> None:
    """From the first page, in her own words, to the matter; registers on the way, and is back at it."""
    page = mother.page
    page.goto("/")
    look(page)
    page.get_by_role("searchbox").fill("出生")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name=BIRTH).click()
    look(page)
    Mouse(page).press(START)
    comes_in(mother, look)
    expect(page.get_by_role("heading", level=1)).to_contain_text(BIRTH)


def comes_in(somebody: Somebody, look: Look) -> None:
    """From where one is asked to sign in, and back; who has the account from an earlier run of this demo signs in to it."""
    page, phone = somebody.page, residents.phone_of(somebody.who, somebody.home)
    look(page)
    if phone.texts:
        page.get_by_role("link", name="用手机号登录").click()
        sign_in_by_code(page, phone)
        return
    page.get_by_role("link", name="注册").click()
    look(page)
    register(page, phone)
    expect(page.get_by_role("heading", level=1)).to_have_text("实名")
    look(page)
    show_name(page, somebody.who.name, somebody.who.id_number)


def adds_a_passkey_and_comes_back_by_it(mother: Somebody, look: Look) -> None:
    page = mother.page
    give_authenticator(page)
    page.get_by_role("link", name=mother.who.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的账号")
    look(page)
    add_passkey(page)
    page.get_by_role("button", name="退出").click()
    page.get_by_role("link", name="登录").click()
    page.get_by_role("link", name="用手机号登录").click()
    expect(page.get_by_role("button", name="用通行密钥")).to_be_visible()
    look(page)
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.get_by_role("link", name=mother.who.name)).to_be_visible()


def removes_passkey(page: Page) -> None:
    """Which asks her to show once more that it is she."""
    page.goto("/account/")
    page.get_by_role("link", name=re.compile("^去掉")).click()
    confirm_password(page)
    Mouse(page).press("button.danger")
    expect(page.get_by_role("link", name=re.compile("^去掉"))).to_have_count(0)


def applies(browser: Browser, demo: str, mother: Somebody, paper: str, look: Look) -> None:
    """The whole event, through all its agencies."""
    hand = Mouse(mother.page)
    mother.page.goto("/events/newborn/")
    hand.press(START)
    number = fill_in(hand, paper, look)
    desks = Desks(browser, demo, nothing, Mouse, scripts=True)
    desks.carry_through(mother.page, number)
    desks.close()


def shows_two_facts(page: Page, kindergarten: Page, look: Look) -> None:
    """To a kindergarten, where nobody is signed in; until she takes the link back."""
    page.get_by_role("link", name="我的证照").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的证照")
    look(page)
    page.get_by_role("link", name=CERTIFICATE).first.click()
    path = make_link(page, look, ("姓名", "出生日期"), to="西溪幼儿园", use="入园登记")
    kindergarten.goto(path)
    look(kindergarten)
    look_at(kindergarten, path, "西溪幼儿园 陈老师")
    expect(kindergarten.locator(".shown-card dt")).to_have_text(["姓名", "出生日期"])
    expect(kindergarten.get_by_text("陈一诺")).to_be_visible()
    page.reload()
    expect(page.get_by_text("西溪幼儿园 陈老师")).to_be_visible()
    take_back(page)
    kindergarten.reload()
    expect(kindergarten.get_by_role("heading", name="出示人已经收回")).to_be_visible()
    expect(kindergarten.get_by_text("陈一诺")).to_have_count(0)


def leaves_his_pension(father: Somebody, mother: Somebody, look: Look) -> None:
    """The father, as new as she was."""
    page, daughter = father.page, mother.who
    page.goto("/delegations/")
    comes_in(father, look)
    page.get_by_role("link", name="委托别人替我办").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("请谁替我办？")
    look(page)
    leave_matter(page, look, to=daughter.name, number=daughter.id_number, matter=MATTER)


def takes_it_up(mother: Somebody, father: Somebody, clerks: Page, look: Look) -> None:
    """She accepts, and begins; where she has not been seen in person yet, she is, and goes on where she was."""
    page = mother.page
    page.get_by_role("link", name="为自己办").click()
    accept(page)
    act_for(page, father.who.name, look)
    page.get_by_role("link", name=MATTER).click()
    Mouse(page).press(START)
    if "/account/level/" in page.url:
        look(page)
        is_seen_at_a_hall(mother, clerks)
        page.get_by_role("link", name="核验过了，接着办").click()
        Mouse(page).press(START)
    Mouse(page).press('form:has(input[name="resource"]) button.primary')
    assert "/drafts/" in page.url, page.inner_text("main")
    father.page.goto("/applications/")
    expect(father.page.get_by_role("heading", name=MATTER)).to_be_visible()


def is_seen_at_a_hall(mother: Somebody, clerks: Page) -> None:
    """She shows the code on her phone to a clerk."""
    hand = Mouse(clerks)
    clerks.goto("/desk/sign-in?q=政务服务中心")
    hand.press("button[name=official]")
    clerks.goto("/desk/window")
    hand.write("id_number", mother.who.id_number)
    hand.choose("under", "asked-in-person")
    clerks.locator("label[for=present]").click()
    hand.press("#form button.primary")
    clerks.goto("/desk/window")
    clerks.locator("details.fold summary").click()
    hand.write("phone", mother.who.phone)
    hand.write("code", mother.page.locator(".facts dd").last.inner_text())
    hand.press('form[action$="/account"] button')
    expect(clerks.get_by_text("核验好了")).to_be_visible()
    hand.press('form[action$="/window/end"] button')


def takes_it_back(father: Somebody, mother: Somebody, look: Look) -> None:
    """From then on she may neither go on for him nor see the form for herself."""
    draft = mother.page.url
    father.page.goto("/delegations/")
    look(father.page)
    father.page.get_by_role("button", name="收回").click()
    expect(father.page.get_by_role("button", name="收回")).to_have_count(0)
    mother.page.goto(draft)
    expect(mother.page.get_by_text("已经结束或到期")).to_be_visible()
    look(mother.page)
    mother.page.locator("input[name=mandate]").first.check()
    Mouse(mother.page).press('form[action$="/act/"] button')
    assert status(mother.page, draft) == NOT_THERE
    discards(father.page)


def discards(page: Page) -> None:
    """The form that was begun."""
    page.goto("/applications/")
    Mouse(page).press('form[action$="/discard/"] button')


def status(page: Page, address: str) -> int:
    """How it is answered, to whom the page is signed in as."""
    return page.request.get(address, max_redirects=0).status


@pytest.mark.browser
def test_an_enterprise_s_agent_opens_its_restaurant_and_reads_nothing_of_another(
    browser: Browser, demo: str, paper: str, look: Look
) -> None:
    with visit(browser, demo) as owners, visit(browser, demo) as page, visit(browser, demo) as rivals:
        theirs = another_begins(rivals)
        appoints_an_agent(owners, look)
        number = opens(page, paper, look)
        owners.goto(f"/applications/{number}/")
        expect(owners.get_by_role("heading", level=1)).to_have_text(OPENING)
        assert status(page, theirs) == NOT_THERE
        page.goto("/applications/")
        expect(page.get_by_role("main")).not_to_contain_text(RIVALS_MATTER)
        assert status(rivals, f"/applications/{number}/") == NOT_THERE
        withdraws(page, number)
        owners.goto("/delegations/")
        owners.get_by_role("button", name="收回").click()
        expect(owners.get_by_role("button", name="收回")).to_have_count(0)
        page.goto(f"/applications/{number}/")
        expect(page.get_by_text("已经结束或到期")).to_be_visible()
        discards(rivals)


def another_begins(page: Page) -> str:
    """Another enterprise's legal representative begins a form; gives its address."""
    sign_in(Mouse(page), "董国强", nothing)
    page.goto("/delegations/")
    lead_enterprise(page, nothing)
    page.goto("/events/enterprise_change/")
    Mouse(page).press(START)
    assert "/drafts/" in page.url, page.inner_text("main")
    return page.url


def appoints_an_agent(page: Page, look: Look) -> None:
    agent = next(one for one in province().cast if one.name == AGENT)
    sign_in(Mouse(page), "郑海涛", nothing)
    page.get_by_role("link", name="为自己办").click()
    lead_enterprise(page, look)
    page.goto("/delegations/")
    page.get_by_role("link", name="添加办事人").click()
    leave_matter(page, look, to=AGENT, number=agent.id_number, matter=OPENING)


def opens(page: Page, paper: str, look: Look) -> str:
    """The agent, for the enterprise; gives the application's number."""
    sign_in(Mouse(page), AGENT, nothing)
    page.get_by_role("link", name="为自己办").click()
    accept(page)
    act_for(page, SHOP, look)
    page.get_by_role("link", name=OPENING).click()
    Mouse(page).press(START)
    return fill_in(Mouse(page), paper, look)


def withdraws(page: Page, number: str) -> None:
    """What agencies have not decided yet."""
    page.goto(f"/applications/{number}/")
    page.locator("#withdraw summary").click()
    page.get_by_role("link", name=re.compile("撤回")).last.click()
    Mouse(page).press("#form button.danger")
