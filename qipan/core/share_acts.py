"""What officials at one node do to a request that another node shares in, as the document that travels there.

Each side keeps the request and moves it by the same rules; an act is done where its official is, and told to the other side, and to the
node of whoever settles a dispute. Acts of one node for another about one request are counted, so that they are taken in their order
and once.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical

SIGNED_ACT = b"qipan-share-act/1\n"
SUBMIT = "submit"
MEMBERS = frozenset(
    {
        "act",
        "agency",
        "answer",
        "asked",
        "at",
        "fields",
        "grant",
        "key",
        "node",
        "number",
        "official",
        "provider",
    }
    | {"reason", "request", "signature", "to", "version"}
)
TEXTS = (
    "request",
    "to",
    "act",
    "node",
    "agency",
    "official",
    "reason",
    "key",
    "signature",
    "provider",
    "answer",
)
ASKED_TEXTS = (
    "number",
    "resource",
    "consumer",
    "provider",
    "event",
    "purpose",
    "purpose_en",
    "region",
    "region_field",
)
ASKED_LISTS = ("services", "basis", "fields", "modes")


class NotAnAct(Exception):
    """This document is no act on a request for shared data."""


class AskedFor(NamedTuple):
    """What a request asks for, between which agencies; ``number`` is the one by which people speak of it."""

    number: str
    resource: str
    consumer: str
    provider: str
    event: str
    services: tuple[str, ...]
    purpose: str
    purpose_en: str
    basis: tuple[str, ...]
    fields: tuple[str, ...]
    region: str
    region_field: str
    own_cases: bool
    modes: tuple[str, ...]
    volume: int
    retention: int
    until: date


class ShareAct(NamedTuple):
    """One act: ``number`` counts those of its node for the node ``to`` about the request, from 1; ``fields`` are those granted.

    ``grant`` is the grant's document where one is signed, ``key`` and ``signature`` (hexadecimal) those of the acting side;
    ``asked`` comes with a submission, with an answer to a return, and with a dispute where the node ``to`` is a third one: then also
    the ``provider``'s node and its ``answer``, as the requester retells it.
    """

    request: str
    to: str
    number: int
    act: str
    at: datetime
    node: str
    agency: str
    official: str
    reason: str = ""
    fields: tuple[str, ...] = ()
    grant: str = ""
    key: str = ""
    signature: str = ""
    asked: AskedFor | None = None
    provider: str = ""
    answer: str = ""

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        said = self._asdict() | {
            "asked": _written(self.asked) if self.asked else {},
            "at": canonical.moment(self.at),
            "fields": list(self.fields),
            "version": 1,
        }
        return canonical.write(said)


def read_act(document: bytes) -> ShareAct:
    """Read an act from its bytes; raises NotAnAct."""
    try:
        whole = canonical.read(document)
        if set(whole) != MEMBERS or whole["version"] != 1 or not isinstance(whole["grant"], str):
            raise NotAnAct
        found = ShareAct(
            **{name: canonical.text(whole, name) for name in TEXTS},
            number=canonical.whole(whole, "number"),
            at=canonical.read_moment(whole["at"]),
            fields=canonical.texts(whole, "fields"),
            grant=whole["grant"],
            asked=_asked(whole["asked"]) if whole["asked"] else None,
        )
    except (NotCanonical, ValueError, TypeError):
        raise NotAnAct from None
    if found.number < 1 or not found.act or found.document() != document:
        raise NotAnAct
    return found


def _written(asked: AskedFor) -> dict[str, object]:
    lists = {name: list(getattr(asked, name)) for name in ASKED_LISTS}
    return asked._asdict() | lists | {"until": asked.until.isoformat()}


def _asked(written: object) -> AskedFor:
    whole: Mapping[str, object] = canonical.part({"asked": written}, "asked", AskedFor._fields)
    if not isinstance(whole["own_cases"], bool):
        raise NotCanonical
    texts = {name: canonical.text(whole, name) for name in ASKED_TEXTS}
    lists = {name: canonical.texts(whole, name) for name in ASKED_LISTS}
    return AskedFor(
        number=texts["number"],
        resource=texts["resource"],
        consumer=texts["consumer"],
        provider=texts["provider"],
        event=texts["event"],
        services=lists["services"],
        purpose=texts["purpose"],
        purpose_en=texts["purpose_en"],
        basis=lists["basis"],
        fields=lists["fields"],
        region=texts["region"],
        region_field=texts["region_field"],
        own_cases=whole["own_cases"],
        modes=lists["modes"],
        volume=canonical.whole(whole, "volume"),
        retention=canonical.whole(whole, "retention"),
        until=date.fromisoformat(canonical.text(whole, "until")),
    )
