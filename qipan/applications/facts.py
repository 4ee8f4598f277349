"""The facts of an application: of several values of a field the latest counts, and a claim never does."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.intake import field_of
from qipan.applications.rows import Learned
from qipan.core.elements import Field, Value

LATEST = """
SELECT DISTINCT ON (field) field, value, kind FROM facts
WHERE application = %s AND kind <> 'claim' ORDER BY field, act DESC, place DESC
"""
LEARN = "INSERT INTO fact_sets (application_id, learned) VALUES (%s, %s::jsonb)"


LATEST_OF_EACH = """
SELECT DISTINCT ON (application, field) application, field, value FROM facts
WHERE application = ANY(%(applications)s) AND kind <> 'claim' ORDER BY application, field, act DESC, place DESC
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


class _Via(NamedTuple):
    via: str


class _FactOf(NamedTuple):
    application: UUID
    field: str
    value: Value


def facts_of(application: UUID) -> list[KnownFact]:
    """Read what is known in an application."""
    return records.rows(KnownFact, LATEST, [application])


def papers_of(application: UUID) -> list[str]:
    """The certificates that facts of an application came from, as their source is named."""
    statement = "SELECT DISTINCT via FROM facts WHERE application = %s AND kind = 'certificate' ORDER BY via"
    return [one.via for one in records.rows(_Via, statement, [application])]


def values_of_each(applications: Collection[UUID]) -> dict[UUID, dict[Field, Value]]:
    """Read the bare values of many applications, by field."""
    found: dict[UUID, dict[Field, Value]] = {one: {} for one in applications}
    for fact in records.prepared_rows(_FactOf, LATEST_OF_EACH, {"applications": list(found)}):
        found[fact.application][field_of(fact.field)] = fact.value
    return found


def values_of(facts: list[KnownFact]) -> dict[Field, Value]:
    """Give the bare values by field."""
    return {field_of(fact.field): fact.value for fact in facts}


def learn(application: UUID, source: FactSource, values: Mapping[Field, Value], at: datetime) -> None:
    """Add facts to an application; what was known before stays on record."""
    if values:
        written = {str(field): value for field, value in values.items()}
        learned = [Learned(source.kind, source.via, written, at)]
        records.execute(LEARN, [application, learned_document(learned)])


def learned_document(learned: Iterable[Learned]) -> str:
    """Write what was learned as ``FactSet`` keeps it."""
    return records.json_text([one._asdict() for one in learned if one.facts])
