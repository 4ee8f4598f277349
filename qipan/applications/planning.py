"""Planning, remembered: a plan depends on which fields are known, and on values only where a condition reads them.

So everyone in the same situation gets the same plan, and a busy day's plans are a few thousand in memory.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterator
from functools import lru_cache
from threading import Lock

from qipan.applications.plans import Planned, planned
from qipan.catalogue import queries as catalogue
from qipan.core.elements import Field
from qipan.core.planner import Knowledge, make_plan
from qipan.core.planner.ground import GroundEvent, ground_event
from qipan.core.predicates import Predicate, fields

REMEMBERED = 4096


class _Memory:
    """The plans made last, by what they depend on."""

    def __init__(self) -> None:
        self._plans: OrderedDict[Hashable, Planned] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Planned | None:
        with self._lock:
            found = self._plans.get(key)
            if found is not None:
                self._plans.move_to_end(key)
            return found

    def keep(self, key: Hashable, plan: Planned) -> None:
        with self._lock:
            self._plans[key] = plan
            while len(self._plans) > REMEMBERED:
                self._plans.popitem(last=False)


_memory = _Memory()


def plan_for(version: int, event: str, knowledge: Knowledge) -> Planned:
    """Plan a life event with a published library; raises UnableToPlan where it has no such event."""
    key = (version, event, *_depends_on(knowledge, condition_fields(version, event)))
    found = _memory.get(key)
    if found is None:
        found = planned(make_plan(catalogue.library(version), event, knowledge), version)
        _memory.keep(key, found)
    return found


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
    yield from (knowledge.skipped, knowledge.refused, knowledge.granted, knowledge.identified, knowledge.today)


def _conditions(ground: GroundEvent) -> Iterator[Predicate]:
    possible = [*ground.whens.values(), *(lookup.when for lookup in ground.lookups)]
    for service in ground.services:
        possible.append(service.when)
        for part in (*service.needs, *service.gives, *service.evidence):
            possible.append(part.when)
    yield from (when for when in possible if when is not None)
