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
from qipan.certificates import checking, pages, queries, showings
from qipan.certificates.checking import Verdict
from qipan.certificates.rows import CertificateRow, WholeCertificate
from qipan.core.status_lists import Status
from qipan.faces.look.access import access, signed_in_person
from qipan.faces.look.actors import the_acting
from qipan.faces.look.state_words import Said
from qipan.faces.look.verdict_words import told
from qipan.faces.portal.pages.shell import language, page
from qipan.faces.portal.showing_views import Chosen, showing_line
from qipan.people.actors import Acting

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
    spoken, acting = language(request), the_acting(request)
    found = queries.certificates_of(acting.applicant)
    groups: dict[str, Group] = {}
    for row in found:
        if not _covered(acting, row):
            continue
        group = groups.setdefault(row.event, Group(_event(row, spoken), []))
        group.lines.append(_line(row, spoken))
    return page(request, "certificates.html", {"groups": list(groups.values())}, here="certificates")


@access(signed_in_person)
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate: what it says, whether it holds, its files, its code."""
    found, spoken, now = theirs(request, number), language(request), timezone.now()
    acting = the_acting(request)
    own = acting.in_own_right
    shown = showings.showings_of(found.id, acting.applicant) if own else []
    looks, facts = showings.looks_at([one.id for one in shown]), facts_of(request, found)
    address = pages.address_of(found, settings.QIPAN_ADDRESS)
    line = line_of(request, found)
    values = {
        "line": line,
        "told": told(_verdict(found), catalogue.current_library(), spoken),
        "own": own,
        "applied_by_another": found.holder != acting.applicant,
        "can_show": bool(facts) and found.state == Status.VALID,
        "showings": [showing_line(one, facts, looks, now) for one in shown],
        "code": codes.picture(address),
        "address": address,
        "has_pdf": queries.paper(found.id, "pdf") is not None,
    }
    return page(request, "certificate.html", values, here="certificates")


@access(signed_in_person)
@require_safe
def paper(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """A certificate as a file: a sealed page, or as data."""
    found = theirs(request, number)
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


def line_of(request: HttpRequest, found: WholeCertificate) -> Line:
    """A certificate as lists show it."""
    every = queries.certificates_of(the_acting(request).applicant)
    return _line(next(one for one in every if one.number == found.number), language(request))


def facts_of(request: HttpRequest, found: WholeCertificate) -> list[Chosen]:
    """The facts of a certificate in words, each with its name; none where it is not as it was issued."""
    verdict = _verdict(found)
    words = told(verdict, catalogue.current_library(), language(request))
    names = list(verdict.facts or {}) if words.facts else []
    return [Chosen(name, *pair) for name, pair in zip(names, words.facts, strict=True)]


def _verdict(found: WholeCertificate) -> Verdict:
    return checking.check(
        found.data_sm2.encode(),
        queries.trust(),
        timezone.now(),
        lambda _claims: queries.standing(found.number),
    )


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


def theirs(request: HttpRequest, number: str) -> WholeCertificate:
    """The certificate of this number, where it is theirs; otherwise there is no such page."""
    acting = the_acting(request)
    found = queries.certificate_held(number, acting.applicant)
    if found is None or not _covered(acting, found):
        raise Http404
    return found


def _covered(acting: Acting, found: CertificateRow | WholeCertificate) -> bool:
    """Whether a mandate, if they act under one, is for the life event that this came of."""
    event = catalogue.library(found.library).events.get(found.event)
    return acting.covers(found.event, event.subject if event else "")


def _content(found: WholeCertificate, form: str) -> bytes | None:
    if form in {"data", "data-sm2"}:
        return (found.data if form == "data" else found.data_sm2).encode()
    made = queries.paper(found.id, form) if form in {"pdf", "ofd"} else None
    return made.content if made else None
