"""What allauth asks of us: whose a phone is, how often one may try, and what is told to whom."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from qipan.accounts import directory, operations
from qipan.accounts.models import Account
from qipan.faces.account import telling
from qipan.faces.account.holder import own, this_request
from qipan.faces.account.limits import CODE, GUESS, spend_for
from qipan.faces.account.phone_numbers import PhoneField
from qipan.faces.look.limits import SIGN_IN, address, spend

WORDS: Mapping[str, object] = {
    "account_inactive": _("这个账号已停用。请拨打 12345，或到就近的办事窗口。"),
    "phone_password_mismatch": _("手机号或密码不对。忘了密码，可以用短信验证码登录。"),
    "incorrect_code": _("验证码不对，请再看一遍短信。"),
    "incorrect_password": _("密码不对。"),
    "phone_taken": _("这个号码已经有账号了，请直接登录。"),
    "unknown_phone": _("这个号码还没有账号。"),
    "same_as_current": _("这就是现在的号码。"),
    "too_many_login_attempts": _("错了太多次，这个验证码作废了。请重新获取。"),
    "rate_limited": _("太快了，请过一会儿再试。"),
}


class Adapter(DefaultAccountAdapter):
    """See `ACCOUNT_ADAPTER` in allauth's handbook."""

    error_messages = {**DefaultAccountAdapter.error_messages, **WORDS}

    def new_user(self, request: HttpRequest) -> AbstractBaseUser:  # noqa: ARG002 -- as allauth calls it
        """Make an account whose number nobody has proved to have yet."""
        return Account(created_at=timezone.now())

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        """A field for a phone number."""
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> AbstractBaseUser | None:
        """Find the account of a verified number."""
        return directory.by_phone(phone)

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        """Give an account's number, and whether it is verified."""
        account = own(user)
        return (account.phone, account.phone_verified) if account.phone else None

    def set_phone(self, user: AbstractBaseUser, phone: str, verified: bool) -> None:  # noqa: FBT001 -- as allauth calls it
        """Keep the number that somebody registers with."""
        account = own(user)
        account.phone, account.phone_verified = phone, verified
        account.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        """The number is theirs: of a new account, or in the place of the one before."""
        account = own(user)
        before = account.phone if account.phone_verified else ""
        if before == phone:
            return
        with transaction.atomic():
            self.set_phone(user, phone, verified=True)
            act = "change_phone" if before else "register_account"
            operations.record_act(act=act, account=account.id, at=timezone.now())
        if before:
            telling.tell_what_happened(before, "phone_changed", account.email)

    def save_user(
        self,
        request: HttpRequest,
        user: AbstractBaseUser,
        form: Any,
        commit: bool = True,  # noqa: FBT001, FBT002 -- as allauth calls it
    ) -> AbstractBaseUser:
        """Keep a new account; its number comes first, as a row has one."""
        own(user).phone = form.cleaned_data["phone"]
        return super().save_user(request, user, form, commit)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a guess of a password; raises TooMany."""
        spend(request, SIGN_IN)
        spend_for(request, GUESS, str(credentials.get("phone", "")))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in, and put it into the trail."""
        with transaction.atomic():
            super().login(request, user)
            request.session.save()
            how = [one["method"] for one in request.session.get("account_authentication_methods", [])]
            operations.record_act(act="sign_in", account=own(user).id, at=timezone.now(), by=how or ["phone"])

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, *, signup: bool, **more: Any
    ) -> HttpResponse:
        """Go on to where they were going; somebody new who was going to a matter says first who they are, as registering promised."""
        response = super().post_login(request, user, signup=signup, **more)
        onward = response.headers.get("Location", "/")
        if not signup or onward == "/" or onward.startswith(reverse("account_home")):
            return response
        return redirect(f"{reverse('account_real_name')}?{urlencode({'next': onward})}")

    def send_verification_code_sms(
        self,
        user: AbstractBaseUser,  # noqa: ARG002 -- as allauth calls it
        phone: str,
        code: str,
        **_kwargs: Any,
    ) -> None:
        """Send a code; raises TooMany."""
        _count_message(phone)
        telling.tell_code(phone, code)

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Say, to the phone alone, that the number has its account; raises TooMany."""
        _count_message(phone)
        telling.tell_known(phone)

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        """Say, to the phone alone, that the number has no account; raises TooMany."""
        _count_message(phone)
        telling.tell_unknown(phone)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,  # noqa: ARG002 -- as allauth calls it
        email: str | None = None,  # noqa: ARG002 -- as allauth calls it
    ) -> None:
        """Tell the owner what happened, by text message, and by letter where they gave an address."""
        telling.tell_what_happened(own(user).phone, template_prefix, own(user).email)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where a request comes from, as the platform counts it."""
        return address(request)


def _count_message(phone: str) -> None:
    request = this_request()
    spend(request, SIGN_IN)
    spend_for(request, CODE, phone)
