"""Passkeys, authenticators and recovery codes that come and go on allauth's own pages, put into the trail with the row itself."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from qipan.accounts import operations
from qipan.accounts.hall_codes import is_hall_visit
from qipan.accounts.session_store import SHOWN
from qipan.core.posts import FACTORS
from qipan.faces.account.holder import NotOnAPage, own, this_request

BOUND = "hall"  # in what is kept of a passkey that was added at a hall


def put_on_record() -> None:
    """Listen to the rows; allauth's own signals come once the transaction is over."""
    post_save.connect(_added, sender=Authenticator)
    post_delete.connect(_removed, sender=Authenticator)


def _added(instance: Authenticator, *, created: bool, **_said: Any) -> None:
    if not created:
        return
    _record("add_authenticator", instance)
    if instance.type == Authenticator.Type.WEBAUTHN and is_hall_visit(own(instance.user), timezone.now()):
        instance.data = {**instance.data, BOUND: True}
        instance.save(update_fields=["data"])
        _record("bind_passkey_at_hall", instance)


def _removed(instance: Authenticator, **_said: Any) -> None:
    """Whatever was opened with it is over: other devices are signed out, and on this one it no longer counts as shown."""
    _record("remove_authenticator", instance)
    if instance.type not in FACTORS:
        return
    with transaction.atomic():
        operations.end_other_devices(
            account=instance.user_id, key=_shown_no_more(instance.pk), at=timezone.now()
        )


def _shown_no_more(factor: int) -> str:
    """In the session of the page, if it was one that took the factor away; gives that session's key, or nothing."""
    try:
        session = this_request().session
    except NotOnAPage:
        return ""
    session[SHOWN] = [one for one in session.get(SHOWN, ()) if one.get("id") != factor]
    return str(session.session_key)


def _record(act: str, authenticator: Authenticator) -> None:
    with transaction.atomic():  # of the page's own, where that is under way
        operations.record_act(
            act=act, account=authenticator.user_id, at=timezone.now(), kind=str(authenticator.type)
        )
