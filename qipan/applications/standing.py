"""Which of the facts looked up still stand when answers change.

A child's household comes from the father's only while the child joins the father; let the answer change, and what was looked up
under the old one must not stay behind as if a register had said it.
"""

from collections.abc import Iterator, Mapping, Sequence

from qipan.applications.intake import Asking, failure_of, field_of, read
from qipan.applications.planning import condition_fields
from qipan.applications.remembering import Memory
from qipan.applications.rows import Learned
from qipan.core.checks import CheckFailure
from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge
from qipan.core.planner.conditions import observe
from qipan.core.planner.ground import ground_event
from qipan.core.predicates import Truth

REMEMBERED = 4096
Facts = Mapping[Field, Value]
_standing = Memory[frozenset[str]](REMEMBERED)


def standing(
    asking: Asking, identity: Facts, learned: Sequence[Learned], typed: Mapping[str, object]
) -> list[Learned]:
    """Keep the facts whose look-up the plan could still make: its relation holds, and its keys stand."""
    if not learned:
        return []
    certain = {**dict(_deciding_answers(asking, typed)), **identity}
    by_step = {one.via: {field_of(field): value for field, value in one.facts.items()} for one in learned}
    steps = _standing_steps(asking, certain, by_step)
    return [one for one in learned if one.via in steps]


def _standing_steps(
    asking: Asking, certain: Facts, by_step: Mapping[str, Mapping[Field, Value]]
) -> frozenset[str]:
    """The look-ups that stand depend on which facts there are, and on the values of those that conditions read."""
    read_by_conditions = condition_fields(asking.version, asking.event.name)
    everything = [*certain.items(), *(one for facts in by_step.values() for one in facts.items())]
    key = (
        asking.version,
        asking.event.name,
        frozenset(certain),
        frozenset((step, frozenset(facts)) for step, facts in by_step.items()),
        frozenset(one for one in everything if one[0] in read_by_conditions),
    )
    found = _standing.get(key)
    return found if found is not None else _standing.keep(key, _find_standing(asking, certain, by_step))


def _find_standing(
    asking: Asking, certain: Facts, by_step: Mapping[str, Mapping[Field, Value]]
) -> frozenset[str]:
    """Let look-ups in as what they rest on is there, until no more come in."""
    kept: set[str] = set()
    while True:
        facts = dict(certain)
        for step in kept:
            facts.update(by_step[step])
        new = set(_possible(asking, facts)) & by_step.keys() - kept
        if not new:
            return frozenset(kept)
        kept |= new


def _possible(asking: Asking, facts: Facts) -> Iterator[str]:
    ground = ground_event(asking.library, asking.event.name)
    circumstances = observe(ground, Knowledge(facts=facts), facts.keys())
    for lookup in ground.lookups:
        truth, _ = circumstances.guard(tuple(party for _, party in lookup.parties), lookup.when)
        if truth is Truth.TRUE and all(key in facts for key, _ in lookup.keys):
            yield lookup.name


def _deciding_answers(asking: Asking, typed: Mapping[str, object]) -> Iterator[tuple[Field, Value]]:
    """The good answers to what conditions read."""
    for field in condition_fields(asking.version, asking.event.name):
        one = typed.get(str(field))
        element = asking.element(field) if one is not None else None
        value = read(one, element) if element else None
        if (
            value is not None
            and not isinstance(value, CheckFailure)
            and failure_of(asking, field, value) is None
        ):
            yield field, value
