"""Officials of two agencies carry a request for shared data to its use, in a real browser; each role is another person."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect

from qipan.adapters import embedded_postgres
from qipan.exchange.operations import Passing, record_passing
from qipan.sharing import operations
from qipan.sharing.models import ShareRequest
from qipan.sharing.signers import ALONE
from tests import cast as play
from tests.cast import MOTHER
from tests.exchange.nodes import answers
from tests.exchange.register import fill_register, library_of_nodes
from tests.nodes.shared import share
from tests.ports import free_port
from tests.sharing.conftest import WANTED, Pool, enter

Accessible = Callable[[Page], None]
UNTIL = timedelta(days=300)
READ_SECONDS = 3
USED = re.compile(r"\b[1-9]\d* 次")  # refusals before a gateway knew of the grant are counted as well
KNOWN_SECONDS = 120  # a gateway reads its grants anew each second


@pytest.fixture
def pool(request: pytest.FixtureRequest, site: str) -> Pool:
    """The pool; where a gateway runs, its own."""
    library = (
        {"library": request.getfixturevalue("tmp_path") / "library"}
        if "gateway" in request.fixturenames
        else {}
    )
    return enter(settings.QIPAN_HOME, **library)


def sign_in(page: Page, pool: Pool, name: str) -> None:
    page.goto(f"/desk/sign-in?q={name}")
    page.locator(f"button[name=official][value='{pool[name].actor.id}']").click()
    page.get_by_role("link", name="数据共享").click()
    expect(page.get_by_role("heading", level=1, name="数据共享")).to_be_visible()


def request(page: Page) -> str:
    """From the catalogue to a request that was sent; its address."""
    page.get_by_placeholder("资源、信息项或部门").fill("婚姻状况")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="人口信息").click()
    expect(page.get_by_text("无条件共享")).to_be_visible()
    page.get_by_role("link", name="申请使用").click()
    page.get_by_role("button", name="提出申请").click()
    expect(page.locator("#errors")).to_contain_text("请至少勾选一个信息项。")
    for field in ("person.name", "person.marital_status"):
        page.locator(f"input[value='{field}']").check()
    page.get_by_label("为哪件事、哪个事项").select_option("birth.birth_certificate")
    page.get_by_label("用来做什么").fill(WANTED.purpose)
    page.get_by_label("依据什么").fill(WANTED.basis[0])
    page.get_by_label("用到哪一天").fill((timezone.localdate() + UNTIL).isoformat())
    page.get_by_role("button", name="提出申请").click()
    expect(page.get_by_role("status")).to_contain_text("申请已提出")
    expect(page.locator(".case-line")).to_contain_text("答复期限")
    return page.url


@dataclass(frozen=True)
class Gateway:
    """Both sides of this node's gateway, where its platform asks them, and the case that somebody is looked up for."""

    inside: str
    case: str

    def use(self, official: int) -> None:
        """The hospital's official looks the mother up for her case: signed, sent, checked, read, cut, on record at both ends."""
        wanted = {
            "resource": "population", "keys": {"person.id_number": MOTHER}, "fields": ["person.name"], "event": "birth",
            "services": ["birth_certificate"], "purpose": WANTED.purpose, "basis": [*WANTED.basis], "case": self.case,
            "official": f"official:{official}",
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {settings.GATEWAY_SECRET}"}
        time.sleep(READ_SECONDS)  # refusals before the gateways know of the grant would be on record as well
        end = time.monotonic() + KNOWN_SECONDS
        while (
            answer := httpx.post(
                self.inside, json=wanted, headers=headers, trust_env=False, timeout=KNOWN_SECONDS
            )
        ).status_code != 200:
            assert time.monotonic() < end, answer.text
            time.sleep(0.1)
        assert answer.json()["facts"] == {"person.name": "王芳"}
        with transaction.atomic():
            operations.measure_use(at=timezone.now())


@pytest.fixture
def gateway(site: str, tmp_path: Path) -> Iterator[Gateway]:
    """The pool of a node whose gateway runs, with the police's register behind it."""
    ports = {side: free_port() for side in ("public", "inside")}
    library_of_nodes(tmp_path / "library")
    enter(settings.QIPAN_HOME, tmp_path / "library", f"http://127.0.0.1:{ports['public']}")
    cast = play.enter(tmp_path / "library")
    case = play.case_of(play.running(cast).application, "birth_certificate").id
    register = embedded_postgres.create_database(
        settings.QIPAN_HOME, f"test_qipan_{uuid4().hex}_{os.getpid()}"
    )
    fill_register(register, [MOTHER])
    (tmp_path / "registers.json").write_text(json.dumps({"births": register}))
    environment = os.environ | {
        "DATABASE_URL": settings.DATABASE_URL.replace("@/qipan?", f"@/{connection.settings_dict['NAME']}?"),
        "QIPAN_NODE": ALONE, "QIPAN_REGISTERS": str(tmp_path / "registers.json"),
    }  # fmt: skip
    with ExitStack() as running:
        for side, port in ports.items():
            command = [sys.executable, "-m", "qipan.site.gateway", f"--side={side}", f"--port={port}"]
            running.callback(running.enter_context(subprocess.Popen(command, env=environment)).terminate)
        while not all(map(answers, ports.values())):
            time.sleep(0.05)
        yield Gateway(f"http://127.0.0.1:{ports['inside']}/look-up", f"case:{case}")


def used(grant: str) -> None:
    """A call as both sides put it on record."""
    at = timezone.now()
    both = [
        Passing(
            "ab" * 32, side, "here", grant, "population", ("person.name",), WANTED.purpose, WANTED.basis[0], "case:QP-1", "official:王医生",
            "ok", 1, at, 3,
        )
        for side in ("consumer", "provider")
    ]  # fmt: skip
    with transaction.atomic():
        record_passing(passings=both, at=at)
        operations.measure_use(at=at)


def carry_through(page: Page, pool: Pool, gateway: Gateway) -> None:
    sign_in(page, pool, "requester")
    where = request(page)
    expect(page.get_by_text("现在没有要您办的")).to_have_count(0)
    sign_in(page, pool, "approver")
    page.get_by_role("link", name="申请与授权").click()
    page.locator(".tally", has_text="等我办").click()
    page.locator("td.what a").first.click()
    page.locator("input[value='person.marital_status']").uncheck()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator("#errors")).to_contain_text("请写明理由")
    expect(page.locator("input[value='person.marital_status']")).not_to_be_checked()
    page.get_by_label("说明（少给时必填）").fill("出生证只需姓名")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已同意")
    sign_in(page, pool, "requester")
    page.goto(where)
    expect(page.locator(".case-line")).to_contain_text("提供期限")
    page.get_by_role("button", name="签收授权").click()
    expect(page.get_by_role("status")).to_contain_text("授权从现在起有效")
    expect(page.locator(".seals li")).to_have_count(2)
    gateway.use(pool["colleague"].actor.id)
    page.reload()
    expect(page.locator("table.uses tbody tr")).to_have_count(1)
    expect(page.locator("table.uses")).to_contain_text("colleague")
    watch(page, pool, where)


