"""An official reads far too much; the auditor finds it on their page, reads why, decides with the keyboard, and takes a receipt away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qipan.core.sharing import Role
from qipan.people import operations as people
from qipan.people.models import Official
from qipan.watch import tasks
from qipan.watch.models import Finding, Reading
from tests import cast as play
from tests.cast import Cast

Accessible = Callable[[Page], None]


@pytest.fixture
def cast(site: str) -> Cast:
    found = play.enter()
    Official.objects.update(sample=True)
    with transaction.atomic():
        people.appoint_official(
            agency="330000.data_bureau",
            name="周明",
            post="审计员",
            role=Role.AUDITOR,
            at=play.MONDAY,
            sample=True,
        )
    return found


def sign_in(page: Page, name: str) -> None:
    page.goto(f"/desk/sign-in?q={name}")
    page.locator("button[name=official]").first.click()


def test_what_an_official_read_is_found_read_and_decided(
    page: Page, cast: Cast, assert_accessible: Accessible
) -> None:
    case = play.case_of(play.running(cast).application, "birth_certificate")
    sign_in(page, "hospital")
    page.goto(f"/desk/cases/{case.id}")
    reading = Reading.objects.get()
    Reading.objects.bulk_create(
        [
            Reading(
                who=reading.who, peers=reading.peers, agency=reading.agency, kind="window", subject=f"person:{place}",
                in_hand=True, slot=place, at=reading.at - timedelta(milliseconds=1),
            )
            for place in range(200)
        ]
    )  # fmt: skip
    tasks.watch_once(timezone.now() + timedelta(minutes=1))
    sign_in(page, "周明")
    page.get_by_role("link", name="审计").click()
    assert_accessible(page)
    page.get_by_role("link", name="查看次数异常").click()
    expect(page.get_by_text("查看了 201 次")).to_be_visible()
    expect(page.get_by_text("王*").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="记录处理结果").click()
    expect(page.locator("#errors")).to_contain_text("请选择怎么认定")
    page.get_by_label("认定为滥用").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("没有办理任何一件。")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("写入存证")
    assert Finding.objects.get(kind="volume").state == "misuse"
