"""What every template can rely on: the reader's language and mode, and the address they are at."""

from typing import NamedTuple

from django.http import HttpRequest
from django.utils.translation import get_language

from qipan.faces.look.kept import Kept, kept_for

MODE_COOKIE = "mode"
_PAGE = "qipan.page"


class Look(NamedTuple):
    """`lang` is the page's language as BCP 47; `elder` the larger, simpler mode 长辈版; `here` the path to come back to.

    `kept` is what was typed here before a session ended, shown again.
    """

    lang: str
    elder: bool
    here: str
    kept: Kept | None


def look(request: HttpRequest) -> dict[str, Look]:
    """The context processor."""
    lang = "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"
    kept = kept_for(request)
    elder = request.COOKIES.get(MODE_COOKIE) == "elder"
    return {"look": Look(lang, elder, _here(request), kept if kept and kept.ended else None)}


def stand_on(request: HttpRequest, page: str) -> None:
    """Say on which page a form stands that is shown again at the address it was sent to."""
    request.META[_PAGE] = page


def _here(request: HttpRequest) -> str:
    """The page's own address; for a page that answers a POST, where its form stands, if it says so."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    return str(request.META.get(_PAGE, request.path))
