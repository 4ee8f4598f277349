"""When: the earliest stage of every look-up and service, their working days, and the critical path."""

from collections.abc import Mapping
from dataclasses import dataclass

from qipan.core.planner.closure import EdgeKind
from qipan.core.planner.solve import Solved

Days = tuple[int, int]
"""Promised and statutory working days."""


@dataclass(frozen=True, slots=True)
class Step:
    """A look-up or service at work: ``after`` are the edges whose outputs it takes in."""

    edge: int
    name: str
    is_fetch: bool
    stage: int
    starts: Days
    ends: Days
    upfront: bool
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps by their edges, in running order, and the stage of every vertex used."""

    steps: Mapping[int, Step]
    stages: Mapping[int, int]

    def critical_path(self) -> tuple[Step, ...]:
        """The chain that ends last by promised working days; of several, the longest, then the first by name."""
        path: list[Step] = []
        ahead = list(self.steps.values())
        while ahead:
            step = min(ahead, key=lambda one: (-one.ends[0], -one.stage, one.name))
            path.append(step)
            ahead = [self.steps[number] for number in step.after]
        return tuple(reversed(path))


def schedule(solved: Solved) -> Schedule:
    """Run every edge as soon as its inputs are there; what is known or asked is there at stage 0."""
    steps: dict[int, Step] = {}
    stages = dict.fromkeys(solved.vertices, 0)
    makers: dict[int, tuple[int, ...]] = {}
    for number in solved.edges:
        edge = solved.graph.edges[number]
        after = tuple(dict.fromkeys(maker for vertex in edge.inputs for maker in makers.get(vertex, ())))
        if edge.kind is EdgeKind.CERTIFICATE:
            stage, made_by = stages[edge.inputs[0]], after
        else:
            steps[number] = step = _step(solved, number, [steps[maker] for maker in after], after)
            stage, made_by = step.stage, (number,)
        for vertex in edge.outputs:
            if vertex in solved.vertices and solved.derived.via.get(vertex) == number:
                stages[vertex], makers[vertex] = stage, made_by
    return Schedule(steps, stages)


def _step(solved: Solved, number: int, before: list[Step], after: tuple[int, ...]) -> Step:
    edge = solved.graph.edges[number]
    is_fetch = edge.kind is EdgeKind.RESOURCE
    promised, statutory = edge.days, edge.days
    if not is_fetch:
        statutory = solved.setting.ground.library.services[edge.name].limits.statutory
    starts = (
        max((one.ends[0] for one in before), default=0),
        max((one.ends[1] for one in before), default=0),
    )
    upfront = (
        is_fetch
        and all(one.is_fetch and one.upfront for one in before)
        and solved.questions.isdisjoint(edge.inputs)
    )
    return Step(
        number,
        edge.name,
        is_fetch,
        1 + max((one.stage for one in before), default=0),
        starts,
        (starts[0] + promised, starts[1] + statutory),
        upfront,
        after,
    )
