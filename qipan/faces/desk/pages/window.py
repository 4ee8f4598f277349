"""The window: a clerk begins to serve a resident who is present, and ends it. In between they use the portal's own pages."""

from collections.abc import Mapping

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qipan.accounts import operations as accounts
from qipan.accounts.errors import UnableToConfirm, UnableToRealName
from qipan.accounts.phones import e164
from qipan.core.posts import Power
from qipan.faces.desk.pages.shell import page
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import acting_of, end_service, serve, the_official
from qipan.faces.look.controls import Choice, Control
from qipan.faces.look.kept import typed_before
from qipan.faces.look.limits import SIGN_IN, spend
from qipan.people import operations as people
from qipan.people.actors import Acting, Actor
from qipan.people.operations import UnableToServe
from qipan.watch import operations as watch

LONGEST = 40


@access(needs(Power.SERVE))
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest) -> HttpResponse:
    """Find the resident by their number, and begin."""
    clerk = the_official(request)
    if request.method != "POST":
        typed = typed_before(request)
        return _form(request, typed.get("id_number", "")[:LONGEST], typed.get("under", ""))
    return _begin(request, clerk)


@access(needs(Power.SERVE))
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """The resident leaves."""
    end_service(request)
    messages.success(request, _("代办已结束。"))
    return redirect("desk:window")


@access(needs(Power.SERVE))
@require_POST
def account(request: HttpRequest) -> HttpResponse:
    """Confirm in person the account that the resident shows."""
    clerk, served = the_official(request), acting_of(request)
    if served is None or served.actor != clerk:
        return redirect("desk:window")
    phone, code = (request.POST.get(one, "").strip()[:LONGEST] for one in ("phone", "code"))
    spend(request, SIGN_IN)
    try:
        with transaction.atomic():
            accounts.confirm_in_person(acting=served, phone=e164(phone), code=code, at=timezone.now())
    except UnableToConfirm:
        messages.error(
            request, _("没有核验成：手机号和核验码对不上，或者过时了。请居民刷新一下账号页面，再对着输一遍。")
        )
    except UnableToRealName:
        messages.error(request, _("这个账号已经是另一个人的了，不能核验给这位居民。"))
    else:
        messages.success(request, _("核验好了，这位居民的账号现在是“当面核验”。"))
    return redirect("desk:window")


def _begin(request: HttpRequest, clerk: Actor) -> HttpResponse:
    number = request.POST.get("id_number", "").strip()[:LONGEST]
    under = request.POST.get("under", "")
    troubles: dict[str, str] = {}
    if not number:
        troubles["id_number"] = _("请输入公民身份号码。")
    if under not in dict(_grounds()):
        troubles["under"] = _("请选择为什么代办。")
    if "present" not in request.POST:
        troubles["present"] = _("只能为到场的本人代办，请先确认。")
    if troubles:
        return _form(request, number, under, troubles)
    try:
        with transaction.atomic():
            acting, at = Acting(clerk), timezone.now()
            person = people.begin_service(acting=acting, id_number=number, under=under, at=at)
            watch.record_service(acting=acting, person=person, at=at)
    except UnableToServe:
        return _form(request, number, under, {"id_number": _("没有找到这个号码。请对照证件再看一遍。")})
    serve(request, person, under)
    return redirect("portal:home")


def _form(
    request: HttpRequest, number: str, under: str, troubles: Mapping[str, str] | None = None
) -> HttpResponse:
    errors = troubles or {}
    resident = Control(
        id="id_number",
        name="id_number",
        label=_("到场居民的公民身份号码"),
        value=number,
        hint=_("请对着本人的身份证输入，18 位。"),
        error=errors.get("id_number", ""),
        attributes={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        width="code",
    )
    ground = Control(
        id="under",
        name="under",
        label=_("为什么代办？"),
        kind="radio",
        value=under,
        choices=tuple(Choice(*one) for one in _grounds()),
        error=errors.get("under", ""),
    )
    phone = Control(
        id="phone",
        name="phone",
        label=_("居民账号的手机号"),
        kind="tel",
        attributes={"autocomplete": "off"},
        width="code",
    )
    code = Control(
        id="code",
        name="code",
        label=_("居民账号页面上的当面核验码"),
        hint=_("8 位数字。在居民自己的手机上：我的账号 › 怎样当面核验。"),
        attributes={"autocomplete": "off", "inputmode": "numeric"},
        width="code",
    )
    values = {
        "resident": resident,
        "ground": ground,
        "account": (phone, code),
        "errors": list(errors.items()),
    }
    return page(request, "window.html", values, here="window", status=422 if errors else 200)


def _grounds() -> tuple[tuple[str, str], ...]:
    """On what authority a clerk acts; the trail keeps it with every act."""
    return (
        ("asked-in-person", _("本人当面请求代办")),
        ("unable-to-type", _("本人在场，看不清或不便操作")),
        ("written-mandate", _("本人在场，并签了书面委托")),
    )
