"""Every reason why a gateway lets nothing through: its code and its HTTP status; its words are in look/exchange_words.py."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from qipan.core.envelope import Fault
from qipan.core.grants import Refusal
from qipan.faces.look.exchange_words import refusal_said


class Trouble(StrEnum):
    """What else can go wrong at a gateway."""

    TOO_BIG = "too-big"
    TOO_DEEP = "too-deep"
    TOO_SLOW = "too-slow"
    TOO_MANY = "too-many"
    NOT_A_CALL = "not-a-call"
    KEYS = "keys-wrong"
    CASE = "case-not-open"
    WITHHELD = "withheld"
    WALL = "wall"
    NOT_HELD = "not-held"
    EXCESS = "excess"
    REGISTER_DOWN = "register-down"
    REGISTER_NONSENSE = "register-nonsense"
    NO_RECORD = "no-record-no-data"
    PEER_DOWN = "peer-down"
    UNSIGNED = "answer-unsigned"
    STRANGER = "not-from-inside"
    NOT_TAKEN = "not-taken"
    OUT_OF_TURN = "out-of-turn"
    FAILED = "gateway-failed"
    UNREADABLE = "unreadable"
    OUT_OF_ORDER = "out-of-order"
    ENDED = "stream-ended"
    OTHER_STREAM = "other-stream"
    MANIFEST = "manifest-wrong"
    DISAGREES = "batch-disagrees"
    NO_SEALING_KEY = "no-sealing-key"
    NOT_LOOKED_UP = "not-looked-up"


STATUS: Final[Mapping[str, int]] = {
    Fault.MISSING: 401,
    Fault.DUPLICATE: 400,
    Fault.MALFORMED: 400,
    Fault.RECEIVER: 403,
    Fault.LIST_ENDED: 503,
    Fault.NODE: 401,
    Fault.KEY: 401,
    Fault.KEY_ENDED: 401,
    Fault.SUITE: 401,
    Fault.SIGNATURE: 401,
    Fault.CLOCK: 401,
    Fault.REPLAYED: 409,
    Fault.METHOD: 400,
    Fault.PATH: 400,
    Fault.QUERY: 400,
    Fault.CONTENT_TYPE: 400,
    Fault.BODY: 400,
    Fault.OTHER_REQUEST: 502,
    Fault.STATUS: 502,
    Refusal.UNKNOWN: 403,
    Refusal.REVOKED: 403,
    Refusal.NOT_YET: 403,
    Refusal.EXPIRED: 403,
    Refusal.OTHER_PROVIDER: 403,
    Refusal.OTHER_CONSUMER: 403,
    Refusal.OTHER_RESOURCE: 403,
    Refusal.MODE: 403,
    Refusal.NO_PURPOSE: 403,
    Refusal.OTHER_PURPOSE: 403,
    Refusal.NO_BASIS: 403,
    Refusal.OTHER_BASIS: 403,
    Refusal.OTHER_EVENT: 403,
    Refusal.OTHER_SERVICE: 403,
    Refusal.NO_CASE: 403,
    Refusal.NO_OFFICIAL: 403,
    Refusal.NO_FIELDS: 400,
    Refusal.FIELD: 403,
    Refusal.VOLUME: 429,
    Refusal.ROW: 403,
    Trouble.TOO_BIG: 413,
    Trouble.TOO_DEEP: 400,
    Trouble.TOO_SLOW: 408,
    Trouble.TOO_MANY: 429,
    Trouble.NOT_A_CALL: 400,
    Trouble.KEYS: 400,
    Trouble.CASE: 403,
    Trouble.WITHHELD: 403,
    Trouble.WALL: 403,
    Trouble.NOT_HELD: 404,
    Trouble.EXCESS: 502,
    Trouble.REGISTER_DOWN: 503,
    Trouble.REGISTER_NONSENSE: 502,
    Trouble.NO_RECORD: 503,
    Trouble.PEER_DOWN: 503,
    Trouble.UNSIGNED: 502,
    Trouble.STRANGER: 401,
    Trouble.FAILED: 500,
    Trouble.NOT_TAKEN: 403,
    Trouble.OUT_OF_TURN: 409,
    Trouble.UNREADABLE: 400,
    Trouble.OUT_OF_ORDER: 409,
    Trouble.ENDED: 409,
    Trouble.OTHER_STREAM: 403,
    Trouble.MANIFEST: 403,
    Trouble.DISAGREES: 409,
    Trouble.NO_SEALING_KEY: 503,
    Trouble.NOT_LOOKED_UP: 403,
}
ALARMING = frozenset(
    {Trouble.EXCESS, Trouble.UNSIGNED, Fault.OTHER_REQUEST, Fault.STATUS, Fault.BODY, Fault.REPLAYED}
    | {Trouble.UNREADABLE, Trouble.OTHER_STREAM, Trouble.MANIFEST, Trouble.DISAGREES}
)
REFUSED_THERE = 502  # by a code that we do not know


class Refused(Exception):
    """Nothing passes; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = str(code)


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    return STATUS.get(code, REFUSED_THERE)


def told(code: str) -> dict[str, str]:
    """A refusal in words, as it is answered."""
    words = refusal_said(code)
    return {"code": code, "zh": words.zh, "en": words.en}
