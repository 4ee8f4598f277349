"""Which of the facts looked up still stand when answers change.

A child's household comes from the father's only while the child joins the father; let the answer change, and what was looked up
under the old one must not stay behind as if a register had said it.
"""

from collections.abc import Iterator, Mapping, Sequence

from qipan.applications.intake import Asking, failure_of, read
from qipan.applications.rows import Fact
from qipan.core.checks import CheckFailure
from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge
from qipan.core.planner.conditions import observe
from qipan.core.planner.ground import GroundEvent, ground_event
from qipan.core.predicates import Truth


def standing(
    asking: Asking, identity: Mapping[Field, Value], learned: Sequence[Fact], typed: Mapping[str, object]
) -> list[Fact]:
    """Keep the facts whose look-up the plan could still make: its relation holds, and its keys stand."""
    if not learned:
        return []
    ground = ground_event(asking.library, asking.event.name)
    answers = dict(_good_answers(asking, typed))
    kept: list[Fact] = []
    while True:
        more = list(_still_standing(ground, {**answers, **identity}, learned, kept))
        if not more:
            return kept
        kept += more


def _still_standing(
    ground: GroundEvent, certain: Mapping[Field, Value], learned: Sequence[Fact], kept: Sequence[Fact]
) -> Iterator[Fact]:
    facts = {**certain, **{Field.parse(fact.field): fact.value for fact in kept}}
    circumstances = observe(ground, Knowledge(facts=facts), facts.keys())
    good = {
        lookup.name
        for lookup in ground.lookups
        if circumstances.guard(tuple(party for _, party in lookup.parties), lookup.when)[0] is Truth.TRUE
        and all(key in facts for key, _ in lookup.keys)
    }
    yield from (fact for fact in learned if fact not in kept and (fact.kind != "resource" or fact.via in good))


def _good_answers(asking: Asking, typed: Mapping[str, object]) -> Iterator[tuple[Field, Value]]:
    for name, one in typed.items():
        field = Field.parse(name) if _is_field(name) else None
        element = asking.element(field) if field else None
        value = read(one, element) if element else None
        if field and value is not None and not isinstance(value, CheckFailure):
            if failure_of(asking, field, value) is None:
                yield field, value


def _is_field(name: str) -> bool:
    try:
        Field.parse(name)
    except ValueError:
        return False
    return True
