"""What a request asks for, and whether it can be asked for at all."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from qipan.core.canonical import printable
from qipan.core.declarations import Library, Resource
from qipan.core.elements import element_name
from qipan.core.grants import LONGEST
from qipan.core.pool_index import may_be_asked_for
from qipan.core.sharing import realm

LONGEST_TEXT = 200  # characters
MOST_ROWS, MOST_DAYS = 10_000_000, 3650
OWN_CASES, OWN_REGION, ALL = "own-cases", "own-region", "all"
ROWS = (OWN_CASES, OWN_REGION, ALL)
"""Which rows: of persons in one's own open cases, of one's own region, or all."""
AMENDED = (
    "event", "services", "purpose", "purpose_en", "basis", "fields", "region", "region_field", "own_cases", "modes", "volume",
    "retention", "until",
)  # fmt: skip
"""What of a request may be asked otherwise once it was returned."""


class Wanted(NamedTuple):
    """``fields`` are the resource's own (``b.name``); ``volume`` is in rows a day, ``retention`` in days; ``rows`` one of ROWS."""

    resource: str
    fields: tuple[str, ...]
    purpose: str
    basis: tuple[str, ...]
    until: date | None
    event: str = ""
    services: tuple[str, ...] = ()
    purpose_en: str = ""
    rows: str = OWN_CASES
    modes: tuple[str, ...] = ("look-up",)
    volume: int | None = 1000
    retention: int | None = 30


def region_field(resource: Resource, library: Library) -> str:
    """The field that says of which region a row is; empty where there is none."""
    for field in resource.gives:
        element = library.elements.get(element_name(resource.parties[field.party].kind, field.word))
        if element and "region" in element.checks.formats:
            return str(field)
    return ""


def rows_of(wanted: Wanted, consumer: str, library: Library) -> dict[str, object]:
    """How the choice of rows stands in a request."""
    own = wanted.rows == OWN_REGION
    resource = library.resources[wanted.resource]
    return {
        "region": realm(consumer) if own else "",
        "region_field": region_field(resource, library) if own else "",
        "own_cases": wanted.rows == OWN_CASES,
    }


def problems_of(wanted: Wanted, library: Library, *, own: bool, today: date) -> Mapping[str, str]:
    """Say for each part what is wrong; nothing where all is well. ``own``: the resource is the asking agency's own."""
    resource = library.resources.get(wanted.resource)
    if resource is None:
        return {"resource": "unknown"}
    if not may_be_asked_for(resource):
        return {"resource": "withheld"}
    if own:
        return {"resource": "own"}
    return dict(_problems(wanted, resource, library, today))


def _problems(wanted: Wanted, resource: Resource, library: Library, today: date) -> Iterator[tuple[str, str]]:
    fields = {str(field) for field in resource.gives}
    if not wanted.fields or not set(wanted.fields) <= fields:
        yield "fields", "wrong" if wanted.fields else "missing"
    yield from _of_purpose(wanted, library)
    if not wanted.modes or not set(wanted.modes) <= {str(mode) for mode in resource.modes}:
        yield "modes", "wrong" if wanted.modes else "missing"
    if wanted.rows not in ROWS or (wanted.rows == OWN_REGION and not region_field(resource, library)):
        yield "rows", "wrong"
    if wanted.volume is None or not 1 <= wanted.volume <= MOST_ROWS:
        yield "volume", "wrong"
    if wanted.retention is None or not 0 <= wanted.retention <= MOST_DAYS:
        yield "retention", "wrong"
    if wanted.until is None or not today < wanted.until < today + LONGEST - timedelta(days=1):
        yield "until", "missing" if wanted.until is None else "wrong"


def _of_purpose(wanted: Wanted, library: Library) -> Iterator[tuple[str, str]]:
    if not _said(wanted.purpose):
        yield "purpose", "wrong" if wanted.purpose.strip() else "missing"
    if wanted.purpose_en and not _said(wanted.purpose_en):
        yield "purpose_en", "wrong"
    if not wanted.basis or not all(map(_said, wanted.basis)) or len(set(wanted.basis)) < len(wanted.basis):
        yield "basis", "wrong" if wanted.basis else "missing"
    event = library.events.get(wanted.event)
    services = {use.service for use in event.services} if event else set()
    if wanted.event and event is None:
        yield "event", "wrong"
    elif not set(wanted.services) <= services:
        yield "services", "wrong"


def _said(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST_TEXT and printable(text)
