"""What somebody was shown: by a link, or by a code that lives a minute. Whoever looks need not sign in; each look is on record first."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan import reader
from qipan.agencies import queries as agencies
from qipan.catalogue import queries as catalogue
from qipan.certificates import operations, queries
from qipan.certificates.errors import CertificateNotSo, NoSeal, NoSuchShowing, NotShownAnyMore, WithoutName
from qipan.certificates.keeping import custody
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import CODE, disclosed, looked_up
from qipan.certificates.showings import ShowingRow
from qipan.faces.look.access import access, anyone
from qipan.faces.look.actors import official_of, person_of
from qipan.faces.look.controls import Control
from qipan.faces.look.limits import VERIFY, spend
from qipan.faces.look.verdict_words import told
from qipan.faces.look.verdicts import verdict_on
from qipan.faces.portal.list_views import moment
from qipan.faces.portal.pages.shell import language, page
from qipan.faces.portal.showing_views import LONGEST, over_words
from qipan.people.actors import SYSTEM, Acting

COOKIE, SALT = "look", "qipan.look"
LASTS = 15 * 60  # seconds for which one look goes on, reloads included
TYPE = "application/dc+sd-jwt"


@access(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """Say what one would see and for what; then, the look being on record, show it."""
    spend(request, VERIFY)
    try:
        with reader.as_platform():
            found, seen = _found(request, token)
            if seen:
                return _closed(_content(request, token, found))
            if request.method == "POST" or (request.method == "GET" and found.way == CODE):
                return _closed(_looked(request, token, found))
            return _closed(_opening(request, found))
    except (NoSuchShowing, NotShownAnyMore) as error:
        return _closed(_nothing(request, error))


@access(anyone)
@require_safe
def part(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """What is shown as data, to be checked elsewhere: signed by the issuer, with the chosen facts alone."""
    spend(request, VERIFY)
    try:
        with reader.as_platform():
            found, seen = _found(request, token)
            certificate = _certificate(found)
    except (NoSuchShowing, NotShownAnyMore) as error:
        return _closed(_nothing(request, error))
    if not seen:
        return redirect("portal:shown", token=token)
    if form not in {"data", "data-sm2"}:
        raise Http404
    narrow = disclosed(certificate, found)
    name = "sd-jwt" if form == "data" else "sm2.sd-jwt"
    content = narrow.data if form == "data" else narrow.data_sm2
    return _closed(_file(content, f"{certificate.number}.{name}", TYPE))


@access(anyone)
@require_POST
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """What is shown as a page to keep, for the one use that the link is for; that it was made is on record."""
    spend(request, VERIFY)
    try:
        with reader.as_platform():
            found, seen = _found(request, token)
            if not seen:
                return redirect("portal:shown", token=token)
            content = _copied(request, found)
    except (NoSuchShowing, NotShownAnyMore) as error:
        return _closed(_nothing(request, error))
    except (CertificateNotSo, NoSeal):
        messages.error(request, _("现在出具不了加注件：证照已不在有效状态，或发证机关的印章停用。"))
        return redirect("portal:shown", token=token)
    return _closed(_file(content, f"copy-{found.id}.pdf", "application/pdf"))


def _copied(request: HttpRequest, found: ShowingRow) -> bytes:
    acting, _known_as = _known(request)
    with transaction.atomic():
        return operations.copy_showing(
            found=found,
            acting=acting,
            custody=custody(),
            address=settings.QIPAN_ADDRESS,
            at=timezone.now(),
        )


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _found(request: HttpRequest, token: str) -> tuple[ShowingRow, bool]:
    """What a token lets see, and whether this browser looks at it already; a look that used up the last time goes on until its end.

    Raises NoSuchShowing and NotShownAnyMore.
    """
    found, why = looked_up(token, timezone.now())
    try:
        seen = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS) == found.id
    except signing.BadSignature:
        seen = False
    if why and not (seen and why == "used-up"):
        raise NotShownAnyMore(why)
    return found, seen


def _looked(request: HttpRequest, token: str, found: ShowingRow) -> HttpResponse:
    """Put the look on record, and show it. What came by a form is shown at its address, so that it can be loaded again."""
    acting, known_as = _known(request)
    who = request.POST.get("who", "")
    try:
        with transaction.atomic():
            operations.look_at_showing(
                token=token, who=who, known_as=known_as, acting=acting, at=timezone.now()
            )
    except WithoutName:
        return _opening(request, found, error=_("请写您是谁。"))
    by_form = request.method == "POST"
    answer = redirect("portal:shown", token=token) if by_form else _content(request, token, found)
    answer.set_cookie(
        COOKIE,
        signing.dumps(found.id, salt=SALT),
        max_age=LASTS,
        path=request.path,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _known(request: HttpRequest) -> tuple[Acting, str]:
    """As whom whoever looks is signed in, for the trail and for the holder."""
    person, official = person_of(request), official_of(request)
    if official is not None:
        agency = agencies.agency(official.agency)
        return Acting(official), f"{agency.name_zh if agency else official.agency} {official.name}"
    return (Acting(person), person.name) if person is not None else (SYSTEM, "")


def _opening(request: HttpRequest, found: ShowingRow, error: str = "") -> HttpResponse:
    _acting, known_as = _known(request)
    who = Control(
        "who", "who", _("您是谁？"), value=request.POST.get("who", "")[:80], hint=_("单位和姓名，出示人会看到"),
        error=error, attributes={**LONGEST, "autocomplete": "name"},
    )  # fmt: skip
    values = {**_about(request, found), "who": who, "known_as": known_as}
    return page(request, "shown_open.html", values, here="verify", status=400 if error else 200)


def _about(request: HttpRequest, found: ShowingRow) -> Mapping[str, object]:
    certificate = _certificate(found)
    kind = catalogue.library(certificate.library).certificates[certificate.type]
    return {
        "showing": found,
        "by_code": found.way == CODE,
        "title": kind.title.say(language(request)),
        "ends_at": moment(found.ends_at),
        "day": timezone.localdate().isoformat(),
    }


def _content(request: HttpRequest, token: str, found: ShowingRow) -> HttpResponse:
    verdict = verdict_on(disclosed(_certificate(found), found).data_sm2.encode())
    words = told(verdict, catalogue.current_library(), language(request))
    return page(
        request,
        "shown.html",
        {**_about(request, found), "told": words, "token": token, "holds": verdict.holds},
        here="verify",
    )


def _certificate(found: ShowingRow) -> WholeCertificate:
    certificate = queries.certificate_by_id(found.certificate)
    if certificate is None:
        raise NoSuchShowing
    return certificate


def _nothing(request: HttpRequest, error: NoSuchShowing | NotShownAnyMore) -> HttpResponse:
    if isinstance(error, NotShownAnyMore):
        title, lead = over_words(error.why)
        return page(request, "shown_over.html", {"title": title, "lead": lead}, here="verify", status=410)
    title, lead = _("没有这样的链接"), _("链接不完整，或者不是本站发出的。请对照原来的再试一次。")
    return page(request, "shown_over.html", {"title": title, "lead": lead}, here="verify", status=404)


def _closed(answer: HttpResponse) -> HttpResponse:
    """Kept by nobody on the way, found by no search engine, and its address told to no other site."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
