"""Grants 共享授权: who may use which fields of which rows of a resource, for which purpose, how much, until when.

A grant is a document that both its parties sign: the provider, whose resource it is, and the consumer, who promises to keep to it.
Either can revoke it by a signed document of its own. `check` holds a call against a grant: pure, and every refusal has its own code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical

SIGNED_GRANT = b"qipan-grant/1\n"
SIGNED_REVOCATION = b"qipan-revocation/1\n"
LONGEST = timedelta(days=5 * 366)
USUAL_ANSWER, MOST_ANSWER = 1024 * 1024, 16 * 1024 * 1024  # bytes of the answer to one look-up
OPTIONAL = frozenset({"answer_bytes"})
MEMBERS = frozenset(
    {"basis", "consumer", "event", "fields", "from", "id", "modes", "provider", "purpose", "resource"}
    | {"retention_days", "rows", "services", "until", "version", "volume_per_day"}
)
REVOCATION_MEMBERS = frozenset(("at", "by", "grant", "reason", "version"))
ID_LENGTH = 36


class Mode(StrEnum):
    """How data may travel under a grant: look-up 查询, push 推送, batch file 批量."""

    LOOK_UP = "look-up"
    PUSH = "push"
    BATCH = "batch"


class Refusal(StrEnum):
    """Why a grant does not let a call through."""

    UNKNOWN = "grant-unknown"
    REVOKED = "grant-revoked"
    NOT_YET = "grant-not-yet"
    EXPIRED = "grant-expired"
    OTHER_PROVIDER = "other-provider"
    OTHER_CONSUMER = "other-consumer"
    OTHER_RESOURCE = "other-resource"
    MODE = "mode-not-granted"
    NO_PURPOSE = "no-purpose"
    OTHER_PURPOSE = "other-purpose"
    NO_BASIS = "no-basis"
    OTHER_BASIS = "other-basis"
    OTHER_EVENT = "other-event"
    OTHER_SERVICE = "other-service"
    NO_CASE = "no-case"
    NO_OFFICIAL = "no-official"
    NO_FIELDS = "no-fields"
    FIELD = "field-not-granted"
    VOLUME = "volume-used-up"
    ROW = "foreign-row"


class NotAGrant(Exception):
    """This document is no grant, or one that nobody should sign; the message names the member at fault."""


class NotARevocation(Exception):
    """This document is no revocation of a grant."""


class End(NamedTuple):
    """One party: an agency (``330106002.public_security``, or the node's own) and the node whose gateway speaks for it."""

    node: str
    agency: str


class Rows(NamedTuple):
    """Which rows: those whose ``field`` begins with ``region`` (GB/T 2260; empty: all), and of one's own cases only."""

    region: str = ""
    field: str = ""
    own_cases: bool = True


ANY_OF_OWN_CASES = Rows()


@dataclass(frozen=True, slots=True)
class Grant:
    """What both parties sign; empty ``services`` mean all of the life event's, an empty ``event`` any.

    ``fields`` are the resource's own (``b.name``); ``volume`` is in rows a day (UTC), ``retention`` in days; ``begins`` is in,
    ``ends`` is not. ``answer`` is the largest answer to a look-up, in bytes; it is written where it is not the usual one.
    """

    id: str
    resource: str
    provider: End
    consumer: End
    purpose_zh: str
    purpose_en: str
    basis: tuple[str, ...]
    fields: tuple[str, ...]
    begins: datetime
    ends: datetime
    event: str = ""
    services: tuple[str, ...] = ()
    rows: Rows = ANY_OF_OWN_CASES
    modes: tuple[Mode, ...] = (Mode.LOOK_UP,)
    volume: int = 1000
    retention: int = 30
    answer: int = USUAL_ANSWER

    def document(self) -> bytes:
        """Give the grant's bytes; SM3 over them is its digest."""
        return canonical.write(_written(self))


class Revocation(NamedTuple):
    """The end of a grant before its time, by either party."""

    grant: str
    by: End
    reason: str
    at: datetime

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        return canonical.write(
            {
                "at": canonical.moment(self.at),
                "by": self.by._asdict(),
                "grant": self.grant,
                "reason": self.reason,
                "version": 1,
            }
        )


class Call(NamedTuple):
    """What is asked under a grant, as the consumer's gateway signed it; ``official`` may be the rule that acted."""

    grant: str
    resource: str
    provider: End
    consumer: End
    purpose: str
    basis: str
    case: str
    official: str
    fields: tuple[str, ...]
    event: str = ""
    services: tuple[str, ...] = ()
    mode: Mode = Mode.LOOK_UP
    rows: int = 1


def check(
    grant: Grant | None, call: Call, now: datetime, used_today: int, *, revoked: bool = False
) -> Refusal | None:
    """Say why this call may not pass under this grant, or None where it may; ``used_today`` are the rows that have passed."""
    if grant is None or grant.id != call.grant:
        return Refusal.UNKNOWN
    if revoked:
        return Refusal.REVOKED
    return (
        _against_time(grant, now)
        or _against_ends(grant, call)
        or _against_ground(grant, call)
        or (_against_amount(grant, call, used_today))
    )


def check_row(grant: Grant, row: Mapping[str, object]) -> Refusal | None:
    """Say why a row may not pass: it is of another region. ``row`` holds ``grant.rows.field`` where the grant names one."""
    if grant.rows.region and not str(row.get(grant.rows.field) or "").startswith(grant.rows.region):
        return Refusal.ROW
    return None


def _against_time(grant: Grant, now: datetime) -> Refusal | None:
    if now < grant.begins:
        return Refusal.NOT_YET
    return Refusal.EXPIRED if now >= grant.ends else None


def _against_ends(grant: Grant, call: Call) -> Refusal | None:
    if call.provider != grant.provider:
        return Refusal.OTHER_PROVIDER
    if call.consumer != grant.consumer:
        return Refusal.OTHER_CONSUMER
    if call.resource != grant.resource:
        return Refusal.OTHER_RESOURCE
    return None if call.mode in grant.modes else Refusal.MODE


def _against_ground(grant: Grant, call: Call) -> Refusal | None:
    if not call.purpose.strip():
        return Refusal.NO_PURPOSE
    if call.purpose != grant.purpose_zh:
        return Refusal.OTHER_PURPOSE
    if not call.basis.strip():
        return Refusal.NO_BASIS
    if call.basis not in grant.basis:
        return Refusal.OTHER_BASIS
    if grant.event and call.event != grant.event:
        return Refusal.OTHER_EVENT
    if grant.services and not (call.services and set(call.services) <= set(grant.services)):
        return Refusal.OTHER_SERVICE
    return _against_actor(grant, call)


def _against_actor(grant: Grant, call: Call) -> Refusal | None:
    """What is pushed names no case: cases that are open decided which rows it brings (core/following.py)."""
    if grant.rows.own_cases and call.mode is not Mode.PUSH and not call.case.strip():
        return Refusal.NO_CASE
    return None if call.official.strip() else Refusal.NO_OFFICIAL


def _against_amount(grant: Grant, call: Call, used_today: int) -> Refusal | None:
    if not call.fields:
        return Refusal.NO_FIELDS
    if not set(call.fields) <= set(grant.fields):
        return Refusal.FIELD
    return Refusal.VOLUME if call.rows < 1 or used_today + call.rows > grant.volume else None


def read_grant(document: bytes) -> Grant:
    """Read a grant from its bytes; raises NotAGrant."""
    try:
        whole = canonical.read(document)
        if set(whole) - OPTIONAL != MEMBERS or whole["version"] != 1:
            raise NotAGrant("members")
        found = _sound(_read(whole))
    except (NotCanonical, ValueError):
        raise NotAGrant("document") from None
    if found.document() != document:
        raise NotAGrant("answer_bytes")
    return found


def read_revocation(document: bytes) -> Revocation:
    """Read a revocation from its bytes; raises NotARevocation."""
    try:
        whole = canonical.read(document)
        if set(whole) != REVOCATION_MEMBERS or whole["version"] != 1:
            raise NotARevocation
        at = canonical.read_moment(whole["at"])
        found = Revocation(
            canonical.text(whole, "grant"), _end(whole, "by"), canonical.text(whole, "reason"), at
        )
    except NotCanonical:
        raise NotARevocation from None
    if not found.reason.strip():
        raise NotARevocation
    return found


def _written(grant: Grant) -> dict[str, object]:
    larger = {} if grant.answer == USUAL_ANSWER else {"answer_bytes": grant.answer}
    return {
        **larger,
        "basis": list(grant.basis),
        "consumer": grant.consumer._asdict(),
        "event": grant.event,
        "fields": list(grant.fields),
        "from": canonical.moment(grant.begins),
        "id": grant.id,
        "modes": [str(mode) for mode in grant.modes],
        "provider": grant.provider._asdict(),
        "purpose": {"en": grant.purpose_en, "zh": grant.purpose_zh},
        "resource": grant.resource,
        "retention_days": grant.retention,
        "rows": grant.rows._asdict(),
        "services": list(grant.services),
        "until": canonical.moment(grant.ends),
        "version": 1,
        "volume_per_day": grant.volume,
    }


def _read(whole: dict[str, object]) -> Grant:
    purpose = canonical.part(whole, "purpose", ("en", "zh"))
    return Grant(
        id=canonical.text(whole, "id"),
        resource=canonical.text(whole, "resource"),
        provider=_end(whole, "provider"),
        consumer=_end(whole, "consumer"),
        purpose_zh=canonical.text(purpose, "zh"),
        purpose_en=canonical.text(purpose, "en"),
        basis=canonical.texts(whole, "basis"),
        fields=canonical.texts(whole, "fields"),
        begins=canonical.read_moment(whole["from"]),
        ends=canonical.read_moment(whole["until"]),
        event=canonical.text(whole, "event"),
        services=canonical.texts(whole, "services"),
        rows=_rows(whole),
        modes=tuple(Mode(one) for one in canonical.texts(whole, "modes")),
        volume=canonical.whole(whole, "volume_per_day"),
        retention=canonical.whole(whole, "retention_days"),
        answer=canonical.whole({"answer_bytes": USUAL_ANSWER, **whole}, "answer_bytes"),
    )


def _end(whole: dict[str, object], name: str) -> End:
    found = canonical.part(whole, name, End._fields)
    return End(canonical.text(found, "node"), canonical.text(found, "agency"))


def _rows(whole: dict[str, object]) -> Rows:
    found = canonical.part(whole, "rows", Rows._fields)
    if not isinstance(found["own_cases"], bool):
        raise NotCanonical
    return Rows(canonical.text(found, "region"), canonical.text(found, "field"), found["own_cases"])


def _sound(grant: Grant) -> Grant:
    """Give the grant back where it grants something, to somebody, for something, for a time; raises NotAGrant."""
    faults = {
        "id": len(grant.id) != ID_LENGTH or not set(grant.id) <= set("0123456789abcdef-"),
        "resource": not grant.resource,
        "provider": not all(grant.provider),
        "consumer": not all(grant.consumer),
        "purpose": not (grant.purpose_zh.strip() and grant.purpose_en.strip()),
        "basis": not any(one.strip() for one in grant.basis),
        "fields": not grant.fields,
        "rows": bool(grant.rows.region) != bool(grant.rows.field),
        "modes": not grant.modes,
        "until": not grant.begins < grant.ends <= grant.begins + LONGEST,
        "volume_per_day": grant.volume < 1,
        "retention_days": grant.retention < 0,
        "answer_bytes": not 0 < grant.answer <= MOST_ANSWER,
    }
    for member, fault in faults.items():
        if fault:
            raise NotAGrant(member)
    return grant
