"""A certificate at the desk of the agency that granted its case: how it stands, and revoking or replacing it with a reason."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.certificates import operations, queries
from qipan.certificates.errors import NoSuchCertificate, UnableToCertify, WithoutReason
from qipan.certificates.keeping import custody
from qipan.certificates.rows import CertificateRow, WholeCertificate
from qipan.core.posts import Power
from qipan.core.status_lists import Status
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.seals import views
from qipan.faces.desk.seals.words import refusal
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.context import stand_on
from qipan.faces.look.kept import typed_before
from qipan.people.actors import Acting


@access(needs(Power.HANDLE))
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate."""
    return _page(request, number)


@access(needs(Power.HANDLE))
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Revoke it (吊销), for good; public at once."""
    if request.method != "POST":
        return redirect("desk:certificate", number=number)
    stand_on(request, reverse("desk:certificate", args=[number]))
    acting, reason = Acting(the_official(request)), request.POST.get("reason", "")
    try:
        with transaction.atomic():
            operations.revoke_certificate(acting=acting, number=number, reason=reason, at=timezone.now())
    except NoSuchCertificate as error:
        raise Http404 from error
    except WithoutReason:
        return _page(request, number, [("revoke-reason", _("请写明理由。"))])
    except UnableToCertify as error:
        messages.warning(request, refusal(error))
    else:
        messages.success(request, _("已吊销，任何人核验时都会看到。"))
    return redirect("desk:certificate", number=number)


@access(needs(Power.HANDLE))
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, number: str) -> HttpResponse:
    """Issue it anew (换发), by what its case says now."""
    if request.method != "POST":
        return redirect("desk:certificate", number=number)
    stand_on(request, reverse("desk:certificate", args=[number]))
    try:
        with transaction.atomic():
            new = operations.replace_certificate(
                acting=Acting(the_official(request)),
                number=number,
                reason=request.POST.get("reason", ""),
                custody=custody(),
                address=settings.QIPAN_ADDRESS,
                at=timezone.now(),
            )
    except NoSuchCertificate as error:
        raise Http404 from error
    except WithoutReason:
        return _page(request, number, [("replace-reason", _("请写明理由。"))])
    except UnableToCertify as error:
        messages.warning(request, refusal(error))
        return redirect("desk:certificate", number=number)
    messages.success(request, _("已换发，原来的证照不再有效。"))
    return redirect("desk:certificate", number=new)


def _page(request: HttpRequest, number: str, errors: list[tuple[str, str]] | None = None) -> HttpResponse:
    whole, row = _theirs(request, number)
    values: dict[str, object] = {
        "certificate": row,
        "shown": views.use(row, timezone.localdate(), language(request)),
        "case": whole.case,
        "ended": row.state not in {Status.VALID, Status.SUSPENDED},
        "issuer": row.issuer_zh if language(request).startswith("zh") else row.issuer_en or row.issuer_zh,
        "errors": errors or [],
        "wrong": dict(errors or []),
        "reason": typed_before(request).get("reason", ""),
    }
    return page(request, "seals/certificate.html", values, here="inbox", status=422 if errors else 200)


def _theirs(request: HttpRequest, number: str) -> tuple[WholeCertificate, CertificateRow]:
    """A certificate of a case of their agency; 404 for any other."""
    official, whole = the_official(request), queries.certificate(number)
    if whole is None or whole.agency != official.handling:
        raise Http404
    row = next(one for one in queries.certificates_of_case(whole.case) if one.number == number)
    return whole, row
