"""Disputes: the requester does not accept a decision, and the common superior decides."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from qipan.core.sharing import Act
from qipan.people.actors import Acting
from qipan.sharing.granted import approve
from qipan.sharing.locked import is_repeated, lock, move
from qipan.sharing.signers import Signer


def dispute_request(*, acting: Acting, request: UUID, reason: str, at: datetime) -> None:
    """Ask the common superior about a refusal, or about less than was asked; raises NotTheirs, NotInThisState, Unreasoned."""
    found = lock(request, Act.DISPUTE, acting.actor)
    if not is_repeated(found, Act.DISPUTE, acting.actor):
        move(found, Act.DISPUTE, acting, at, reason, document=None, signatures={}, granted=[])


def uphold_refusal(*, acting: Acting, request: UUID, reason: str, at: datetime) -> None:
    """Let the provider's decision stand; raises NotTheirs, NotInThisState and Unreasoned."""
    found = lock(request, Act.UPHOLD, acting.actor)
    if not is_repeated(found, Act.UPHOLD, acting.actor):
        move(found, Act.UPHOLD, acting, at, reason, coordinator=acting.actor.id, decided_at=at)


def overturn_refusal(
    *, acting: Acting, request: UUID, fields: Collection[str], reason: str, signer: Signer, at: datetime
) -> None:
    """Decide for the requester: the provider is to give these fields.

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
