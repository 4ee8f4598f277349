"""What a person sent, in one way of writing it, and its digest, which the trail signs with the moment of submission.

Note [Whose signature]
The platform does not hold a person's key, so what it keeps is not that person's signature: it is the platform's own word, in the
entry of the submission, that this form was sent by this actor, signed in at this level. The entry is sealed with the trail
(SM2 and Ed25519, cosigned by witnesses), so neither form nor level can be changed afterwards without being found.
"""

from collections.abc import Iterable, Mapping

from qipan.applications.rows import Learned
from qipan.core import canonical

FORM = "qipan-form/1"
TYPED = frozenset(("answer", "claim"))


def form_document(event: str, version: int, learned: Iterable[Learned]) -> bytes:
    """Write what somebody sent: the event, the library, and each answer and claim by its field."""
    typed: dict[str, dict[str, object]] = {kind: {} for kind in TYPED}
    for one in learned:
        if one.kind in TYPED:
            typed[one.kind] |= one.facts
    whole: Mapping[str, object] = {"format": FORM, "event": event, "version": version, **typed}
    return canonical.write(whole)


def form_digest(event: str, version: int, learned: Iterable[Learned]) -> str:
    """The SM3 of what somebody sent, in hexadecimal."""
    return canonical.digest(form_document(event, version, learned)).hex()
