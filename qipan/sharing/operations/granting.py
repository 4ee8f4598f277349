"""A grant comes into force when the consumer signs it too, and ends before its time by either side."""

from datetime import datetime
from uuid import UUID

from qipan.core.grants import SIGNED_GRANT, SIGNED_REVOCATION, End, Revocation, read_grant
from qipan.core.sharing import Act
from qipan.exchange import operations as exchange
from qipan.exchange.operations import Signed
from qipan.people.actors import Acting
from qipan.sharing.errors import NotInThisState, PastItsEnd
from qipan.sharing.letters import one_line
from qipan.sharing.locked import Locked, is_repeated, lock, move
from qipan.sharing.signers import Signer


def sign_grant(*, acting: Acting, request: UUID, signer: Signer, at: datetime) -> None:
    """Take on the grant's duties and sign it for the consumer: it is in force from now on.

    Raises NotTheirs, NotInThisState and PastItsEnd; those of the exchange where a signature is not taken.
    """
    found = lock(request, Act.SIGN, acting.actor)
    if is_repeated(found, Act.SIGN, acting.actor):
        return
    if found.document is None:
        raise NotInThisState
    document = bytes(found.document)
    if read_grant(document).ends <= at:
        raise PastItsEnd
    signatures = {party: _read(one) for party, one in found.signatures.items()}
    signatures["consumer"] = signer.sign(SIGNED_GRANT + document)
    issued = exchange.issue_grant(document=document, signatures=signatures, at=at, acting=acting)
    written = {party: {"key": one.key, "signature": one.signature.hex()} for party, one in signatures.items()}
    move(found, Act.SIGN, acting, at, signatures=written, grant=UUID(issued.id))


def revoke_shared_grant(*, acting: Acting, request: UUID, reason: str, signer: Signer, at: datetime) -> None:
    """Revoke a grant for the provider, effective at once; raises NotTheirs, NotInThisState and Unreasoned."""
    found = lock(request, Act.REVOKE, acting.actor)
    if found.state != "revoked":
        _end(found, Act.REVOKE, acting, reason, signer=signer, at=at)


def give_up_grant(*, acting: Acting, request: UUID, reason: str, signer: Signer, at: datetime) -> None:
    """End a grant for the consumer, whose purpose is met; raises NotTheirs, NotInThisState and Unreasoned."""
    found = lock(request, Act.GIVE_UP, acting.actor)
    if found.state != "given_up":
        _end(found, Act.GIVE_UP, acting, reason, signer=signer, at=at)


def _end(found: Locked, act: Act, acting: Acting, reason: str, *, signer: Signer, at: datetime) -> None:
    move(found, act, acting, at, reason)
    agency = found.asked.provider if act is Act.REVOKE else found.asked.consumer
    ended = Revocation(str(found.grant), End(signer.node, agency), one_line(reason) or "…", at)
    signed = signer.sign(SIGNED_REVOCATION + ended.document())
    exchange.revoke_grant(document=ended.document(), signed=signed, at=at, acting=acting)


def _read(written: dict[str, str]) -> Signed:
    return Signed(written["key"], bytes.fromhex(written["signature"]))
