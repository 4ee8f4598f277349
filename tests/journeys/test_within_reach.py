"""The pages of accounts, mandates, certificates, apps and posts on the smallest phone, in the larger type: in both languages nothing
makes one scroll sideways; Tab comes to all there is, and shows where it stands; axe finds nothing, and English is English.

Pages in the standard type are looked at where their journeys lead: test_accounts.py, test_acting.py, test_showing.py, test_apps.py.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize

from qipan.accounts import operations
from qipan.accounts.models import Account
from qipan.agencies.models import Agency
from qipan.certificates import operations as certificates
from qipan.certificates.pages import address_of
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import address_of as showing_address
from qipan.certificates.showings import showing
from qipan.core.posts import Power
from qipan.people import operations as people
from qipan.posts.models import Post
from tests import acting as others
from tests.accounts.newcomer import PASSWORD, PHONE
from tests.cast import MOTHER, NEIGHBOUR, Cast
from tests.certificates import vaccination
from tests.certificates.office import issued, listed, open_office

Check = Callable[[Page], None]
EARLIER = timezone.now() - timedelta(hours=1)
NARROW = ViewportSize(width=320, height=640)
PARTS_OF_DATE = 4  # stops of Tab: year, month, day, and the calendar
PATIENCE = 120_000  # milliseconds
HEALTH, BACK, APP = "330106.health", "https://bus.example.gov.cn/signed-in", "预约挂号"
CHINESE = re.compile(r"[\u3400-\u9fff]+")
TYPED = (
    "西溪幼儿园",
    "入园登记",
    "我的手机",
    APP,
    "中文",
    "王芳",
    "赵敏",
    "王小宝",
    "管理员",
    "岗位管理",
    "卫生健康局",
)
SAID = """
() => [...document.querySelectorAll("main, header, footer, nav")].map(part => part.innerText).concat(
  [...document.querySelectorAll("[aria-label], [placeholder], [alt], [title]")].flatMap(
    one => ["aria-label", "placeholder", "alt", "title"].map(name => one.getAttribute(name) || ""))).join("\\n")
"""
CONTROLS = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(
  one => !one.disabled && one.tabIndex >= 0 && one.type !== "hidden" && one.checkVisibility({visibilityProperty: true}))
"""
WATCH_FOCUS = f"""
() => {{
  window.reached = new Set(); window.unseen = [];
  document.addEventListener("focusin", ({{target}}) => {{
    window.reached.add(target.type === "radio" ? "radio " + target.name : target);
    const shows = [[target, ""], [target, "::after"], [target.closest("label") || target, ""]].some(
      ([one, part]) => getComputedStyle(one, part).outlineStyle !== "none");
    if (!shows) window.unseen.push(target.outerHTML);
  }});
  document.activeElement.blur();
  return ({CONTROLS})().reduce((stops, one) => stops + (one.type === "date" ? {PARTS_OF_DATE} : 1), 1);
}}
"""
NOT_REACHED = f"""
() => ({CONTROLS})().filter(one => !window.reached.has(one.type === "radio" ? "radio " + one.name : one)).map(one => one.outerHTML)
"""


class Stage(NamedTuple):
    """Where to look, by who is signed in; the manager's number; and every Chinese word that is data."""

    holder: list[str]
    anybody: list[str]
    manager: int
    data: str


ENTRANCES = ("sign-in/", "register/", "sign-in/code/")
ACCOUNT = (
    "", "devices/", "real-name/", "level/", "password/", "phone/", "passkeys/add/", "authenticator/", "email/", "apps/",
)  # fmt: skip
DELEGATIONS = ("/delegations/", "/delegations/give/", "/delegations/enterprise/")
DESK = ("/desk/posts", "/desk/posts/make", "/desk/posts/{post}/give", "/desk/own")


@pytest.fixture
def stage(site: str, tmp_path: Path) -> Stage:
    """The mother with an account, a certificate that she shows a part of, mandates given and taken, an app that asks who she is."""
    cast = vaccination.enter(tmp_path / "library")
    shot = issued(cast, open_office(tmp_path / "keys", EARLIER), EARLIER)
    listed(EARLIER)
    for giver, number, name in ((cast.mother, NEIGHBOUR, "赵敏"), (cast.neighbour, MOTHER, "王芳")):
        others.offered(giver, number, ["birth"], name=name, at=EARLIER)
    account(cast)
    page = f"/certificates/{shot.number}"
    wallet = ("/certificates/", f"{page}/", f"{page}/show/code/", f"{page}/show/link/", *shown(cast, shot))
    return Stage(
        [*(f"/account/{path}" for path in ACCOUNT), app(), *DELEGATIONS, *wallet],
        [
            *(f"/account/{path}" for path in ENTRANCES),
            "/verify/",
            address_of(shot, ""),
            f"/verify/{shot.number}/",
        ],
        manager(),
        (tmp_path / "library" / "birth.yaml").read_text(encoding="utf-8") + "".join(TYPED),
    )


