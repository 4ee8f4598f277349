"""The catalogue of seals: those of one's office, one seal with all that was done with it, and the acts."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.certificates import operations, queries
from qipan.certificates.errors import NoSuchSeal, UnableToCertify, WithoutReason
from qipan.certificates.keeping import custody
from qipan.certificates.operations.seals import may
from qipan.core.posts import Power
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.seals import views
from qipan.faces.desk.seals.words import refusal
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.context import stand_on
from qipan.faces.look.kept import typed_before
from qipan.people.actors import Acting

SEALS = needs(Power.SEAL_KEEPER, Power.SEAL_APPROVER)
Change = Callable[..., None]
CHANGES: Mapping[str, Change] = {
    "suspend": operations.suspend_seal,
    "resume": operations.resume_seal,
    "destroy": operations.destroy_seal,
}


@access(SEALS)
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """The seals of one's office and of those it keeps seals for."""
    official = the_official(request)
    keeper = Power.SEAL_KEEPER in official.powers
    values = {
        "lines": views.lines(queries.kept_by(official.agency), language(request)),
        "issuers": queries.unsealed_below(official.agency) if keeper else [],
        "keeper": keeper,
        "chosen": typed_before(request).get("agency", ""),
    }
    return page(request, "seals/list.html", values, here="seals")


@access(SEALS)
@require_safe
def seal(request: HttpRequest, number: str) -> HttpResponse:
    """One seal."""
    return _page(request, number)


@access(SEALS)
@require_safe
def picture(request: HttpRequest, number: str) -> HttpResponse:
    """What a seal looks like, as PNG."""
    return HttpResponse(_theirs(request, number).seal.picture, content_type="image/png")


@access(needs(Power.SEAL_KEEPER))
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a seal to be made; two others approve it."""
    if request.method != "POST":
        return redirect("desk:seals")
    acting, agency = Acting(the_official(request)), request.POST.get("agency", "")
    try:
        with transaction.atomic():
            number = operations.ask_for_seal(acting=acting, agency=agency, at=timezone.now())
    except NoSuchSeal as error:
        raise Http404 from error
    except UnableToCertify as error:
        messages.warning(request, refusal(error))
        return redirect("desk:seals")
    messages.success(request, _("已申请，等两位审批员先后同意。"))
    return redirect("desk:seal", number=number)


@access(needs(Power.SEAL_APPROVER))
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Approve one; with the second approval it is made."""
    if request.method != "POST":
        return redirect("desk:seal", number=number)
    acting = Acting(the_official(request))
    try:
        with transaction.atomic():
            made = operations.approve_seal(acting=acting, number=number, custody=custody(), at=timezone.now())
    except NoSuchSeal as error:
        raise Http404 from error
    except UnableToCertify as error:
        messages.warning(request, refusal(error))
    else:
        messages.success(request, _("印章已制成，可以使用。") if made else _("已同意，等另一位审批员复核。"))
    return redirect("desk:seal", number=number)


@access(needs(Power.SEAL_KEEPER))
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Suspend, resume or destroy one, with the reason."""
    if request.method != "POST" or act not in CHANGES:
        return redirect("desk:seal", number=number)
    stand_on(request, reverse("desk:seal", args=[number]))
    reason = request.POST.get("reason", "")
    try:
        with transaction.atomic():
            CHANGES[act](
                acting=Acting(the_official(request)), number=number, reason=reason, at=timezone.now()
            )
    except NoSuchSeal as error:
        raise Http404 from error
    except WithoutReason:
        return _page(request, number, [(f"{act}-reason", _("请写明理由。"))])
    except UnableToCertify as error:
        messages.warning(request, refusal(error))
    else:
        messages.success(request, _("已记录，并写入存证。"))
    return redirect("desk:seal", number=number)


def _page(request: HttpRequest, number: str, errors: list[tuple[str, str]] | None = None) -> HttpResponse:
    values: dict[str, object] = {
        "page": _theirs(request, number),
        "errors": errors or [],
        "wrong": dict(errors or []),
        "reason": typed_before(request).get("reason", ""),
    }
    return page(request, "seals/seal.html", values, here="seals", status=422 if errors else 200)


def _theirs(request: HttpRequest, number: str) -> views.SealPage:
    """A seal that is theirs to deal with; 404 for any other."""
    official, found = the_official(request), queries.seal(number)
    acting = Acting(official)
    powers = (Power.SEAL_KEEPER, Power.SEAL_APPROVER)
    if found is None or not any(may(acting=acting, agency=found.agency, power=one) for one in powers):
        raise Http404
    return views.seal_page(found, official, timezone.localdate(), language(request))
