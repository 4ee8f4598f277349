"""Explaining a plan, keeping what still holds when an answer changes, and what each agency may see."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from qipan.core.declarations import Library
from qipan.core.elements import NO_CHECKS, Checks, Field
from qipan.core.plan import Derivation, Fetch, Left, Plan, PlannedService, Question, Reason
from qipan.core.planner.ground import ground_event


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a field is in a plan and where it comes from.

    ``steps`` can be replayed: each takes in only what earlier steps gave, and the last gives the field. ``question`` is
    there when it is asked, ``fetch`` when it is looked up; ``needed_by`` are the services whose forms ask for it.
    """

    field: Field
    steps: tuple[Derivation, ...]
    question: Question | None
    fetch: Fetch | None
    needed_by: tuple[str, ...]
    reasons: tuple[Reason, ...]
    left: tuple[Left, ...]


def explain(plan: Plan, field: Field) -> Explanation:
    """Say why a field is asked or looked up, and by which steps it comes about."""
    derivations = {one.field: one for one in plan.derivations}
    question = next((one for one in plan.questions if one.field == field), None)
    own = derivations.get(field)
    via = own.via if own is not None and own.kind == "resource" else None
    fetch = next((one for one in plan.fetches if one.name == via), None)
    left = tuple(one for one in plan.left if field == one.field or field in one.reason.fields)
    return Explanation(
        field=field,
        steps=_steps(derivations, field),
        question=question,
        fetch=fetch,
        needed_by=tuple(one.service for one in plan.services if field in one.needs),
        reasons=question.reasons if question else (fetch.reasons if fetch else ()),
        left=left,
    )


class Concern(NamedTuple):
    """A service of the event that a field concerns: its form asks for it (``needs``), or it brings it about; why not this time."""

    service: str
    needs: bool
    left: Left | None


def concerns(library: Library, plan: Plan, field: Field) -> tuple[Concern, ...]:
    """Which services of the event speak of a field, used in this plan or not; none where the event has no use for it."""
    found: list[Concern] = []
    for service in ground_event(library, plan.event).services:
        facts = {fact for document in service.evidence for way in document.ways for fact in way.facts}
        needs = field in facts | {need.field for need in service.needs} or field == service.region
        if needs or field in {output.field for output in service.gives}:
            about = [one for one in plan.left if one.service == service.name and one.field in {field, None}]
            left = next((one for one in about if one.what in {"need", "service"}), None)
            found.append(Concern(service.name, needs, left))
    return tuple(found)


def demands_on(library: Library, plan: Plan, field: Field) -> dict[str, Checks]:
    """What the services in a plan demand of a field beyond its element, by service."""
    asking = {one.service for one in plan.services if field in one.needs}
    return {
        service.name: need.checks
        for service in ground_event(library, plan.event).services
        for need in service.needs
        if service.name in asking and need.field == field and need.checks is not NO_CHECKS
    }


def _steps(derivations: Mapping[Field, Derivation], field: Field) -> tuple[Derivation, ...]:
    """What the field rests on, inputs before what is made from them."""
    found: dict[Field, Derivation] = {}
    walk = [field] if field in derivations else []
    while walk:
        one = walk[-1]
        missing = [
            source for source in derivations[one].inputs if source in derivations and source not in found
        ]
        if one in found or not missing:
            found.setdefault(one, derivations[one])
            walk.pop()
        else:
            walk.extend(missing)
    return tuple(found.values())


def explain_wait(plan: Plan, service: str) -> PlannedService | tuple[Left, ...]:
    """Say what a service waits for, in its reasons; or, when it is not in the plan, why it was left out."""
    planned = next((one for one in plan.services if one.service == service), None)
    return planned or tuple(one for one in plan.left if one.service == service)


def affected(provenance: Mapping[Field, Collection[Field]], changed: Iterable[Field]) -> frozenset[Field]:
    """The fields that no longer hold when others change: all that was derived from them, directly or not.

    ``provenance`` maps each field to those it was derived from; the changed fields themselves hold their new values.
    """
    dependants: dict[Field, list[Field]] = {}
    for field, inputs in provenance.items():
        for source in inputs:
            dependants.setdefault(source, []).append(field)
    origin = frozenset(changed)
    found: set[Field] = set()
    queue = sorted(origin)
    for field in queue:
        new = [one for one in dependants.get(field, ()) if one not in found and one not in origin]
        found.update(new)
        queue.extend(new)
    return frozenset(found)


def provenance_of(derivations: Iterable[Derivation]) -> dict[Field, tuple[Field, ...]]:
    """What each field of a plan is derived from."""
    return {one.field: one.inputs for one in derivations}


def visible_fields(library: Library, plan: Plan | str, service: str) -> frozenset[Field]:
    """What the agency of a service may see in an event: its own needs, its documents' facts and its outputs.

    With a plan, what of these takes part in it; with an event's name, all that could. Empty for other services.
    """
    name = plan if isinstance(plan, str) else plan.event
    ground = next((one for one in ground_event(library, name).services if one.name == service), None)
    if ground is None:
        return frozenset()
    needs = {need.field for need in ground.needs}
    facts = {fact for document in ground.evidence for way in document.ways for fact in way.facts}
    gives = {output.field for output in ground.gives}
    if isinstance(plan, Plan):
        planned = next((one for one in plan.services if one.service == service), None)
        if planned is not None:
            needs = set(planned.needs)
            used = {via for one in plan.evidence if one.service == service for via in one.via}
            facts = {fact for fact in facts if str(fact) in used}
            gives = set(planned.gives)
    return frozenset(field for field in needs | facts | gives if field.party)
