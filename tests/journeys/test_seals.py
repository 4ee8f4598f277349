"""A seal is asked for by one and approved by two, in a real browser; a certificate that it sealed is revoked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qipan.people.actors import Acting
from tests import cast as play
from tests.certificates.office import HOSPITAL, issued, open_office, unsealed_office

Accessible = Callable[[Page], None]


@pytest.fixture
def keys(tmp_path: Path, settings: Any) -> Path:
    return Path(settings.QIPAN_HOME) / "keys" / "issuers"


def sign_in(page: Page, who: Acting) -> None:
    page.context.clear_cookies()
    page.goto(f"/desk/sign-in?q={who.actor.name}")
    page.locator(f"button[name=official][value='{who.actor.id}']").click()


def test_a_seal_from_asking_to_suspension(
    page: Page, site: str, keys: Path, assert_accessible: Accessible
) -> None:
    play.enter()
    asking, first, second = unsealed_office(keys).keepers
    sign_in(page, asking)
    page.goto("/desk/seals/")
    assert_accessible(page)
    page.get_by_label("为哪个部门申请制作").select_option(HOSPITAL)
    page.get_by_role("button", name="申请制作").click()
    expect(page.get_by_text("等两位审批员先后同意")).to_be_visible()
    place = page.url
    for approving in (first, second):
        sign_in(page, approving)
        page.goto(place)
        assert_accessible(page)
        page.get_by_role("button", name="同意").click()
    expect(page.get_by_text("印章已制成，可以使用。")).to_be_visible()
    sign_in(page, asking)
    page.goto(place)
    page.get_by_text("停用", exact=True).first.click()
    page.locator("#suspend-reason").fill("例行核查")
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_text("例行核查")).to_be_visible()
    assert_accessible(page)


def test_a_certificate_is_revoked_from_its_case(
    page: Page, site: str, keys: Path, assert_accessible: Accessible
) -> None:
    cast = play.enter()
    paper = issued(cast, open_office(keys))
    sign_in(page, cast.official("hospital"))
    page.goto(f"/desk/cases/{paper.case}")
    page.get_by_role("link", name="出生医学证明", exact=True).click()
    assert_accessible(page)
    page.get_by_text("吊销", exact=True).first.click()
    page.locator("#revoke-reason").fill("登记错误")
    page.get_by_role("button", name="吊销").click()
    expect(page.get_by_text("已吊销，任何人核验时都会看到。")).to_be_visible()
    assert_accessible(page)
