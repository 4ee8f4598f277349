"""The facts of an application: of several values of a field the latest counts, and a claim never does."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.intake import field_of
from qipan.core.elements import Field, Value

FACT_SETS = "SELECT kind, values FROM fact_sets WHERE application_id = %s AND kind <> 'claim' ORDER BY id"
LEARN = """
INSERT INTO fact_sets (application_id, kind, via, values, learned_at)
VALUES (%s, %s, %s, %s, %s)
"""


class FactSource(NamedTuple):
    """Where facts came from: see ``FactSet`` for the kinds."""

    kind: str
    via: str = ""


class KnownFact(NamedTuple):
    """A fact and the kind of source it came from."""

    field: str
    value: Value
    kind: str


class _FactSet(NamedTuple):
    kind: str
    values: Mapping[str, Value]


def facts_of(application: UUID) -> list[KnownFact]:
    """Read what is known in an application."""
    latest = {
        field: KnownFact(field, value, learned.kind)
        for learned in records.rows(_FactSet, FACT_SETS, [application])
        for field, value in learned.values.items()
    }
    return list(latest.values())


def values_of(facts: list[KnownFact]) -> dict[Field, Value]:
    """Give the bare values by field."""
    return {field_of(fact.field): fact.value for fact in facts}


def learn(application: UUID, source: FactSource, values: Mapping[Field, Value], at: datetime) -> None:
    """Add facts to an application; what was known before stays on record."""
    if values:
        written = {str(field): value for field, value in values.items()}
        records.execute(LEARN, [application, source.kind, source.via, records.jsonb(written), at])
