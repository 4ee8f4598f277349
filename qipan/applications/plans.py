"""Plans as they are stored: once for all applications that came out alike (docs/decisions/0011)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter

from qipan import records
from qipan.core.plan import Plan, PlannedService

_PLANS = TypeAdapter(Plan)
STORE = """
INSERT INTO plans (digest, event, version, body, visible) VALUES (%s, %s, %s, %s, %s::jsonb)
ON CONFLICT (digest) DO NOTHING
"""
STORED = "SELECT version, body, visible FROM plans WHERE digest = %s"


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A plan with its digest and how it is stored; ``visible`` lists each service's own fields, all that its officials see."""

    plan: Plan
    version: int
    digest: str
    body: str
    visible: Mapping[str, Sequence[str]]

    def service(self, name: str) -> PlannedService | None:
        """Find a planned service by name."""
        return next((each for each in self.plan.services if each.service == name), None)


class _Stored(NamedTuple):
    version: int
    body: str
    visible: Mapping[str, Sequence[str]]


class NoSuchPlan(LookupError):
    """An application names a plan that is not stored: the database was altered by hand."""


def planned(plan: Plan, version: int) -> Planned:
    """Encode a plan; its digest is over the event, the version and every byte of it."""
    body = _PLANS.dump_json(plan)
    digest = hashlib.sha256(f"{version}\n".encode() + body).hexdigest()
    return Planned(plan, version, digest, body.decode(), visible_fields(plan))


def visible_fields(plan: Plan) -> dict[str, list[str]]:
    """List for each service the fields that it needs or gives."""
    return {each.service: [str(field) for field in (*each.needs, *each.gives)] for each in plan.services}


def store(one: Planned) -> None:
    """Store a plan unless it is there."""
    records.execute(
        STORE, [one.digest, one.plan.event, one.version, one.body, records.json_text(one.visible)]
    )


@lru_cache(maxsize=512)
def stored(digest: str) -> Planned:
    """Read a stored plan; kept in memory, as it never changes."""
    row = records.prepared(_Stored, STORED, [digest])
    if row is None:
        raise NoSuchPlan(digest)
    return Planned(_PLANS.validate_json(row.body), row.version, digest, row.body, row.visible)
