"""Rating how one case was handled, once it has ended (好差评)."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.applications.errors import UnableToAct
from qipan.faces.look.access import access, signed_in_person
from qipan.faces.look.actors import the_acting
from qipan.faces.look.controls import Control
from qipan.faces.look.kept import typed_before
from qipan.faces.portal.application_views import agency_name
from qipan.faces.portal.pages.applications import the_application, the_case
from qipan.faces.portal.pages.shell import page
from qipan.faces.portal.refusals import refusal, theirs
from qipan.voice import operations as voice

LONGEST_COMMENT = 500


@access(signed_in_person)
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: HttpRequest, number: str, case: UUID) -> HttpResponse:
    """Five faces, and what one likes to add."""
    detail, titles = the_application(request, number)
    rated = the_case(detail, case)
    score = request.POST.get("score", "")
    if request.method == "POST" and score in _scores():
        return _rate(request, number, case, int(score))
    before = typed_before(request)
    comment = Control(
        "comment",
        "comment",
        _("还有什么想说的？"),
        "textarea",
        value=before.get("comment", ""),
        optional=True,
        attributes={"maxlength": str(LONGEST_COMMENT)},
    )
    values = {
        "number": number,
        "title": titles.service(rated.service),
        "agency": agency_name(rated, titles),
        "scores": tuple((int(one), words) for one, words in _scores().items()),
        "tags": tuple(_tags().items()),
        "chosen": {"score": before.get("score", ""), "tags": before.getlist("tag")},
        "comment": comment,
        "error": _("请选一个表情。") if request.method == "POST" else "",
    }
    return page(request, "rating.html", values, here="mine")


def _rate(request: HttpRequest, number: str, case: UUID, score: int) -> HttpResponse:
    tags = [tag for tag in request.POST.getlist("tag") if tag in _tags()]
    comment = request.POST.get("comment", "").strip()[:LONGEST_COMMENT]
    try:
        with theirs(), transaction.atomic():
            voice.rate_case(
                acting=the_acting(request),
                case=case,
                score=score,
                tags=tags,
                comment=comment,
                at=timezone.now(),
            )
        messages.success(request, _("谢谢您的评价。"))
    except UnableToAct as error:
        messages.error(request, refusal(error))
    return redirect("portal:application", number=number)


def _scores() -> dict[str, str]:
    return {
        "5": _("非常满意"),
        "4": _("满意"),
        "3": _("一般"),
        "2": _("不满意"),
        "1": _("非常不满意"),
    }


def _tags() -> dict[str, str]:
    return {
        "fast": _("办得快"),
        "clear": _("说得清楚"),
        "kind": _("态度好"),
        "slow": _("等得太久"),
        "unclear": _("没说清楚"),
        "unneeded": _("要了不该要的"),
    }
