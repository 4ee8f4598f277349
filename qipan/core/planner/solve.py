"""Solving: from declarations and knowledge to the questions, and a derivation of everything the plan uses."""

from collections.abc import Mapping
from dataclasses import dataclass

from qipan.core.declarations import Library
from qipan.core.elements import Field
from qipan.core.planner.closure import Graph
from qipan.core.planner.derivations import Derived, used
from qipan.core.planner.evidence import choose_ways
from qipan.core.planner.ground import GroundWay, ground_event
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.questions import QuestionProblem, least_questions
from qipan.core.planner.setting import Setting, circumstances_of, set_out
from qipan.core.planner.waiting import set_aside


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan in the planner's own terms; ``edges`` and ``vertices`` are those that the plan uses, edges in running order.

    ``fields`` gives the field of each vertex that stands for one, ``waiting`` what each field that is held back turns on.
    """

    setting: Setting
    questions: frozenset[int]
    choice: Mapping[tuple[str, str], GroundWay]
    graph: Graph
    derived: Derived
    edges: list[int]
    vertices: set[int]
    fields: Mapping[int, Field]
    waiting: Mapping[Field, frozenset[Field]]


def solve(library: Library, event: str, knowledge: Knowledge) -> Solved:
    """Solve one life event; raises UnableToPlan when the library does not have it."""
    ground = ground_event(library, event)
    setting = set_out(ground, knowledge, circumstances_of(ground, knowledge))
    network, scope = setting.network, setting.scope
    _decide(setting, scope.held.deferred)
    targets = _targets(setting)
    settled = _settling_questions(setting)
    questions, closed = least_questions(_problem(setting, scope.start | settled), targets)
    ways, graph, derived = choose_ways(network, scope.met, scope.start | questions | settled, closed)
    derived, turns_on = set_aside(setting, graph, derived, questions | settled)
    edges, vertices = used(graph, derived, [vertex for vertex in targets if vertex not in turns_on])
    vertices -= turns_on.keys()
    numbers = network.numbers
    waiting = {one: turns_on[number] for one, number in numbers.fields.items() if number in turns_on}
    _decide(setting, waiting)
    asked = frozenset(settled | (questions & vertices))
    return Solved(setting, asked, ways, graph, derived, edges, vertices, numbers.named, waiting)


def _decide(setting: Setting, waiting: Mapping[Field, frozenset[Field]]) -> None:
    """Say of what is held back for a service that it turns on what settles it."""
    for service in setting.scope.met if waiting else ():
        for field in service.inputs:
            setting.activation.decide(service.name, waiting.get(field, ()))


def _settling_questions(setting: Setting) -> set[int]:
    """What to ask to settle doubts, without counting on anything that is deferred until they are."""
    held, start = setting.scope.held, setting.network.start
    if not held.deferred:
        return set()
    problem = _problem(setting, start)
    settling = [setting.network.numbers.fields[field] for field in sorted(held.settling)]
    return least_questions(problem, [vertex for vertex in settling if vertex in problem.reachable])[0]


def _problem(setting: Setting, start: set[int]) -> QuestionProblem:
    scope, named = setting.scope, setting.network.numbers.named
    burdens = {vertex: burden for vertex, burden in scope.burdens.items() if vertex not in start}
    usual = start == scope.start
    return QuestionProblem(
        scope.graph,
        start,
        scope.closed if usual else scope.graph.close(start),
        scope.reachable if usual else scope.graph.close(start | burdens.keys()),
        burdens,
        lambda vertex: str(named[vertex]),
    )


def _targets(setting: Setting) -> list[int]:
    """Every service that can be met, and every field that something turns on and that can be learned."""
    network = setting.network
    done = [network.numbers.done[service.name] for service in setting.scope.met]
    turned_on = [network.numbers.fields[field] for field in sorted(setting.activation.decisions)]
    return list(dict.fromkeys(vertex for vertex in (*done, *turned_on) if vertex in setting.scope.reachable))
