"""What the agency that answers for a resource decides about a request."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from qipan.core.sharing import Act
from qipan.people.actors import Acting
from qipan.sharing.granted import approve
from qipan.sharing.locked import is_repeated, lock, move
from qipan.sharing.signers import Signer


def approve_request(
    *, acting: Acting, request: UUID, fields: Collection[str], signer: Signer, at: datetime, reason: str = ""
) -> None:
    """Approve all or some of the fields, and sign the grant for the provider.

    Raises NotTheirs, NotInThisState, NothingGranted, PastItsEnd, and Unreasoned where less is given than was asked.
    """
    found = lock(request, Act.APPROVE, acting.actor)
    if not is_repeated(found, Act.APPROVE, acting.actor):
        approve(
            found, Act.APPROVE, acting, fields, signer=signer, at=at, reason=reason, approver=acting.actor.id
        )


def return_request(*, acting: Acting, request: UUID, reason: str, at: datetime) -> None:
    """Ask for more: the clock stops until the answer. Raises NotTheirs, NotInThisState and Unreasoned."""
    _decide(acting, request, Act.RETURN, reason, at)


def refuse_request(*, acting: Acting, request: UUID, reason: str, at: datetime) -> None:
    """Refuse; the requester may dispute it. Raises NotTheirs, NotInThisState and Unreasoned."""
    _decide(acting, request, Act.REFUSE, reason, at)


def _decide(acting: Acting, request: UUID, act: Act, reason: str, at: datetime) -> None:
    found = lock(request, act, acting.actor)
    if not is_repeated(found, act, acting.actor):
        decided = {"approver": acting.actor.id, "decided_at": at}
        move(found, act, acting, at, reason, **decided)
