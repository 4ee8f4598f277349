"""An app in words: what it is called, whose it is, where it is."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import get_language

from qipan.accounts.rows import AppRow


class AppLine(NamedTuple):
    """An app as people know it; ``host`` is where its pages are."""

    id: str
    name: str
    agency: str
    host: str


def app_line(app: AppRow, redirect: str = "") -> AppLine:
    """Say it in the reader's language, as far as it was named in it."""
    chinese = (get_language() or "zh").startswith("zh")
    name = app.name_zh if chinese else app.name_en or app.name_zh
    agency = app.agency_zh if chinese else app.agency_en or app.agency_zh
    return AppLine(app.id, name, agency, urlsplit(redirect or app.redirects[0]).netloc)
