"""Showing a part of one's certificate: what to show, the code or the link, who looked, and taking it back."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.adapters.papers import codes
from qipan.certificates import operations, showings
from qipan.certificates.errors import CertificateNotSo, NoSuchShowing, NothingChosen, WithoutUse
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import CODE, LINK, address_of
from qipan.certificates.showings import ShowingRow
from qipan.faces.look.access import access, in_own_right
from qipan.faces.look.actors import the_acting
from qipan.faces.look.kept import typed_before
from qipan.faces.look.limits import SHOW, spend
from qipan.faces.portal.pages.shell import page
from qipan.faces.portal.pages.wallet import facts_of, line_of, theirs
from qipan.faces.portal.showing_views import DAYS, TIMES, link_controls, showing_line

ASKED = ("receiver", "use")


@access(in_own_right)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, number: str, way: str) -> HttpResponse:
    """Choose what to show, by a code or by a link; nothing is chosen beforehand."""
    if way not in {CODE, LINK}:
        raise Http404
    found = theirs(request, number)
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _missing(request, way)
        if not errors:
            return _begun(request, found, way)
    before = typed_before(request)
    typed = {name: before.get(name, "") for name in (*ASKED, "days", "most") if name in before}
    values = {
        "line": line_of(request, found),
        "facts": facts_of(request, found),
        "chosen": before.getlist("fact"),
        "controls": link_controls(typed, errors) if way == LINK else (),
        "by_code": way == CODE,
        "errors": [(_target(name), said) for name, said in errors.items()],
        "fact_error": errors.get("fact", ""),
    }
    return page(request, "show.html", values, here="certificates", status=400 if errors else 200)


@access(in_own_right)
@require_safe
def showing(request: HttpRequest, number: str, showing: int) -> HttpResponse:
    """What is shown: the code of this minute or the link, who looked, and how to take it back."""
    found = theirs(request, number)
    row, now = _own(request, found, showing), timezone.now()
    line = showing_line(row, facts_of(request, found), showings.looks_at([row.id]), now)
    address = address_of(row, settings.QIPAN_ADDRESS, now) if line.open else ""
    values = {
        "line": line_of(request, found),
        "showing": line,
        "address": address,
        "code": codes.picture(address) if address else "",
        "copies": showings.copies_of(row.id) if row.way == LINK else 0,
    }
    return page(request, "showing.html", values, here="certificates")


@access(in_own_right)
@require_POST
def withdraw(request: HttpRequest, number: str, showing: int) -> HttpResponse:
    """Take it back, at once."""
    found = theirs(request, number)
    row = _own(request, found, showing)
    try:
        with transaction.atomic():
            operations.withdraw_showing(acting=the_acting(request), showing=row.id, at=timezone.now())
    except NoSuchShowing:
        raise Http404 from None
    messages.success(request, _("已经收回，从现在起谁也看不到了。"))
    return redirect("portal:showing", number=number, showing=row.id)


def _begun(request: HttpRequest, found: WholeCertificate, way: str) -> HttpResponse:
    spend(request, SHOW, the_acting(request))
    now, facts = timezone.now(), request.POST.getlist("fact")
    whose = {"acting": the_acting(request), "number": found.number, "facts": facts, "at": now}
    try:
        with transaction.atomic():
            if way == CODE:
                made = operations.show_by_code(**whose)  # type: ignore[arg-type]
            else:
                made = operations.show_by_link(
                    **whose,  # type: ignore[arg-type]
                    receiver=request.POST["receiver"],
                    use=request.POST["use"],
                    most=int(request.POST["most"]),
                    ends_at=now + timedelta(days=int(request.POST["days"])),
                )
    except CertificateNotSo:
        messages.error(request, _("这张证照现在不能用，不能出示。"))
        return redirect("portal:certificate", number=found.number)
    except (NothingChosen, WithoutUse):
        raise Http404 from None
    return redirect("portal:showing", number=found.number, showing=made)


def _missing(request: HttpRequest, way: str) -> dict[str, str]:
    errors = {}
    if not request.POST.getlist("fact"):
        errors["fact"] = _("请至少选一项。")
    if way == LINK:
        if not request.POST.get("receiver", "").strip():
            errors["receiver"] = _("请写给谁看。")
        if not request.POST.get("use", "").strip():
            errors["use"] = _("请写用来做什么。")
        if request.POST.get("days", "") not in map(str, DAYS) or request.POST.get("most", "") not in map(
            str, TIMES
        ):
            raise Http404
    return errors


def _target(name: str) -> str:
    return "fact-1" if name == "fact" else name


def _own(request: HttpRequest, found: WholeCertificate, number: int) -> ShowingRow:
    row = showings.showing(number, the_acting(request).applicant)
    if row is None or row.certificate != found.id:
        raise Http404
    return row
