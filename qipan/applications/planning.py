"""Planning, remembered: a plan depends on which fields are known, and on values only where a condition reads them.

So everyone in the same situation gets the same plan, and a busy day's plans are a few thousand in memory.
"""

from collections.abc import Collection, Hashable, Iterator
from functools import lru_cache

from qipan.applications.plans import Planned, planned
from qipan.applications.remembering import Memory
from qipan.catalogue import queries as catalogue
from qipan.core.elements import Field
from qipan.core.planner import Knowledge, make_plan
from qipan.core.planner.ground import GroundEvent, ground_event
from qipan.core.predicates import Predicate, fields

REMEMBERED = 512  # some hundred kilobytes each


_plans = Memory[Planned](REMEMBERED)


def plan_for(version: int, event: str, knowledge: Knowledge) -> Planned:
    """Plan a life event with a published library; raises UnableToPlan where it has no such event."""
    key = (version, event, *_depends_on(knowledge, condition_fields(version, event)))
    plan = _plans.get(key)
    if plan is None:
        made = make_plan(catalogue.library(version), event, knowledge)
        plan = _plans.keep(key, planned(made, version))
    return plan


@lru_cache(maxsize=256)
def resources_of(version: int, event: str) -> frozenset[str]:
    """The resources that may be asked in an event, whatever its plan turns out to be."""
    ground = ground_event(catalogue.library(version), event)
    return frozenset(lookup.resource.name for lookup in ground.lookups)


@lru_cache(maxsize=256)
def condition_fields(version: int, event: str) -> frozenset[Field]:
    """The fields whose values can change a plan of this event."""
    ground = ground_event(catalogue.library(version), event)
    return frozenset(field for when in _conditions(ground) for field in fields(when))


def _depends_on(knowledge: Knowledge, read: Collection[Field]) -> Iterator[Hashable]:
    yield frozenset(knowledge.facts)
    yield frozenset((field, knowledge.facts[field]) for field in knowledge.facts if field in read)
    yield frozenset(knowledge.assumed.items())
    yield from (knowledge.stated, knowledge.wallet, knowledge.without, knowledge.lacking)
    yield from (
        knowledge.skipped,
        knowledge.refused,
        knowledge.granted,
        knowledge.identified,
        knowledge.today,
        knowledge.agreed,
    )


def _conditions(ground: GroundEvent) -> Iterator[Predicate]:
    whens = [*ground.whens.values(), *(one.when for one in ground.lookups)]
    for service in ground.services:
        whens += [service.when, *(need.when for need in service.needs)]
        whens += [output.when for output in service.gives]
        whens += [document.when for document in service.evidence]
    yield from (when for when in whens if when is not None)
