"""The apps that one signs in to: which they are, what they know, and how to take that back."""

from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.accounts import operations, queries
from qipan.accounts.rows import AppConsentRow, AppRow
from qipan.faces.account.holder import the_account
from qipan.faces.account.openid.app_lines import AppLine, app_line


class Agreed(NamedTuple):
    """An app that one agreed to."""

    app: AppLine
    knows_name: bool
    since: str
    used: str


@require_http_methods(["GET", "HEAD", "POST"])
def apps(request: HttpRequest) -> HttpResponse:
    """List them; withdraw from one."""
    account = the_account(request).id
    if request.method == "POST":
        _withdraw(request, account)
        return redirect("account_apps")
    known = {one.id: one for one in queries.apps()}
    agreed = [_agreed(known[app], one) for app, one in queries.app_consents(account).items() if app in known]
    return render(request, "account/openid/apps.html", {"agreed": agreed})


def _withdraw(request: HttpRequest, account: int) -> None:
    with transaction.atomic():
        withdrawn = operations.withdraw(account=account, app=request.POST.get("app", ""), at=timezone.now())
    if withdrawn:
        messages.success(request, _("收回了。它手里的登录凭证已经作废；下次再用，会重新问您。"))


def _agreed(app: AppRow, consent: AppConsentRow) -> Agreed:
    since, used = (
        date_format(timezone.localtime(one), "SHORT_DATE_FORMAT") for one in (consent.since, consent.used_at)
    )
    return Agreed(app_line(app), "profile" in consent.scopes, since, used)
