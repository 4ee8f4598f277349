"""The planner's promises, tried on small random libraries against the plainest possible reckoning.

The reckoning below shares no code with the planner: it grounds resources by trying all parties, and finds the best
questions by trying all sets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, permutations
from random import Random
from typing import NamedTuple, TypeVar

from hypothesis import assume, given
from hypothesis import strategies as st

from qipan.core.declarations import Evidence, Library, Limits, MeetKind, Resource, Service
from qipan.core.elements import Field
from qipan.core.plan import Plan, PlannedService
from qipan.core.planner import Knowledge, make_plan
from tests.core.planner.board import EVENT, asked, document, f, fs, library, resource, service

Declared = TypeVar("Declared")
PARTIES = ("a", "b")
WORDS = ("p", "q", "r", "s")
FIELDS = [f"{party}.{word}" for party in PARTIES for word in WORDS]

some_fields = st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True)
words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True)


@st.composite
def resources(draw: st.DrawFn) -> Resource:
    if draw(st.booleans()):
        keys, gives = draw(words), draw(words)
        text = f"{' '.join(f'x.{word}' for word in keys[:2])} -> {' '.join(f'x.{word}' for word in gives)}"
        return resource(text)
    key, gives = draw(st.sampled_from(WORDS)), draw(words)
    name = draw(st.sampled_from(["spouse", "parent"]))
    return resource(f"{name}(x, y): x.{key} -> {' '.join(f'y.{word}' for word in gives)}")


@st.composite
def services(draw: st.DrawFn, *, papers: bool) -> Service:
    needs, gives = draw(some_fields), draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))
    documents: dict[str, Evidence] = {}
    if papers and draw(st.booleans()):
        facts = ",".join(draw(some_fields)[:2])
        ways = [f"facts:{facts}", "upload"] if draw(st.booleans()) else [f"facts:{facts}"]
        documents["paper"] = document(*ways)
    promised = draw(st.integers(0, 4))
    return service(" ".join(needs), " ".join(gives), documents=documents, days=(promised, promised + 1))


@st.composite
def libraries(draw: st.DrawFn, *, papers: bool = True) -> Library:
    found = draw(st.lists(resources(), max_size=4))
    used = draw(st.lists(services(papers=papers), min_size=1, max_size=4))
    silent = draw(st.sets(st.sampled_from(WORDS), max_size=2))
    relations = draw(st.sets(st.sampled_from(["spouse(a, b)", "parent(a, b)"])))
    return library(
        {f"service{number}": one for number, one in enumerate(used)},
        parties=" ".join(PARTIES),
        known=" ".join(draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))),
        relations=sorted(relations),
        resources={f"resource{number}": one for number, one in enumerate(found)},
        silent=" ".join(sorted(silent)),
        burdens={word: draw(st.integers(1, 4)) for word in WORDS},
        elements={},
    )


# The plain reckoning


class Look(NamedTuple):
    keys: frozenset[Field]
    gives: frozenset[Field]


def looks(board: Library, without: frozenset[str] = frozenset()) -> Iterator[Look]:
    """Every resource over every party that fits."""
    pairs = {(one.name, one.parties) for one in board.events[EVENT].relations}
    pairs |= {(name, parties[::-1]) for name, parties in pairs if board.relations[name].symmetric}
    for one in board.resources.values():
        if one.name in without:
            continue
        for parties in permutations(PARTIES, len(one.parties)):
            if one.relation is not None:
                place = dict(zip(one.relation.parties, parties, strict=True))
                if (one.relation.name, parties) not in pairs:
                    continue
            else:
                place = dict(zip(sorted(one.parties), parties, strict=True))
            yield Look(
                frozenset(Field(place[key.party], key.word) for key in one.keys),
                frozenset(Field(place[fact.party], fact.word) for fact in one.gives),
            )


class Outcome(NamedTuple):
    known: frozenset[Field]
    sourced: frozenset[Field]
    done: frozenset[str]


def follow(
    board: Library,
    ways: list[Look],
    sourced: frozenset[Field],
    told: frozenset[Field],
    barred: frozenset[str],
) -> Outcome:
    """Run everything that can run, over and over."""
    done: frozenset[str] = frozenset()
    while True:
        known = sourced | told
        new = frozenset(fact for way in ways if way.keys <= known for fact in way.gives)
        ready = frozenset(
            one.name
            for one in board.services.values()
            if one.name not in barred
            and all(need.field in known for need in one.needs)
            and all(_met(paper, sourced) for paper in one.evidence)
        )
        given = frozenset(output.field for name in ready for output in board.services[name].gives)
        if new | given <= sourced and ready <= done:
            return Outcome(known, sourced, done)
        sourced, done = sourced | new | given, done | ready


def _met(paper: Evidence, sourced: frozenset[Field]) -> bool:
    return any(way.kind.value == "upload" or sourced.issuperset(way.facts) for way in paper.met_by)


class Best(NamedTuple):
    met: frozenset[str]
    questions: frozenset[Field]
    ways: list[Look]
    sourced: frozenset[Field]


def reckon(
    board: Library,
    sourced: frozenset[Field],
    told: frozenset[Field] = frozenset(),
    without: frozenset[str] = frozenset(),
    refused: frozenset[str] = frozenset(),
) -> Best:
    """The services that can be met, and the lightest set of questions that meets them, by trying all sets."""
    ways = list(looks(board, without))
    asks = [
        field
        for field in map(f, FIELDS)
        if field not in sourced | told
        and f"Person.{field.word}" in board.elements
        and board.elements[f"Person.{field.word}"].ask
    ]
    lost: frozenset[str] = refused
    while True:
        gone = {output.field for name in lost for output in board.services[name].gives}
        open_asks = [field for field in asks if field not in gone]
        met = follow(board, ways, sourced, told | frozenset(open_asks), refused).done
        unmet = frozenset(board.services) - met
        if unmet <= lost:
            break
        lost = lost | unmet
    others = frozenset(open_asks) - set[Field]().union(*_given(board, refused).values())
    produced = _produced(board, ways, sourced, told | others, refused)
    open_asks = [field for field in open_asks if field not in produced]
    questions = min(
        (
            frozenset(some)
            for size in range(len(open_asks) + 1)
            for some in combinations(open_asks, size)
            if met <= follow(board, ways, sourced, told | frozenset(some), refused).done
        ),
        key=lambda some: weight(board, sorted(open_asks), some),
    )
    return Best(met, questions, ways, sourced)


def _produced(
    board: Library,
    ways: list[Look],
    sourced: frozenset[Field],
    told: frozenset[Field],
    barred: frozenset[str],
) -> set[Field]:
    """What services give that are met by these answers."""
    given = _given(board, barred)
    return {field for name in follow(board, ways, sourced, told, barred).done for field in given[name]}


def _given(board: Library, barred: frozenset[str]) -> dict[str, set[Field]]:
    """What each service gives that it does not need itself."""
    return {
        name: {output.field for output in one.gives} - {need.field for need in one.needs}
        for name, one in board.services.items()
        if name not in barred
    }


def weight(board: Library, order: list[Field], questions: frozenset[Field]) -> tuple[int, int]:
    """The burden, then what spares the last name in which two sets differ."""
    burden = sum(board.elements[f"Person.{field.word}"].burden for field in questions)
    return burden, sum(1 << order.index(field) for field in questions)


def known_of(board: Library) -> frozenset[Field]:
    return frozenset(board.events[EVENT].known)


# The promises


@given(libraries())
def test_the_questions_have_the_least_burden_and_meet_all_that_can_be_met(board: Library) -> None:
    best = reckon(board, known_of(board))
    plan = make_plan(board, EVENT, Knowledge())
    assert {one.service for one in plan.services} == best.met
    assert {one.field for one in plan.questions} == best.questions


@given(libraries())
def test_without_any_one_question_some_service_is_not_met(board: Library) -> None:
    plan = make_plan(board, EVENT, Knowledge())
    questions = frozenset(one.field for one in plan.questions)
    met = frozenset(one.service for one in plan.services)
    ways = list(looks(board))
    assert met <= follow(board, ways, known_of(board), questions, frozenset()).done
    for one in questions:
        assert not met <= follow(board, ways, known_of(board), questions - {one}, frozenset()).done


@given(libraries())
def test_everything_runs_when_what_it_needs_is_there_and_no_later(board: Library) -> None:
    plan = make_plan(board, EVENT, Knowledge())
    stage = {one.field: one.stage for one in plan.derivations}
    runs = {one.name: one.stage for one in plan.fetches} | {one.service: one.stage for one in plan.services}
    assert [one.number for one in plan.stages] == list(range(1, len(plan.stages) + 1))
    for fetch in plan.fetches:
        assert fetch.stage == 1 + max((stage[key] for key, _ in fetch.keys), default=0)
    for one in plan.services:
        assert all(stage[need] < one.stage for need in one.needs)
        assert one.stage == 1 + max((runs[name] for name in (*one.waits_for, *one.fetches)), default=0)
        assert {*one.waits_for, *one.fetches} <= {
            via for used in _used_by(plan, one) for via in makers(plan, used)
        }


def _used_by(plan: Plan, service: PlannedService) -> list[Field]:
    """What a service needs, and what meets its documents."""
    proofs = [one for one in plan.evidence if one.service == service.service and one.met_by is MeetKind.FACTS]
    return [*service.needs, *(f(via) for one in proofs for via in one.via)]


def makers(plan: Plan, field: Field) -> set[str]:
    """Every step that gives the field; a document may want from a source what was asked for a form."""
    found = {fetch.name for fetch in plan.fetches if field in {fact for fact, _ in fetch.facts}}
    return found | {one.service for one in plan.services if field in one.gives}


@given(libraries(papers=False))
def test_stages_are_as_early_as_any_derivation_allows(board: Library) -> None:
    board = _in_no_time(board)
    plan = make_plan(board, EVENT, Knowledge())
    told = frozenset(one.field for one in plan.questions)
    earliest = _earliest(board, list(looks(board)), known_of(board) | told)
    assert {one.service: one.stage for one in plan.services} == {
        one.service: earliest[one.service] for one in plan.services
    }


def _in_no_time(board: Library) -> Library:
    """Where nothing takes days, the fewest steps come first."""
    return replace(
        board, services={name: replace(one, limits=Limits(0, 0)) for name, one in board.services.items()}
    )


def _earliest(board: Library, ways: list[Look], known: frozenset[Field]) -> dict[str, int]:
    """Rounds in which everything that can run does."""
    found: dict[str, int] = {}
    for number in range(1, 20):
        ready = [one for one in board.services.values() if all(need.field in known for need in one.needs)]
        for one in ready:
            found.setdefault(one.name, number)
        new = {fact for way in ways if way.keys <= known for fact in way.gives}
        new |= {output.field for one in ready for output in one.gives}
        known = known | new
    return found


@given(libraries(), st.data())
def test_without_a_source_the_rest_is_asked_at_least_burden_and_no_answer_again(
    board: Library, data: st.DataObject
) -> None:
    assume(board.resources)
    first = make_plan(board, EVENT, Knowledge())
    answers = {one.field: "x" for one in first.questions}
    without = frozenset({data.draw(st.sampled_from(sorted(board.resources)))})
    facts = {**dict.fromkeys(known_of(board), "x"), **answers}
    plan = make_plan(board, EVENT, Knowledge(facts=facts, stated=frozenset(answers), without=without))
    best = reckon(board, known_of(board), frozenset(answers), without)
    assert {one.field for one in plan.questions} == best.questions
    assert not {one.field for one in plan.questions} & answers.keys()
    assert without.isdisjoint(one.resource for one in plan.fetches)


@given(libraries(), st.data())
def test_a_refusal_stops_exactly_what_cannot_be_met_without_it(board: Library, data: st.DataObject) -> None:
    refused = frozenset({data.draw(st.sampled_from(sorted(board.services)))})
    plan = make_plan(board, EVENT, Knowledge(refused=refused))
    best = reckon(board, known_of(board), refused=refused)
    assert {one.service for one in plan.services} == best.met
    assert {one.field for one in plan.questions} == best.questions


@given(libraries())
def test_nothing_is_looked_up_that_nothing_uses(board: Library) -> None:
    plan = make_plan(board, EVENT, Knowledge())
    wanted = {need for one in plan.services for need in one.needs}
    wanted |= {key for one in plan.fetches for key, _ in one.keys}
    wanted |= {f(via) for one in plan.evidence if one.met_by.value == "facts" for via in one.via}
    for fetch in plan.fetches:
        assert fetch.facts
        assert {fact for fact, _ in fetch.facts} <= wanted
    assert not {one.field for one in plan.questions} - wanted


@given(libraries(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(board: Library, random: Random) -> None:
    plan = make_plan(board, EVENT, Knowledge(facts=dict.fromkeys(fs("a.p b.q"), "x")))
    again = make_plan(_shuffled(board, random), EVENT, Knowledge(facts=dict.fromkeys(fs("b.q a.p"), "x")))
    assert again == plan
    assert repr(again) == repr(plan)


def _shuffled(board: Library, random: Random) -> Library:
    """An equal library whose mappings come in another order."""

    def mixed(mapping: Mapping[str, Declared]) -> dict[str, Declared]:
        names = list(mapping)
        random.shuffle(names)
        return {name: mapping[name] for name in names}

    event = board.events[EVENT]
    shuffled = replace(
        board,
        elements=mixed(board.elements),
        resources=mixed(
            {name: replace(one, parties=mixed(one.parties)) for name, one in board.resources.items()}
        ),
        services=mixed(
            {name: replace(one, parties=mixed(one.parties)) for name, one in board.services.items()}
        ),
        events={EVENT: replace(event, parties=mixed(event.parties))},
    )
    assert shuffled == board
    return shuffled


def test_a_plan_of_nothing_is_empty() -> None:
    plan: Plan = make_plan(library({}), EVENT, Knowledge())
    assert (asked(plan), plan.fetches, plan.services, plan.stages) == (set(), (), (), ())
