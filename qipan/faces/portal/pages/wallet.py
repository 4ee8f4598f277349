"""A person's certificates: each with what it says and whether it holds, to look at and to keep as a file."""

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from qipan.adapters.papers import codes
from qipan.catalogue import queries as catalogue
from qipan.certificates import checking, pages, queries
from qipan.certificates.rows import CertificateRow, WholeCertificate
from qipan.faces.look.access import access, signed_in_person
from qipan.faces.look.actors import the_acting
from qipan.faces.look.state_words import Said
from qipan.faces.look.verdict_words import told
from qipan.faces.portal.pages.shell import language, page

TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "sd-jwt": "application/dc+sd-jwt",
    "sm2.sd-jwt": "application/dc+sd-jwt",
}


class Line(NamedTuple):
    """A certificate in a list."""

    number: str
    title: str
    issuer: str
    issued_on: str
    until: str
    standing: Said
    tint: str


class Group(NamedTuple):
    """Certificates that came of the same life event."""

    title: str
    lines: list[Line]


@access(signed_in_person)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """All of one's certificates, by the life event that they came of."""
    spoken = language(request)
    found = queries.certificates_of(the_acting(request).applicant)
    groups: dict[str, Group] = {}
    for row in found:
        group = groups.setdefault(row.event, Group(_event(row, spoken), []))
        group.lines.append(_line(row, spoken))
    return page(request, "certificates.html", {"groups": list(groups.values())}, here="certificates")


@access(signed_in_person)
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate: what it says, whether it holds, its files, its code."""
    found, spoken = _theirs(request, number), language(request)
    row = next(one for one in queries.certificates_of(found.holder) if one.number == number)
    verdict = checking.check(
        found.data_sm2.encode(), queries.trust(), timezone.now(), lambda _claims: queries.standing(number)
    )
    address = pages.address_of(found, settings.QIPAN_ADDRESS)
    values = {
        "line": _line(row, spoken),
        "told": told(verdict, catalogue.current_library(), spoken),
        "code": codes.picture(address),
        "address": address,
        "has_pdf": queries.paper(found.id, "pdf") is not None,
    }
    return page(request, "certificate.html", values, here="certificates")


@access(signed_in_person)
@require_safe
def paper(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """A certificate as a file: a sealed page, or as data."""
    found = _theirs(request, number)
    content = _content(found, form)
    if content is None:
        raise Http404
    name = "sd-jwt" if form == "data" else "sm2.sd-jwt" if form == "data-sm2" else form
    answer = HttpResponse(content, content_type=TYPES[name])
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def standing_words(row: CertificateRow) -> Said:
    """How a certificate stands, and in which tone."""
    words = {
        "valid": (pgettext("certificate", "有效"), "good"),
        "revoked": (pgettext("certificate", "已撤销"), "bad"),
        "suspended": (pgettext("certificate", "暂停使用"), "warn"),
        "replaced": (pgettext("certificate", "已换发"), "neutral"),
        "expired": (pgettext("certificate", "已过期"), "warn"),
        "not-yet": (pgettext("certificate", "还未生效"), "neutral"),
    }
    return Said(*words[row.standing(timezone.localdate())])


def _line(row: CertificateRow, spoken: str) -> Line:
    kind = catalogue.library(row.library).certificates[row.type]
    return Line(
        row.number,
        kind.title.say(spoken),
        row.issuer_zh if spoken.startswith("zh") or not row.issuer_en else row.issuer_en,
        date_format(timezone.localdate(row.issued_at)),
        date_format(row.ends) if row.ends else _("长期"),
        standing_words(row),
        str(kind.tint),
    )


def _event(row: CertificateRow, spoken: str) -> str:
    event = catalogue.library(row.library).events.get(row.event)
    return event.title.say(spoken) if event else row.event


def _theirs(request: HttpRequest, number: str) -> WholeCertificate:
    found = queries.certificate(number)
    if found is None or found.holder != the_acting(request).applicant:
        raise Http404
    return found


def _content(found: WholeCertificate, form: str) -> bytes | None:
    if form in {"data", "data-sm2"}:
        return (found.data if form == "data" else found.data_sm2).encode()
    made = queries.paper(found.id, form) if form in {"pdf", "ofd"} else None
    return made.content if made else None
