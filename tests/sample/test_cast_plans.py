"""Library, registers and planner together: each member of the cast is asked only what no register knows."""

from typing import NamedTuple

import pytest

from qipan.adapters.sources import request_for
from qipan.core.elements import Field, Value
from qipan.core.plan import Fetch, Plan
from qipan.core.planner import Knowledge, make_plan
from qipan.sample.cast import CastMember
from qipan.sample.province import cast
from tests.sample.conftest import TODAY, Seeded

MEMBERS = [member for member in cast() if member.event]
# Fields asked before the first answer; the issue allows the typical mother twelve.
MOST_QUESTIONS = {
    "newborn": 12,
    "open_restaurant": 20,
    "retirement": 8,
    "school_enrolment": 9,
    "enterprise_change": 8,
    "deregistration": 8,
    "disabled_services": 20,
}


class Played(NamedTuple):
    """A plan after every look-up that it could run, and what the registers said."""

    plan: Plan
    facts: dict[Field, Value]
    failed: list[str]


def play(seeded: Seeded, member: CastMember) -> Played:
    """Plan and look up in turns, as the portal does before it shows a form."""
    event = seeded.library.events[member.event]
    identity = {"id_number": member.id_number, "name": member.name, "phone": member.phone}
    facts: dict[Field, Value] = {field: identity[field.word] for field in event.known}
    lacking: set[tuple[str, Field]] = set()
    failed: list[str] = []
    done: set[str] = set()
    while True:
        knowledge = Knowledge(facts=dict(facts), lacking=frozenset(lacking), identified=True, today=TODAY)
        plan = make_plan(seeded.library, member.event, knowledge)
        ready = [
            each
            for each in plan.fetches
            if each.name not in done and all(key in facts for key, _ in each.keys)
        ]
        if not ready:
            return Played(plan, facts, failed)
        for fetch in ready:
            done.add(fetch.name)
            found = look_up(seeded, fetch, facts, failed)
            facts |= found
            lacking |= {(fetch.name, field) for field, _ in fetch.facts if field not in found}


def look_up(seeded: Seeded, fetch: Fetch, facts: dict[Field, Value], failed: list[str]) -> dict[Field, Value]:
    keys = {own: facts[field] for field, own in fetch.keys}
    wanted = [own for _, own in fetch.facts]
    request = request_for(seeded.library, fetch.resource, keys, facts=wanted, name=fetch.name, today=TODAY)
    answer = seeded.reader.look_up_all([request], deadline=120)[fetch.name]
    if answer.error is not None or answer.refused:
        failed.append(f"{fetch.name}: {answer.error or answer.refused}")
    return {field: answer.facts[own] for field, own in fetch.facts if answer.facts and own in answer.facts}


@pytest.mark.parametrize("member", MEMBERS, ids=[member.name for member in MEMBERS])
def test_the_registers_leave_little_to_ask(seeded: Seeded, member: CastMember) -> None:
    played = play(seeded, member)
    assert played.failed == []
    assert played.plan.problems == ()
    assert 0 < len(played.plan.questions) <= MOST_QUESTIONS[member.event]


@pytest.mark.parametrize("member", MEMBERS, ids=[member.name for member in MEMBERS])
def test_nothing_is_asked_that_the_registers_told(seeded: Seeded, member: CastMember) -> None:
    played = play(seeded, member)
    assert {question.field for question in played.plan.questions}.isdisjoint(played.facts)


def test_every_event_of_the_library_has_a_member_of_the_cast(seeded: Seeded) -> None:
    missing = set(seeded.library.events) - {member.event for member in MEMBERS}
    assert missing == set(), "give it a story in qipan/sample/cast.py, so that the demo shows it"
