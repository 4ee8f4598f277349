"""The facts of an application: of several values of a field the latest counts, and a claim never does."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.intake import field_of
from qipan.applications.rows import Fact
from qipan.core.elements import Field, Value

FACTS = """
SELECT DISTINCT ON (fact.key) fact.key, fact.value, learned.kind, learned.via, learned.learned_at
FROM fact_sets learned, jsonb_each(learned.values) fact
WHERE learned.application_id = %s AND learned.kind <> 'claim'
ORDER BY fact.key, learned.id DESC
"""
LEARN = """
INSERT INTO fact_sets (application_id, kind, via, values, learned_at)
VALUES (%s, %s, %s, %s, %s)
"""


class FactSource(NamedTuple):
    """Where facts came from: see ``FactSet`` for the kinds."""

    kind: str
    via: str = ""


def facts_of(application: UUID) -> list[Fact]:
    """Read what is known in an application, each fact with its provenance."""
    return records.rows(Fact, FACTS, [application])


def values_of(facts: list[Fact]) -> dict[Field, Value]:
    """Give the bare values by field."""
    return {field_of(fact.field): fact.value for fact in facts}


def learn(application: UUID, source: FactSource, values: Mapping[Field, Value], at: datetime) -> None:
    """Add facts to an application; what was known before stays on record."""
    if values:
        written = {str(field): value for field, value in values.items()}
        records.execute(LEARN, [application, source.kind, source.via, records.jsonb(written), at])
