"""An approved request as the grant that both parties sign."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from uuid import uuid4

from django.utils import timezone

from qipan.core.grants import SIGNED_GRANT, End, Grant, Mode, Rows
from qipan.core.sharing import Act, State
from qipan.people.actors import Acting
from qipan.sharing.errors import LessThanOrdered, NothingGranted, PastItsEnd, Unreasoned
from qipan.sharing.locked import Locked, move
from qipan.sharing.signers import Signer


def approve(
    found: Locked,
    act: Act,
    acting: Acting,
    fields: Collection[str],
    *,
    signer: Signer,
    at: datetime,
    reason: str,
    **columns: object,
) -> None:
    """Move a locked request to its approval, with the grant drafted and signed for the provider.

    Raises NothingGranted, LessThanOrdered, PastItsEnd, NotInThisState, and Unreasoned where less is given than was asked or ordered.
    """
    check_named(fields, found)
    ordered = found.granted if found.state == State.ORDERED else ()
    if not set(ordered) <= set(fields):
        raise LessThanOrdered
    if set(fields) < set(found.asked.fields) and not ordered and not reason.strip():
        raise Unreasoned
    given = [field for field in found.asked.fields if field in fields]
    document = drafted(found, given, signer.node, at).document()
    signed = signer.sign(SIGNED_GRANT + document)
    move(
        found,
        act,
        acting,
        at,
        reason,
        granted=given,
        decided_at=at,
        decided_by="",
        document=document,
        signatures={"provider": {"key": signed.key, "signature": signed.signature.hex()}},
        **columns,
    )


def check_named(fields: Collection[str], found: Locked) -> None:
    """See that at least one field is named, and none that was not asked for; raises NothingGranted."""
    if not fields or not set(fields) <= set(found.asked.fields):
        raise NothingGranted


def drafted(found: Locked, fields: list[str], node: str, at: datetime) -> Grant:
    """The grant that a request becomes, where this ``node`` speaks for whoever is here; raises PastItsEnd."""
    begins = at.replace(microsecond=0)
    ends = datetime.combine(found.asked.until + timedelta(days=1), time.min, timezone.get_current_timezone())
    if ends <= begins:
        raise PastItsEnd
    return Grant(
        id=str(uuid4()),
        resource=found.asked.resource,
        provider=End(found.provider_node or node, found.asked.provider),
        consumer=End(found.consumer_node or node, found.asked.consumer),
        purpose_zh=found.asked.purpose,
        purpose_en=found.asked.purpose_en or found.asked.purpose,
        basis=found.asked.basis,
        fields=tuple(fields),
        begins=begins,
        ends=ends,
        event=found.asked.event,
        services=found.asked.services,
        rows=Rows(found.asked.region, found.asked.region_field, found.asked.own_cases),
        modes=tuple(map(Mode, found.asked.modes)),
        volume=found.asked.volume,
        retention=found.asked.retention,
    )
