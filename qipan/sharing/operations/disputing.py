"""Disputes: the requester does not accept a decision, and the common superior decides; between nodes, at the hub."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings

from qipan.core.sharing import Act
from qipan.people.actors import Acting
from qipan.sharing.granted import approve, check_named
from qipan.sharing.locked import Locked, is_repeated, lock, move
from qipan.sharing.signers import Signer
from qipan.sharing.superiors import superior_node


def dispute_request(*, acting: Acting, request: UUID, reason: str, at: datetime) -> None:
    """Ask the common superior about a refusal, or about less than was asked; raises NotTheirs, NotInThisState, Unreasoned."""
    found = lock(request, Act.DISPUTE, acting.actor)
    if not is_repeated(found, Act.DISPUTE, acting.actor):
        move(found, Act.DISPUTE, acting, at, reason, **disputed(found))


def disputed(found: Locked) -> dict[str, object]:
    """What a dispute changes besides the state: what was drafted is over, and between nodes the hub settles it."""
    superior = superior_node() if found.parties.peers else ""
    elsewhere = "" if superior == settings.QIPAN_NODE else superior
    return {"document": None, "signatures": {}, "granted": [], "coordinator_node": elsewhere}


def uphold_refusal(*, acting: Acting, request: UUID, reason: str, at: datetime) -> None:
    """Let the provider's decision stand; raises NotTheirs, NotInThisState and Unreasoned."""
    found = lock(request, Act.UPHOLD, acting.actor)
    if not is_repeated(found, Act.UPHOLD, acting.actor):
        move(found, Act.UPHOLD, acting, at, reason, coordinator=acting.actor.id, decided_at=at)


def overturn_refusal(
    *, acting: Acting, request: UUID, fields: Collection[str], reason: str, signer: Signer, at: datetime
) -> None:
    """Decide for the requester, where the provider is here: it gives these fields.

    Raises NotTheirs, NotInThisState, Unreasoned, NothingGranted and PastItsEnd.
    """
    found = lock(request, Act.OVERTURN, acting.actor)
    if not is_repeated(found, Act.OVERTURN, acting.actor):
        approve(
            found,
            Act.OVERTURN,
            acting,
            fields,
            signer=signer,
            at=at,
            reason=reason,
            coordinator=acting.actor.id,
        )


def order_sharing(
    *, acting: Acting, request: UUID, fields: Collection[str], reason: str, at: datetime
) -> None:
    """Decide for the requester, where the provider is at another node: that is to give these fields at least, and to sign for them.

    Raises NotTheirs, NotInThisState, Unreasoned and NothingGranted.
    """
    found = lock(request, Act.ORDER, acting.actor)
    if is_repeated(found, Act.ORDER, acting.actor):
        return
    check_named(fields, found)
    ordered = [field for field in found.asked.fields if field in fields]
    move(found, Act.ORDER, acting, at, reason, granted=ordered, coordinator=acting.actor.id, decided_at=at)
