"""In the browser: a father leaves his retirement to his daughter and takes it back; an enterprise's agent opens the restaurant."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect

from qipan.mandates.models import Mandate
from qipan.people.actors import Acting
from tests import acting as play
from tests.acting import AGENT, DAUGHTER, SHOP_NAME, Company
from tests.journeys.acting_steps import accept, act_for, leave_matter

Check = Callable[[Page], None]
NARROW, WIDE = ViewportSize(width=320, height=640), ViewportSize(width=1280, height=800)


@pytest.fixture
def company(site: str) -> Company:
    return play.enter()


def sign_in(page: Page, who: Acting) -> None:
    page.goto(f"/sign-in/?q={who.actor.name}")
    page.get_by_role("button", name=who.actor.name).click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def looked_at(page: Page, assert_accessible: Check) -> None:
    """As axe sees it, narrow and wide."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert_accessible(page)


def give(page: Page, assert_accessible: Check) -> None:
    page.get_by_role("link", name="为自己办").click()
    looked_at(page, assert_accessible)
    page.get_by_role("link", name="委托别人替我办").click()
    looked_at(page, assert_accessible)
    leave_matter(
        page,
        lambda one: looked_at(one, assert_accessible),
        to="方小雨",
        number=DAUGHTER,
        matter="退休一件事",
    )


def take_up(page: Page, name: str, assert_accessible: Check) -> None:
    page.goto("/delegations/")
    act_for(page, name, lambda one: looked_at(one, assert_accessible))
    looked_at(page, assert_accessible)


@pytest.mark.browser
def test_a_father_leaves_his_retirement_to_his_daughter_and_takes_it_back(
    page: Page, browser: Browser, site: str, company: Company, assert_accessible: Check
) -> None:
    sign_in(page, company.father)
    give(page, assert_accessible)
    daughters = browser.new_context(base_url=site, locale="zh-CN", java_script_enabled=False).new_page()
    sign_in(daughters, company.daughter)
    daughters.goto("/delegations/")
    accept(daughters)
    act_for(daughters, "方建国", lambda _page: None)
    daughters.get_by_role("link", name="退休一件事").click()
    daughters.get_by_role("button", name="开始办理").click()
    daughters.goto("/applications/")
    expect(daughters.get_by_role("heading", name="退休一件事")).to_be_visible()
    page.goto("/applications/")
    expect(page.get_by_role("heading", name="退休一件事")).to_be_visible()
    page.goto("/delegations/")
    looked_at(page, assert_accessible)
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_text("已结束")).to_be_visible()
    daughters.get_by_role("link", name="接着填").click()
    expect(daughters.get_by_text("已经结束或到期")).to_be_visible()
    daughters.context.close()


@pytest.mark.browser
def test_an_agent_opens_the_restaurant_and_reads_nothing_of_another(
    page: Page, company: Company, assert_accessible: Check
) -> None:
    now = timezone.now()
    other = play.leads(company.rival, at=now)
    theirs = play.sent(other, "open_shop")
    play.given(play.leads(company.owner, at=now), company.agent, AGENT, ["open_shop"], at=now)
    assert Mandate.objects.filter(agent=company.agent.actor.id, kind="agent").count() == 1
    sign_in(page, company.agent)
    take_up(page, SHOP_NAME, assert_accessible)
    page.get_by_role("link", name="开办餐饮店一件事").click()
    page.get_by_role("button", name="开始办理").click()
    page.get_by_role("button").filter(has_text="下一步").or_(
        page.get_by_role("main").get_by_role("button").last
    ).click()
    expect(page.get_by_role("main")).to_contain_text(SHOP_NAME)
    assert page.request.get(f"/applications/{theirs}/").status == 404
    page.goto("/events/close_shop/")
    expect(page.get_by_text("不在委托的范围里")).to_be_visible()
    looked_at(page, assert_accessible)
    page.goto("/delegations/enterprise/")
    looked_at(page, assert_accessible)
