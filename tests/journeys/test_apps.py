"""Somebody signs in to the sample app, a process of its own, through the live site, and takes it back."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from qipan import reader
from qipan.accounts import operations
from qipan.accounts.models import Account
from qipan.adapters.notices import FileNotices
from qipan.agencies.models import Agency
from qipan.people import operations as people
from tests import cast as play
from tests.accounts.newcomer import NEWCOMER, PASSWORD, PHONE, Phone
from tests.ports import free_port

Check = Callable[[Page], None]
SAMPLE = Path(__file__).parents[2] / "samples" / "app"
AGENCY = "330106.health"
NARROW = ViewportSize(width=320, height=640)
START_SECONDS = 240


@pytest.fixture
def phone() -> Iterator[Phone]:
    """The server's own box of messages."""
    box = Path(settings.QIPAN_NOTICES)
    box.unlink(missing_ok=True)
    yield Phone(FileNotices(box))
    box.unlink(missing_ok=True)


@pytest.fixture
def sample(site: str) -> Iterator[str]:
    """The sample app, registered; its address."""
    play.enter()
    Agency.objects.filter(code=AGENCY).update(
        name_zh="西湖区卫生健康局", name_en="Xihu District Health Bureau"
    )
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    named = {"agency": AGENCY, "name_zh": "预约挂号", "name_en": "Appointments", "sector": ""}
    with transaction.atomic():
        known = operations.register_app(**named, redirects=[f"{address}/signed-in"], at=timezone.now())
    told = {"QIPAN": site, "OWN_ADDRESS": address, "CLIENT_ID": known.id, "CLIENT_SECRET": known.secret}
    command = ["granian", "--interface", "asgi", "--port", str(port), "--working-dir", str(SAMPLE), "app:app"]
    with subprocess.Popen([sys.executable, "-m", *command], env=os.environ | told) as server:
        end = time.monotonic() + START_SECONDS
        while not _answers(port):
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        yield address
        server.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def real_named() -> None:
    """What the register does for somebody who gives name and number; the cast has no register that can be asked."""
    with transaction.atomic(), reader.as_platform():
        person = people.admit_person(id_number=NEWCOMER, name="陈晨", phone=PHONE, at=timezone.now())
        Account.objects.update(person=person, level=2)


@pytest.mark.browser
def test_one_signs_in_to_an_app_and_takes_it_back(
    page: Page, sample: str, phone: Phone, assert_accessible: Check
) -> None:
    page.goto(sample)
    assert_accessible(page)
    page.get_by_role("link", name="用棋盘账号登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.get_by_role("link", name="用手机号注册").click()
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("输入验证码")
    real_named()
    page.get_by_label("验证码").fill(phone.code)
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("用您的账号登录“预约挂号”？")
    assert_accessible(page)
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="不同意，回去").click()
    expect(page.get_by_text("您没有同意")).to_be_visible()
    page.goto(f"{sample}/sign-in?level=2")
    page.get_by_role("button", name="同意，登录").click()
    page.wait_for_url(f"{sample}/")
    expect(page.get_by_text("陈晨")).to_be_visible()
    expect(page.get_by_text("实名 · real name")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.get_by_role("link", name="用棋盘账号登录").click()
    expect(page.get_by_text("陈晨")).to_be_visible()
    page.get_by_role("link", name="收回同意").click()
    expect(page.get_by_role("heading", name="预约挂号")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_role("heading", name="预约挂号")).to_have_count(0)
    assert_accessible(page)
    page.goto(f"{sample}/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("用您的账号登录“预约挂号”？")
