"""Plans from the library that ships with Qipan, as a person sees them before saying anything."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from qipan.catalogue.library import load_library
from qipan.core.declarations import Library, MeetKind
from qipan.core.elements import Field, Value
from qipan.core.plan import Plan
from qipan.core.planner import Knowledge, make_plan

LIBRARY = Path(__file__).parents[2] / "library"


@cache
def library() -> Library:
    """The library of the sample province, which must be of good shape."""
    loaded = load_library(LIBRARY)
    assert loaded.library is not None, loaded.problems
    return loaded.library


def estimate(event: str, supposed: Mapping[str, Value] | None = None, **knowledge: frozenset[str]) -> Plan:
    """Plan the event's typical case, with what is ``supposed`` instead; the rest goes to Knowledge."""
    typical = library().events[event].typical
    assumed = {**typical, **{Field.parse(name): value for name, value in (supposed or {}).items()}}
    return make_plan(library(), event, Knowledge(assumed=assumed, **knowledge))  # type: ignore[arg-type]


def asked(plan: Plan) -> set[str]:
    """The fields that the person is asked."""
    return {str(question.field) for question in plan.questions}


def uploaded(plan: Plan) -> set[str]:
    """The documents that the person must send."""
    return {document.evidence for document in plan.evidence if document.met_by is MeetKind.UPLOAD}


def services(plan: Plan) -> set[str]:
    """The services that take part."""
    return {service.service for service in plan.services}


def waits(plan: Plan) -> dict[str, set[str]]:
    """The services for which each service waits."""
    return {service.service: set(service.waits_for) for service in plan.services}
