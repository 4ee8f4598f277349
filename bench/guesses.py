"""Ten thousand guesses at one account over HTTP, by many at once, each from an address of its own, while its owner signs in.

The account has a password and an authenticator. Some guess its password; some have a code sent to its phone and guess that; some
know the password, as thieves may, and guess what the authenticator shows. Addresses are as a proxy in front would tell them.
"""

import os
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import NamedTuple

import httpx
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from bench import stage
from bench.claims import Claim
from bench.home import home
from qipan.adapters.notices import FileNotices

PHONE, PASSWORD = "13900000001", "correct-horse-7"
PASSWORDS, CODES, AUTHENTICATORS = 4_000, 3_000, 3_000
EACH = 500  # guesses of one attacker
AT_ONCE = 8
STEP = 30  # seconds for which an authenticator shows a code
CODE = re.compile(r"验证码 (\d{6})")
SECRET = re.compile(r"<code>([A-Z2-7]{32})</code>")
SIGN_IN, SECOND, SEND = "/account/sign-in/", "/account/sign-in/second/", "/account/sign-in/code/"
TYPE = "/account/sign-in/code/confirm/"
OK, TOO_MANY = 200, 429
_addresses = count(1)


class Guessed(NamedTuple):
    """What became of one attacker's guesses of something: how each was answered, and whether they are in."""

    what: str
    answers: Counter[int]
    opened: bool


class Entered(NamedTuple):
    """The owner's sign-ins: how long each took, in milliseconds, and how many failed."""

    took: list[float]
    failed: int


class Browser:
    """A browser at an address; the address can be another for each request."""

    def __init__(self, port: int) -> None:
        self.address = _address()
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)
        self.open(SIGN_IN)  # which brings the token of its forms

    def open(self, path: str) -> httpx.Response:
        """Look at a page."""
        return self._client.get(path, headers=self._headers())

    def send(self, path: str, **typed: str) -> int:
        """Send a form; gives the answer's status."""
        return self._client.post(path, data=typed, headers=self._headers()).status_code

    @property
    def inside(self) -> bool:
        """Whether somebody is signed in here."""
        return self.open("/account/").status_code == OK

    def _headers(self) -> dict[str, str]:
        return {
            "X-Forwarded-For": self.address,
            "X-CSRFToken": self._client.cookies.get("csrftoken") or "",
            "Accept-Language": "zh-hans",
        }


def measure() -> Iterator[Claim]:
    """Let all guess at once; then the owner once more."""
    os.environ |= {"QIPAN_LIMITS": "", "QIPAN_PROXIES": "1"}  # as on a real platform, for the processes below
    registers = stage.prepare()
    with stage.registers(registers), stage.site() as port:
        owner = Browser(port)
        secret = _registered(owner)
        over = threading.Event()
        thieves = [_thief(port) for _ in range(AUTHENTICATORS // EACH)]
        work = [partial(_guess_authenticator, one) for one in thieves]
        work += [partial(_guess_code, port, start) for start in range(0, CODES, EACH)]
        work += [partial(_guess_password, port, start) for start in range(0, PASSWORDS, EACH)]
        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            entering = pool.submit(_come_in_again_and_again, owner, secret, over)
            start = time.perf_counter()
            guessed = list(pool.map(_done, work))
            seconds = time.perf_counter() - start
            over.set()
            entered = entering.result()
    yield from _claims(guessed, entered, seconds)


def _claims(guessed: list[Guessed], entered: Entered, seconds: float) -> Iterator[Claim]:
    total = sum(one.answers.total() for one in guessed)
    looked = Counter({one.what: 0 for one in guessed})
    for one in guessed:
        looked[one.what] += one.answers.total() - one.answers[TOO_MANY]
    taken = ", ".join(f"{count} {what}" for what, count in looked.items())
    yield Claim(
        "guesses.opened",
        sum(one.opened for one in guessed),
        f"of {len(guessed)} attackers",
        limit=0,
        note=f"{total} guesses, {total / seconds:.0f}/s, {AT_ONCE} at once; looked at: {taken}; "
        f"{total - looked.total()} answered with 429 before the account was read",
    )
    yield Claim(
        "guesses.owner_kept_out",
        entered.failed,
        f"of {len(entered.took)} sign-ins",
        limit=0,
        note=f"password and authenticator, meanwhile; median {statistics.median(entered.took):.0f} ms",
    )


def _registered(owner: Browser) -> str:
    """Make the account, with password and authenticator; gives the authenticator's secret."""
    owner.send("/account/register/", phone=PHONE, password1=PASSWORD)
    owner.send("/account/phone/confirm/", code=_texted(), action="verify")
    owner.send("/account/again/", password=PASSWORD)
    found = SECRET.search(owner.open("/account/authenticator/").text)
    if found is None:
        raise RuntimeError("the account has no page that shows an authenticator's secret")
    owner.send("/account/authenticator/", code=_shown(found[1]))
    return found[1]


def _come_in_again_and_again(owner: Browser, secret: str, over: threading.Event) -> Entered:
    """Sign out and in until all is over, and once after: each time with a new code, as each is good once."""
    took, failed, last = [], 0, False
    while not last:
        time.sleep(STEP - time.time() % STEP)
        last = over.is_set()
        owner.send("/account/leave/")
        start = time.perf_counter()
        owner.send(SIGN_IN, login=PHONE, password=PASSWORD)
        owner.send(SECOND, code=_shown(secret))
        failed += not owner.inside
        took.append((time.perf_counter() - start) * 1000)
    return Entered(took, failed)


def _thief(port: int) -> Browser:
    """Somebody who knows the password, and is asked for what the authenticator shows."""
    browser = Browser(port)
    browser.send(SIGN_IN, login=PHONE, password=PASSWORD)
    if browser.open(SECOND).status_code != OK:
        raise RuntimeError("nobody asked the thief for the second factor")
    return browser


def _guess_authenticator(thief: Browser) -> Guessed:
    return _guess("authenticator's", thief, lambda number: thief.send(SECOND, code=_six(number)))


def _guess_code(port: int, start: int) -> Guessed:
    browser = Browser(port)
    browser.send(SEND, phone=PHONE)
    return _guess(
        "codes", browser, lambda number: browser.send(TYPE, code=_six(start + number), action="verify")
    )


def _guess_password(port: int, start: int) -> Guessed:
    browser = Browser(port)
    return _guess(
        "passwords",
        browser,
        lambda number: browser.send(SIGN_IN, login=PHONE, password=f"horse-{start + number}"),
    )


def _guess(what: str, browser: Browser, guess: Callable[[int], int]) -> Guessed:
    """Guess, each time from another address; whatever is answered, see at the end who is in."""
    answers: Counter[int] = Counter()
    opened = False
    for number in range(EACH):
        browser.address = _address()
        status = guess(number)
        answers[status] += 1
        opened = opened or (status not in {OK, TOO_MANY} and browser.inside)
    return Guessed(what, answers, opened or browser.inside)


def _done(work: Callable[[], Guessed]) -> Guessed:
    return work()


def _texted() -> str:
    """The code that came to the phone last."""
    texts = [one.text for one in FileNotices(home() / "notices.jsonl").sent()]
    return [found[1] for text in texts if (found := CODE.search(text))][-1]


def _shown(secret: str) -> str:
    """What the authenticator shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // STEP)))


def _six(number: int) -> str:
    """Spread guesses over all numbers of six digits."""
    return f"{number * 7919 % 1_000_000:06}"


def _address() -> str:
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
