"""Somebody new, from nothing to a real name and a passkey, in a browser; the population register is a file that the server reads."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, ViewportSize, expect

from qipan.adapters.notices import FileNotices
from tests import cast as play
from tests.accounts.newcomer import NEWCOMER, Phone, library_with_register
from tests.journeys.newcomer_steps import add_passkey, give_authenticator, register, show_name
from tests.ports import free_port

Check = Callable[[Page], None]
START_SECONDS = 240
NARROW = ViewportSize(width=320, height=640)


@pytest.fixture
def address(site: str, tmp_path: Path) -> Iterator[str]:
    """A server whose registers are the test's, under the machine's name: no passkey is bound to a bare address."""
    play.enter(library_with_register(tmp_path))
    registers = tmp_path / "registers.json"
    registers.write_text(json.dumps({"drop": str(tmp_path / "drop")}), encoding="utf-8")
    port = free_port()
    database = settings.DATABASE_URL.replace("@/qipan?", f"@/{connection.settings_dict['NAME']}?")
    told = {
        "DATABASE_URL": database, "QIPAN_REGISTERS": str(registers), "QIPAN_NOTICES": str(tmp_path / "notices.jsonl"),
    }  # fmt: skip
    command = [sys.executable, "-m", "qipan.site.server", f"--port={port}", "--workers=1"]
    with subprocess.Popen(command, env=os.environ | told) as server:
        end = time.monotonic() + START_SECONDS
        while not _answers(port):
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        yield f"http://localhost:{port}"
        server.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.browser
def test_a_new_person_is_real_named_adds_a_passkey_and_comes_back_by_it(
    browser: Browser, address: str, tmp_path: Path, assert_accessible: Check
) -> None:
    phone = Phone(FileNotices(tmp_path / "notices.jsonl"))
    context = browser.new_context(base_url=address, locale="zh-CN", viewport=NARROW)
    page = context.new_page()
    give_authenticator(page)
    page.goto("/account/register/?next=/applications/")
    register(page, phone)
    show_name(page, "陈晨", NEWCOMER)
    page.wait_for_url("**/applications/")
    page.goto("/account/")
    expect(page.get_by_text("陈晨").first).to_be_visible()
    assert_accessible(page)
    add_passkey(page)
    page.get_by_role("button", name="退出").click()
    page.goto("/account/sign-in/?next=/data-uses/")
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url("**/data-uses/")
    expect(page.get_by_text("核验本人实名").first).to_be_attached()
    context.close()
