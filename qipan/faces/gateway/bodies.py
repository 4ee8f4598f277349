"""The bodies of look-ups: what is asked, what is answered. JSON of exactly these shapes.

Asked: ``{"fields": ["b.name"], "keys": {"a.id_number": "…"}, "resource": "marriage"}``. Answered: ``{"facts": {"b.name": "…"},
"found": true, "unbelieved": {"b.birth_date": "not-date"}}``; a refusal: ``{"code": "…", "en": "…", "zh": "…"}``.
"""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic_core import from_json, to_json

from qipan.core.elements import Value
from qipan.faces.gateway.bounds import check_depth
from qipan.faces.gateway.refusals import Refused, Trouble, told

LONGEST_KEY = 200  # characters
MOST_FIELDS = 256


class Asked(NamedTuple):
    """One look-up, by the resource's own fields as written."""

    resource: str
    keys: Mapping[str, Value]
    fields: tuple[str, ...]


class Answered(NamedTuple):
    """What came of it; ``unbelieved`` are fields whose value failed its checks, each with the reason."""

    found: bool
    facts: Mapping[str, Value]
    unbelieved: Mapping[str, str]


def write_asked(asked: Asked) -> bytes:
    """Write what is asked."""
    return to_json({"fields": asked.fields, "keys": asked.keys, "resource": asked.resource})


def read_asked(body: bytes) -> Asked:
    """Read what is asked; raises Refused."""
    match parsed(body):
        case {"resource": str() as resource, "keys": dict() as keys, "fields": list() as fields, **rest} if (
            not rest and _texts(fields) and _values(keys)
        ):
            return Asked(resource, keys, tuple(fields))
    raise Refused(Trouble.NOT_A_CALL)


def write_answered(answered: Answered) -> bytes:
    """Write an answer."""
    return to_json(answered._asdict())


def read_answered(body: bytes) -> Answered:
    """Read an answer; raises Refused."""
    match parsed(body):
        case {
            "found": bool() as found,
            "facts": dict() as facts,
            "unbelieved": dict() as unbelieved,
            **rest,
        } if not rest and _values(facts, longest=None) and _texts(list(unbelieved.values())):
            return Answered(found, facts, unbelieved)
    raise Refused(Trouble.NOT_A_CALL)


def write_refusal(code: str) -> bytes:
    """Write a refusal, in words."""
    return to_json(told(code))


def parsed(body: bytes) -> object:
    """Read JSON that is not too deep; raises Refused."""
    check_depth(body)
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Refused(Trouble.NOT_A_CALL) from None


def _texts(found: list[object]) -> bool:
    return len(found) <= MOST_FIELDS and all(isinstance(one, str) and one for one in found)


def _values(found: Mapping[object, object], longest: int | None = LONGEST_KEY) -> bool:
    return len(found) <= MOST_FIELDS and all(
        isinstance(name, str)
        and isinstance(value, str | int | float | bool)
        and (longest is None or len(str(value)) <= longest)
        for name, value in found.items()
    )
