"""Availability: which look-ups an event may use now, and why the others not."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from qipan.core.declarations import Share
from qipan.core.elements import Field
from qipan.core.plan import Reason
from qipan.core.planner.conditions import Circumstances
from qipan.core.planner.ground import GroundEvent
from qipan.core.planner.index import usable_elements
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.lookups import GroundFact, GroundLookup
from qipan.core.predicates import Truth, fields


class LookupState(NamedTuple):
    """A look-up as it stands: ``truth`` of its relation, the fields that turns on, and what it gives.

    ``refusals`` says of each fact that it does not give why not.
    """

    lookup: GroundLookup
    truth: Truth
    turns_on: frozenset[Field]
    gives: tuple[GroundFact, ...]
    refusals: tuple[tuple[Field, Reason], ...]


def judge_lookups(
    ground: GroundEvent, circumstances: Circumstances, knowledge: Knowledge
) -> list[LookupState]:
    """Judge every look-up of the event, in the order of their names."""
    disturbed = knowledge.without | {name for name, _ in (*knowledge.lacking, *knowledge.agreed)}
    return [
        plain
        if plain is not None and disturbed.isdisjoint((lookup.name, lookup.resource.name))
        else _judge(ground, lookup, circumstances, knowledge)
        for lookup, plain in zip(ground.lookups, _unconditional(ground), strict=True)
    ]


@lru_cache(maxsize=1024)
def _unconditional(ground: GroundEvent) -> tuple[LookupState | None, ...]:
    """The look-ups that are open to anyone about parties that surely take part, as they stand undisturbed."""
    return tuple(
        LookupState(lookup, Truth.TRUE, frozenset(), lookup.gives, ())
        if lookup.when is None
        and lookup.resource.share is Share.UNCONDITIONAL
        and ground.whens.keys().isdisjoint(party for _, party in lookup.parties)
        else None
        for lookup in ground.lookups
    )


def _judge(
    ground: GroundEvent, lookup: GroundLookup, circumstances: Circumstances, knowledge: Knowledge
) -> LookupState:
    truth, turns_on = circumstances.guard(tuple(party for _, party in lookup.parties), lookup.when)
    whole = _whole_fault(lookup, truth, knowledge)
    if whole is not None:
        refusals = tuple((fact.field, whole) for fact in lookup.gives)
        return LookupState(lookup, Truth.FALSE, turns_on, (), refusals)
    refused = dict(_single_faults(ground, lookup, knowledge))
    if not refused:
        return LookupState(lookup, truth, turns_on, lookup.gives, ())
    gives = tuple(fact for fact in lookup.gives if fact.field not in refused)
    return LookupState(lookup, truth if gives else Truth.FALSE, turns_on, gives, tuple(refused.items()))


def _whole_fault(lookup: GroundLookup, truth: Truth, knowledge: Knowledge) -> Reason | None:
    if knowledge.without and {lookup.name, lookup.resource.name} & knowledge.without:
        return Reason("source-down", resources=(lookup.resource.name,))
    if truth is Truth.FALSE:
        about = tuple(sorted(fields(lookup.when))) if lookup.when is not None else ()
        return Reason("false", fields=about, resources=(lookup.resource.name,))
    return None


def _single_faults(
    ground: GroundEvent, lookup: GroundLookup, knowledge: Knowledge
) -> Iterator[tuple[Field, Reason]]:
    resource = lookup.resource
    agreed = next((fields for name, fields in knowledge.agreed if name == resource.name), None)
    if agreed is not None:
        for fact in lookup.gives:
            if fact.own not in agreed:
                yield fact.field, Reason("no-grant", resources=(resource.name,))
    elif resource.share is not Share.UNCONDITIONAL:
        today = knowledge.today.isoformat() if knowledge.today else ""
        usable = usable_elements(resource, ground.grants[resource.name], today)
        code = "withheld" if resource.share is Share.WITHHELD else "no-grant"
        for fact in lookup.gives:
            if usable is not None and fact.element not in usable:
                yield fact.field, Reason(code, resources=(resource.name,))
    for name, field in knowledge.lacking:
        if name == lookup.name:
            yield field, Reason("no-record", resources=(resource.name,))
