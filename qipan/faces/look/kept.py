"""What was typed and did not arrive: kept, so that nobody types it twice.

Somebody sends a form when their session has ended, or changes the language in the midst of it. What they typed goes along in cookies that
only this site can read, for an hour at most, and is shown again on the page it was typed on. That page decides, as always,
whether whoever is signed in by then may open it: the form of one person is never another's to see.
"""

import base64
import json
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, TypedDict
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.crypto import salted_hmac

COOKIES = ("kept0", "kept1", "kept2")
LARGEST_COOKIE = 3800  # bytes; browsers take 4096 with the name
LONGEST_KEPT = 60 * 60  # seconds
OURS = frozenset({"csrfmiddlewaretoken", "next", "language", "mode"})
SECRET = frozenset({"password", "password1", "code", "credential"})

Typed = Sequence[tuple[str, list[str]]]


class _Content(TypedDict):
    page: str
    typed: Typed
    ended: bool
    whole: bool


class Kept(NamedTuple):
    """What was typed on a page; ``ended`` where a session had, ``whole`` unless something was too long to be kept."""

    typed: QueryDict
    ended: bool
    whole: bool


def keep(request: HttpRequest, response: HttpResponseBase, page: str, *, ended: bool) -> None:
    """Keep what a form sent, for the page at this address; where it is too much, the longest of it is left out."""
    sent = [(name, values) for name, values in request.POST.lists() if name not in OURS | SECRET]
    typed = [(name, [_plain(value) for value in values]) for name, values in sorted(sent, key=_length)]

    def sealed(count: int) -> str:
        return _seal(urlsplit(page).path, typed[:count], ended=ended, whole=count == len(typed))

    fitting = bisect_right(
        range(1, len(typed) + 1), LARGEST_COOKIE * len(COOKIES), key=lambda n: len(sealed(n))
    )
    if fitting:
        _set(response, sealed(fitting))


def _length(sent: tuple[str, list[str]]) -> int:
    return sum(map(len, sent[1]))


def _plain(text: str) -> str:
    """Without halves of characters, which no page can show."""
    return text.encode(errors="ignore").decode()


def kept_for(request: HttpRequest) -> Kept | None:
    """What was typed on this page before, if anything was kept."""
    sealed = "".join(request.COOKIES.get(name, "") for name in COOKIES)
    opened = _opened(sealed) if sealed and request.method in {"GET", "HEAD"} else None
    if opened is None or opened["page"] != request.path:
        return None
    typed = QueryDict(mutable=True)
    for name, values in opened["typed"]:
        typed.setlist(name, values)
    return Kept(typed, opened["ended"], opened["whole"])


def typed_before(request: HttpRequest) -> QueryDict:
    """What a form on this page just sent, or what was typed in it before."""
    kept = kept_for(request)
    return kept.typed if kept else request.POST


def forget(request: HttpRequest, response: HttpResponseBase) -> None:
    """Drop what was kept, unless this very response keeps something."""
    for name in COOKIES:
        if name in request.COOKIES and name not in response.cookies:
            response.delete_cookie(name)


def _set(response: HttpResponseBase, sealed: str) -> None:
    for at, name in enumerate(COOKIES):
        part = sealed[at * LARGEST_COOKIE :][:LARGEST_COOKIE]
        if part:
            response.set_cookie(
                name, part, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        else:
            response.delete_cookie(name)


def _seal(page: str, typed: Typed, *, ended: bool, whole: bool) -> str:
    content: _Content = {"page": page, "typed": typed, "ended": ended, "whole": whole}
    return _box().encrypt(zlib.compress(json.dumps(content, ensure_ascii=False).encode())).decode()


def _opened(sealed: str) -> _Content | None:
    """Only what we sealed ourselves is unpacked, so that it is of the shape and size that we gave it."""
    try:
        content: _Content = json.loads(zlib.decompress(_box().decrypt(sealed, ttl=LONGEST_KEPT)))
    except InvalidToken:
        return None
    return content


def _box() -> Fernet:
    key = salted_hmac("qipan.faces.look.kept", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