def account(cast: Cast) -> None:
    """The mother's, as if she had registered and shown her name."""
    made = Account(
        phone=f"+86{PHONE}", phone_verified=True, person_id=cast.mother_id, level=2, created_at=EARLIER
    )
    made.set_password(PASSWORD)
    made.save()


def shown(cast: Cast, shot: WholeCertificate) -> Iterator[str]:
    """A link, one taken back, and a code: the holder's pages, and what whoever looks sees."""
    facts, at = ["child.name", "child.birth_date"], timezone.now()
    make_link = partial(
        certificates.show_by_link, acting=cast.mother, number=shot.number, facts=facts, receiver="西溪幼儿园",
        use="入园登记", most=5, ends_at=at + timedelta(days=7), at=at,
    )  # fmt: skip
    with transaction.atomic():
        by_code = certificates.show_by_code(acting=cast.mother, number=shot.number, facts=facts, at=at)
        numbers = [make_link(), make_link(), by_code]
        certificates.withdraw_showing(acting=cast.mother, showing=numbers[1], at=at)
    for number in numbers:
        row = showing(number)
        assert row
        yield f"/certificates/{shot.number}/shown/{number}/"
        yield showing_address(row, "", timezone.now())


def app() -> str:
    """The page on which an app asks who she is."""
    Agency.objects.filter(code=HEALTH).update(name_zh="卫生健康局", name_en="Health Bureau")
    named = {"agency": HEALTH, "name_zh": APP, "name_en": "Appointments", "sector": ""}
    with transaction.atomic():
        known = operations.register_app(**named, redirects=[BACK], at=timezone.now())
    asked = {
        "response_type": "code", "client_id": known.id, "redirect_uri": BACK, "scope": "openid profile", "state": "s",
        "nonce": "n", "code_challenge": "a" * 43, "code_challenge_method": "S256",
    }  # fmt: skip
    return f"/account/openid/authorise?{urlencode(asked)}"


def manager() -> int:
    """Somebody who gives the health bureau's posts."""
    with transaction.atomic():
        return people.appoint_official(
            agency=HEALTH, name="管理员", post="岗位管理", powers=[Power.MANAGER], at=EARLIER, sample=True
        )


@pytest.fixture(params=["zh-CN", "en-GB"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str, stage: Stage) -> Iterator[Page]:
    """The smallest phone, in the larger type."""
    with browser.new_context(base_url=site, locale=request.param, viewport=NARROW) as context:
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "mode", "value": "elder", "url": site}])
        yield context.new_page()


def test_pages_of_whoever_is_not_signed_in(page: Page, stage: Stage, assert_accessible: Check) -> None:
    look_at_each(page, stage.anybody, stage.data, assert_accessible)


def test_pages_of_an_account_and_its_certificates(page: Page, stage: Stage, assert_accessible: Check) -> None:
    page.goto("/account/sign-in/")
    page.locator("[name=login]").fill(PHONE)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    look_at_each(page, stage.holder, stage.data, assert_accessible)


def test_pages_of_posts(page: Page, stage: Stage, assert_accessible: Check) -> None:
    page.goto("/desk/sign-in")
    with page.expect_navigation():
        page.locator(f"button[name=official][value='{stage.manager}']").click()
    post = Post.objects.filter(agency=HEALTH).earliest("id").id
    look_at_each(page, [one.format(post=post) for one in DESK], stage.data, assert_accessible)


def look_at_each(page: Page, addresses: list[str], data: str, assert_accessible: Check) -> None:
    """As the smallest screen sees it; as the keyboard does, where it is Chinese; as axe and a reader do, where it is English."""
    for address in addresses:
        page.goto(address)
        for fold in page.locator("details").all():
            fold.evaluate("fold => { fold.open = true }")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        if page.locator("html").get_attribute("lang") != "en":
            assert_in_reach(page)
            continue
        assert_accessible(page)
        left = [word for word in CHINESE.findall(page.evaluate(SAID)) if word not in data]
        assert not left, (address, left)


def assert_in_reach(page: Page) -> None:
    """Tab comes to every control, and each shows that it has the focus."""
    for _press in range(page.evaluate(WATCH_FOCUS)):
        page.keyboard.press("Tab")
    assert page.evaluate(NOT_REACHED) == [], page.url
    assert page.evaluate("window.unseen") == [], page.url
