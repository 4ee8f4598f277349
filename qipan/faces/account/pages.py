"""Our own account pages: what there is, where one is signed in, the password, the real name."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.accounts import directory, identity, operations, queries
from qipan.accounts.errors import (
    IdentityDeceased,
    IdentityFixed,
    IdentityTaken,
    RegisterDown,
    UnableToRealName,
)
from qipan.accounts.hall_codes import hall_code, is_hall_visit
from qipan.accounts.rows import AccountRow, Device
from qipan.catalogue import queries as catalogue
from qipan.core.assurance import Assurance
from qipan.core.masking import masked
from qipan.faces.account import telling
from qipan.faces.account.agents import agent_words
from qipan.faces.account.entering import came_lately
from qipan.faces.account.forms import NewPasswordForm, RealNameForm
from qipan.faces.account.holder import the_account
from qipan.faces.account.limits import REAL_NAME, spend_as
from qipan.faces.account.phone_numbers import shown
from qipan.faces.look.preferences import safe_next

SENSITIVE = 3


class DeviceLine(NamedTuple):
    """A device that is signed in."""

    id: str
    name: str
    address: str
    since: str
    seen: str
    this: bool


class Keys(NamedTuple):
    """How one can come in, and back in."""

    passkeys: tuple[Authenticator, ...]
    authenticator: bool
    recovery: bool


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to an account, and what can be done about each."""
    account = _row(request)
    values = {
        "account": account,
        "phone": shown(account.phone),
        "number": masked(account.id_number, SENSITIVE) if account.id_number else "",
        "keys": _keys(request),
        "devices": len(queries.devices(account.id, timezone.now())),
        "next": safe_next(request, ""),
    }
    return render(request, "account/home.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; sign out of one of these, or of all others."""
    number, key, at = the_account(request).id, str(request.session.session_key), timezone.now()
    if request.method == "POST":
        _end(request, number, key, at)
        return redirect("account_devices")
    lines = [_line(one, key) for one in queries.devices(number, at)]
    return render(request, "account/devices.html", {"devices": lines})


@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Set a password. Whoever came in by a code just now need not know the one before; others show that it is they."""
    if not came_lately(request, "code"):
        raise_if_reauthentication_required(request, app="allauth.mfa")
    account = the_account(request)
    form = NewPasswordForm(account, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        values = {"form": form, "has_password": account.has_usable_password()}
        return render(request, "account/password.html", values)
    with transaction.atomic():
        form.keep(account)
        operations.record_act(act="set_password", account=account.id, at=timezone.now())
        operations.end_other_devices(
            account=account.id, key=str(request.session.session_key), at=timezone.now()
        )
    finalize_password_change(request, account)
    messages.success(request, _("密码设好了。其他设备都已退出登录。"))
    return redirect("account_home")


def _confirmed(request: HttpRequest, back: str) -> HttpResponse:
    """Go on; whoever still stands at the hall, and has no passkey, is offered one first."""
    account = the_account(request)
    if not is_hall_visit(account, timezone.now()) or _keys(request).passkeys:
        return redirect(back)
    return render(request, "account/confirmed.html", {"next": back})


@require_http_methods(["GET", "HEAD", "POST"])
def real_name(request: HttpRequest) -> HttpResponse:
    """Have the population register asked whether it knows this name and number; then go on to where one was."""
    account = _row(request)
    form = RealNameForm(request.POST if request.method == "POST" else None)
    trouble = ""
    if request.method == "POST" and form.is_valid():
        spend_as(REAL_NAME, f"account:{account.id}")
        trouble = _real_name(account, form.cleaned_data)
        if not trouble:
            messages.success(request, _("实名核验通过。"))
            return redirect(safe_next(request, reverse("account_home")))
    values = {
        "account": account,
        "form": form,
        "trouble": trouble,
        "next": safe_next(request, ""),
        "asked": request.method == "POST",
    }
    return render(request, "account/real_name.html", values)


@require_safe
def higher(request: HttpRequest) -> HttpResponse:
    """Say how to come to a higher level, and lead there where it can be had here."""
    account, back = _row(request), safe_next(request, "/")
    if account.level < Assurance.REAL_NAME:
        return redirect(f"{reverse('account_real_name')}?{urlencode({'next': back})}")
    if account.level >= Assurance.IN_PERSON:
        return _confirmed(request, back)
    code = hall_code(account.id, timezone.now())
    return render(
        request,
        "account/in_person.html",
        {"phone": account.phone.removeprefix("+86"), "code": code, "next": back},
    )


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out of this device."""
    request.session.flush()
    return redirect("/")


def to_home(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- where allauth leads to its own lists
    """Lead to the page that shows it all."""
    return redirect("account_home")


def inactive(request: HttpRequest) -> HttpResponse:
    """The account was stopped."""
    return render(request, "account/inactive.html", status=403)


def _row(request: HttpRequest) -> AccountRow:
    row = queries.account(the_account(request).id)
    if row is None:
        raise PermissionDenied  # it went while the page was asked for
    return row


def _keys(request: HttpRequest) -> Keys:
    found = directory.authenticators(the_account(request))
    kinds = {one.type for one in found}
    passkeys = tuple(one for one in found if one.type == Authenticator.Type.WEBAUTHN)
    return Keys(passkeys, Authenticator.Type.TOTP in kinds, Authenticator.Type.RECOVERY_CODES in kinds)


def _line(device: Device, key: str) -> DeviceLine:
    this = bytes(device.digest) == queries.digest_of(key)
    name, address = agent_words(device.agent), device.address
    since, seen = (
        date_format(timezone.localtime(one), "DATETIME_FORMAT") for one in (device.created_at, device.seen_at)
    )
    return DeviceLine(bytes(device.digest).hex(), name, address, since, seen, this)


def _end(request: HttpRequest, number: int, key: str, at: datetime) -> None:
    with transaction.atomic():
        if "others" in request.POST:
            operations.end_other_devices(account=number, key=key, at=at)
            messages.success(request, _("其他设备都已退出登录。"))
            return
        try:
            digest = bytes.fromhex(request.POST.get("device", ""))
        except ValueError:
            return
        if operations.end_device(account=number, digest=digest, at=at):
            messages.success(request, _("那台设备已退出登录。"))


def _real_name(account: AccountRow, typed: Mapping[str, str]) -> str:
    """Ask the register, put that on record, and keep what came of it; give what went wrong, in words."""
    at, id_number = timezone.now(), typed["id_number"]
    checked = identity.check(
        library=catalogue.current_library(), name=typed["name"], id_number=id_number, on=timezone.localdate()
    )
    trouble = ""
    with transaction.atomic():
        try:
            with transaction.atomic():
                operations.real_name(
                    account=account.id, checked=checked, id_number=id_number, phone=_own(account.phone), at=at
                )
        except UnableToRealName as error:
            trouble = _words(error)
        operations.record_check(account=account.id, checked=checked, id_number=id_number, at=at)
    if not trouble:
        telling.tell_what_happened(account.phone, "real_named", account.email)
    return trouble


def _own(phone: str) -> str:
    return phone.removeprefix("+86")


def _words(error: UnableToRealName) -> str:
    match error:
        case IdentityTaken():
            return _(
                "这个身份已经有账号了。是您以前的账号，请用那个手机号登录；不是您开的，请带身份证到办事窗口，当场收回。"
            )
        case IdentityDeceased():
            return _("人口登记里，这个号码已经注销。如果登记错了，请带身份证到户籍派出所更正。")
        case IdentityFixed():
            return _("这个账号已经实名给别人了，不能换人。请用自己的手机号另外注册。")
        case RegisterDown():
            return _("人口登记现在查不通，不是您填错了。请过几分钟再试。")
        case _:
            return _("姓名和号码对不上。请对着身份证再看一遍；刚改过名的，填现在的姓名。")
