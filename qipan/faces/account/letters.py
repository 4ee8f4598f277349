"""An e-mail address beside the phone: given, confirmed by the link that is sent there, dropped."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from qipan.accounts import operations
from qipan.faces.account import telling
from qipan.faces.account.holder import the_account
from qipan.faces.account.limits import CODE, spend_for

SALT = "qipan.faces.account.letters"
LASTS_SECONDS = 24 * 60 * 60
LONGEST = 254
WRONG = gettext_lazy("请填完整的邮箱地址，如 name@example.com。")


class EmailForm(forms.Form):
    """Where to write."""

    email = forms.EmailField(
        max_length=LONGEST,
        error_messages={"required": WRONG, "invalid": WRONG, "max_length": WRONG},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Say where to write, or to write no more."""
    account = the_account(request)
    if "drop" in request.POST:
        with transaction.atomic():
            operations.drop_email(account=account.id, at=timezone.now())
        messages.success(request, _("邮箱去掉了。"))
        return redirect("account_home")
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["email"]
        spend_for(request, CODE, account.phone)
        token = signing.dumps([account.id, to], salt=SALT)
        telling.tell_link(to, request.build_absolute_uri(reverse("account_confirm_email", args=[token])))
        messages.success(request, _("信已经发往 %(to)s。请在一天之内打开里面的链接。") % {"to": to})
        return redirect("account_home")
    return render(request, "account/email.html", {"form": form, "now": account.email})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever opens the link, and is signed in to the account that it was sent for, has this address."""
    account = the_account(request)
    try:
        number, to = signing.loads(token, salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        number, to = 0, ""
    if number != account.id:
        messages.error(request, _("这个链接过期了，或者是给另一个账号的。请重新填一次邮箱。"))
        return redirect("account_home")
    if request.method != "POST":
        return render(request, "account/email_confirm.html", {"to": to})
    with transaction.atomic():
        operations.confirm_email(account=account.id, email=to, at=timezone.now())
    telling.tell_what_happened(account.phone, "email_confirmed", to)
    messages.success(request, _("邮箱确认了。以后账号有变动，短信和邮件都会告诉您。"))
    return redirect("account_home")