def watch(page: Page, pool: Pool, where: str) -> None:
    """The auditor sees it all and can do nothing."""
    sign_in(page, pool, "auditor")
    page.goto(where)
    expect(page.get_by_text("现在没有要您办的")).to_be_visible()
    expect(page.locator(".acts form")).to_have_count(0)
    page.goto("/desk/pool/use")
    expect(page.locator("figure.chart")).to_contain_text(USED)
    expect(page.locator("table.uses").first).to_contain_text("人口信息")


def test_a_resource_is_found_requested_granted_and_used(page: Page, gateway: Gateway, pool: Pool) -> None:
    carry_through(page, pool, gateway)


def test_the_same_without_javascript(browser: Browser, site: str, gateway: Gateway, pool: Pool) -> None:
    with browser.new_context(base_url=site, locale="zh-CN", java_script_enabled=False) as context:
        carry_through(context.new_page(), pool, gateway)


def test_a_request_is_decided_by_keyboard_alone(page: Page, pool: Pool) -> None:
    made = pool.asked(at=timezone.now(), wanted=WANTED._replace(until=timezone.localdate() + UNTIL))
    sign_in(page, pool, "approver")
    page.goto("/desk/pool/requests")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="同意", exact=True)).to_be_visible()
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "同意":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已同意")
    assert ShareRequest.objects.get(id=made).state == "approved"


@pytest.fixture(
    params=[
        (390, "zh-CN", "dark"),
        (390, "en-GB", "light"),
        (1280, "zh-CN", "light"),
        (1280, "en-GB", "dark"),
    ],
    ids=str,
)
def any_page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    width, language, scheme = request.param
    viewport: ViewportSize = {"width": width, "height": 800}
    with browser.new_context(
        base_url=site, locale=language, viewport=viewport, color_scheme=scheme
    ) as context:
        yield context.new_page()


def test_every_page_is_accessible_and_fits(any_page: Page, pool: Pool, assert_accessible: Accessible) -> None:
    granted = pool.granted(pool.asked())
    waiting = pool.asked("another")
    used(str(ShareRequest.objects.get(id=granted).grant))
    with transaction.atomic():
        operations.issue_notice(
            acting=pool["approver"], kind="correction", resource="population", record="", fields=["person.name"],
            message="姓名有误", at=timezone.now(),
        )  # fmt: skip
    seen = {
        "requester": [
            "",
            "?q=x",
            "elements",
            "resources/population",
            "resources/population/ask",
            f"requests/{granted}",
            "notices",
            "rules?element=Person.id_number&taker=outside&relation=none&consent=yes",
        ],
        "approver": [
            "requests",
            f"requests/{waiting}",
            "use?side=gave",
            "notices",
            "resources/population/tell",
        ],
    }
    for name, paths in seen.items():
        any_page.goto(f"/desk/sign-in?q={name}")
        any_page.locator(f"button[value='{pool[name].actor.id}']").click()
        for path in paths:
            any_page.goto(f"/desk/pool/{path}")
            assert_accessible(any_page)
            assert any_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("any_page", [(390, "zh-CN", "dark"), (1280, "en-GB", "light")], indirect=True)
def test_what_other_nodes_share_in_is_accessible_and_fits(
    any_page: Page, pool: Pool, assert_accessible: Accessible, tmp_path: Path
) -> None:
    shared = share(pool, tmp_path)
    seen = {
        "coordinator": [f"requests/{shared.settled}", "requests?show=mine"],
        "requester": [f"requests/{shared.asked}", "notices"],
        "approver": [f"requests/{shared.ordered}", "notices"],
    }
    for name, paths in seen.items():
        any_page.goto(f"/desk/sign-in?q={name}")
        any_page.locator(f"button[value='{pool[name].actor.id}']").click()
        for path in paths:
            any_page.goto(f"/desk/pool/{path}")
            assert_accessible(any_page)
            assert any_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
