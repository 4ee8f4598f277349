"""Plans played out to the end in random worlds: whatever the conditions turn out to be, every game comes to its end."""

from hypothesis import given
from hypothesis import strategies as st

from qipan.core.declarations import Library
from qipan.core.elements import Field, Value
from qipan.core.plan import Fetch, Plan, PlannedService
from qipan.core.planner import Knowledge, make_plan
from qipan.core.predicates import Predicate, Truth, evaluate
from tests.core.planner.board import EVENT, document, f, library, resource, service, use

PARTIES = ("a", "b", "c")
FIELDS = [f"{party}.{word}" for party in PARTIES for word in "pqrst"]
ROUNDS = 25

conditions = st.one_of(
    st.just(""),
    st.builds("{} == '{}'".format, st.sampled_from(FIELDS), st.sampled_from(["yes", "no"])),
    st.builds("{} == 'yes' and {} == 'no'".format, st.sampled_from(FIELDS), st.sampled_from(FIELDS)),
    st.builds("{} == 'yes' or not present({})".format, st.sampled_from(FIELDS), st.sampled_from(PARTIES)),
)
items = st.lists(
    st.tuples(st.sampled_from(FIELDS), conditions), min_size=1, max_size=3, unique_by=lambda one: one[0]
)


def _items(found: list[tuple[str, str]]) -> list[str | tuple[str, str]]:
    return [(field, when) if when else field for field, when in found]


@st.composite
def boards(draw: st.DrawFn) -> Library:
    """Everything may be asked, so every service that applies can be met."""
    names = [f"service{number}" for number in range(draw(st.integers(1, 4)))]
    papers = {"paper": document(f"facts:{draw(st.sampled_from(FIELDS))}", "upload", when=draw(conditions))}
    services = {
        name: service(
            _items(draw(items)),
            _items(
                draw(
                    st.lists(
                        st.tuples(st.sampled_from(FIELDS), conditions),
                        max_size=2,
                        unique_by=lambda one: one[0],
                    )
                )
            ),
            optional=" ".join(PARTIES),
            documents=papers if draw(st.booleans()) else {},
        )
        for name in names
    }
    relations = [f"spouse(a, b) when {draw(conditions) or 'true'}"] if draw(st.booleans()) else []
    return library(
        services,
        parties=" ".join(PARTIES),
        whens={"c": draw(st.sampled_from(["", "a.q == 'yes'", "b.s == 'yes' and a.t == 'no'"]))},
        known="a.p",
        relations=relations,
        uses=[use(name, draw(conditions)) for name in names],
        resources={
            "register": resource("x.p -> x.q x.r"),
            "marriage": resource("spouse(x, y): x.p -> y.p y.s"),
        },
    )


worlds = st.fixed_dictionaries({f(field): st.sampled_from(["yes", "no"]) for field in FIELDS})


class Game:
    """Answers every question truly, runs every look-up, grants every service as soon as it is ready."""

    def __init__(self, board: Library, world: dict[Field, str]) -> None:
        self.board, self.world = board, world
        self.facts: dict[Field, Value] = {f("a.p"): world[f("a.p")]}
        self.stated: set[Field] = set()
        self.granted: set[str] = set()

    def plan(self) -> Plan:
        knowledge = Knowledge(
            facts=self.facts,
            stated=frozenset(self.stated),
            granted=frozenset(self.granted),
            identified=True,
        )
        return make_plan(self.board, EVENT, knowledge)

    def play(self) -> Plan:
        for _ in range(ROUNDS):
            plan = self.plan()
            before = (len(self.facts), len(self.granted))
            self._answer(plan)
            self._run(plan)
            if before == (len(self.facts), len(self.granted)):
                return plan
        message = "the game does not end"
        raise AssertionError(message)

    def _answer(self, plan: Plan) -> None:
        asked = [one.field for one in plan.questions]
        assert not set(asked) & self.facts.keys(), "nothing is asked twice"
        self.stated.update(asked)
        self._learn(asked)

    def _learn(self, fields: list[Field]) -> None:
        self.facts.update({field: self.world[field] for field in fields if field not in self.facts})

    def _run(self, plan: Plan) -> None:
        steps: list[Fetch | PlannedService] = sorted(
            [*plan.fetches, *plan.services], key=lambda one: one.stage
        )
        for step in steps:
            if isinstance(step, Fetch):
                if self.facts.keys() >= {key for key, _ in step.keys}:
                    self._learn([fact for fact, _ in step.facts])
            elif self.facts.keys() >= set(step.needs) and self.granted.issuperset(step.waits_for):
                self.granted.add(step.service)
                self._learn(list(step.gives))


def truly(board: Library, world: dict[Field, str]) -> set[str]:
    """The services that apply when everything is known."""
    event = board.events[EVENT]
    whens = {"c": event.parties["c"].when}
    present: dict[str, bool | None] = {
        party: when is None or evaluate(when, world, {}, world) is Truth.TRUE for party, when in whens.items()
    }

    def holds(condition: Predicate | None) -> bool:
        return condition is None or evaluate(condition, world, present, world) is Truth.TRUE

    return {one.service for one in event.services if holds(one.when)}


@given(boards(), worlds)
def test_every_service_that_applies_is_done_in_the_end(board: Library, world: dict[Field, str]) -> None:
    game = Game(board, world)
    game.play()
    assert game.granted == truly(board, world)


@given(boards(), worlds)
def test_in_the_end_nothing_is_left_open(board: Library, world: dict[Field, str]) -> None:
    plan = Game(board, world).play()
    assert not plan.questions
    assert not plan.services
    assert all(one.settled for one in plan.left)
