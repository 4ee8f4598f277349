"""Making a plan: the solution said in the words of the plan."""

from collections.abc import Iterable, Iterator
from functools import reduce

from qipan.core.checks import intersect, is_empty
from qipan.core.declarations import Library, MeetKind
from qipan.core.elements import NO_CHECKS, Checks, Field
from qipan.core.plan import (
    Derivation,
    Fetch,
    Left,
    Plan,
    PlannedService,
    Problem,
    Question,
    Reason,
    RequiredEvidence,
    Stage,
)
from qipan.core.planner.activation import ActiveService
from qipan.core.planner.closure import EdgeKind
from qipan.core.planner.index import position_of
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.reasons import Reasons, find_reasons
from qipan.core.planner.savings import find_savings
from qipan.core.planner.shortfall import find_shortfall
from qipan.core.planner.solve import Solved, solve
from qipan.core.planner.stages import Schedule, Step, schedule
from qipan.core.planner.unmet import find_unmet, need_position


def make_plan(library: Library, event: str, knowledge: Knowledge) -> Plan:
    """Plan a life event from what is known; raises UnableToPlan when the library does not have the event."""
    solved = solve(library, event, knowledge)
    timing = schedule(solved)
    reasons = find_reasons(solved)
    left, problems = _shortcomings(solved)
    return Plan(
        event=event,
        version=library.version,
        questions=tuple(_questions(solved, reasons)),
        fetches=tuple(_fetches(timing, reasons)),
        services=tuple(_services(solved, timing, reasons)),
        stages=tuple(_stages(timing)),
        evidence=tuple(_evidence(solved)),
        derivations=tuple(_derivations(solved, timing)),
        savings=find_savings(solved, timing),
        critical_path=tuple(step.name for step in timing.critical_path()),
        left=tuple(left),
        problems=tuple(problems),
        assumed=tuple(
            sorted((one, value) for one, value in knowledge.assumed.items() if one not in knowledge.facts)
        ),
    )


# What to ask


def _questions(solved: Solved, reasons: Reasons) -> list[Question]:
    """Those that decide something first, then in the order in which the services need them."""
    order: dict[Field, int] = {}
    for service in solved.setting.scope.met:
        for need in service.needs:
            order.setdefault(need.field, len(order))
    narrowed = _narrowed(solved)
    asked = [solved.fields[vertex] for vertex in solved.questions]
    found = [_question(solved, reasons, one, narrowed.get(one, ())) for one in asked]
    return sorted(found, key=lambda one: (not one.decides, order.get(one.field, len(order)), one.field))


def _question(solved: Solved, reasons: Reasons, asked: Field, checks: Iterable[Checks]) -> Question:
    element = solved.setting.ground.element(asked)
    vertex = solved.setting.network.numbers.fields[asked]
    return Question(
        asked,
        element.name if element else "",
        reduce(intersect, checks, element.checks if element else NO_CHECKS),
        solved.setting.scope.burdens[vertex],
        reasons.sorted(reasons.by_vertex[vertex]),
        bool(reasons.decides(asked)),
        reasons.of_question(asked),
    )


def _narrowed(solved: Solved) -> dict[Field, list[Checks]]:
    """The checks that services put on a field beyond those of its element."""
    found: dict[Field, list[Checks]] = {}
    for service in solved.setting.scope.met:
        for need in service.needs:
            if need.checks is not NO_CHECKS:
                found.setdefault(need.field, []).append(need.checks)
    return found


# What runs


def _fetches(timing: Schedule, reasons: Reasons) -> list[Fetch]:
    found = [_fetch(step, reasons) for step in timing.steps.values() if step.is_fetch]
    return sorted(found, key=lambda fetch: (fetch.stage, fetch.name))


def _fetch(step: Step, reasons: Reasons) -> Fetch:
    state = reasons.states[step.name]
    why = reasons.of_fetch(step.edge)
    taken = frozenset(why[0].fields)
    return Fetch(
        name=step.name,
        resource=state.lookup.resource.name,
        parties=state.lookup.parties,
        keys=state.lookup.keys,
        facts=tuple((fact.field, fact.own) for fact in state.gives if fact.field in taken),
        stage=step.stage,
        upfront=step.upfront,
        days=state.lookup.resource.days,
        needed_by=reasons.sorted(reasons.by_edge[step.edge]),
        reasons=why,
    )


def _services(solved: Solved, timing: Schedule, reasons: Reasons) -> Iterator[PlannedService]:
    steps = {step.name: step for step in timing.steps.values() if not step.is_fetch}
    for service in solved.setting.scope.met:
        step = steps[service.name]
        before = [timing.steps[number] for number in step.after]
        declared = service.ground.service
        yield PlannedService(
            service=service.name,
            agency=declared.agency,
            stage=step.stage,
            parties=service.ground.parties,
            needs=tuple(dict.fromkeys(need.field for need in service.needs)),
            gives=service.gives,
            waits_for=reasons.sorted(one.name for one in before if not one.is_fetch),
            fetches=tuple(sorted(one.name for one in before if one.is_fetch)),
            optional=service.ground.use.optional,
            starts_after=step.starts,
            ends_after=step.ends,
            reasons=reasons.of_service(service, step),
        )


def _stages(timing: Schedule) -> Iterator[Stage]:
    steps = timing.steps.values()
    for number in range(1, max((step.stage for step in steps), default=0) + 1):
        here = [step for step in steps if step.stage == number]
        fetches = sorted(step.name for step in here if step.is_fetch)
        services = sorted(step.name for step in here if not step.is_fetch)
        yield Stage(number, tuple(fetches), tuple(services))


# Where everything comes from


def _evidence(solved: Solved) -> Iterator[RequiredEvidence]:
    for service in solved.setting.scope.met:
        for document in service.documents:
            way = solved.choice[service.name, document.name]
            via = tuple(str(fact) for fact in way.facts)
            if way.kind is MeetKind.UPLOAD:
                via = (document.paper,)
            elif way.paper is not None:
                via = (way.paper.certificate,)
            yield RequiredEvidence(service.name, document.name, way.kind, via)


def _derivations(solved: Solved, timing: Schedule) -> list[Derivation]:
    """Every field that the plan uses, from what is known onwards; a field that is also asked is an answer."""
    found: dict[Field, Derivation] = {}
    sourced = set(solved.setting.network.numbers.sourced.values())
    for vertex in sorted(solved.vertices, key=lambda one: one in sourced):
        field = solved.fields.get(vertex)
        if field is not None and field not in found:
            found[field] = _derivation(solved, timing, field, vertex)
    return sorted(found.values(), key=lambda one: (one.stage, one.field))


def _derivation(solved: Solved, timing: Schedule, field: Field, vertex: int) -> Derivation:
    number = solved.derived.via.get(vertex)
    if number is None:
        return Derivation(field, *_origin(solved, field, vertex), inputs=(), stage=0)
    edge = solved.graph.edges[number]
    inputs = tuple(solved.fields[source] for source in edge.inputs if source in solved.fields)
    issuer = ""
    if edge.kind is EdgeKind.CERTIFICATE:
        issuer = solved.graph.edges[solved.derived.via[edge.inputs[0]]].name
    return Derivation(field, edge.kind.value, edge.name, inputs, timing.stages[vertex], issuer)


def _origin(solved: Solved, field: Field, vertex: int) -> tuple[str, str]:
    if vertex in solved.questions or field in solved.setting.knowledge.stated:
        return "answer", ""
    if field in solved.setting.network.held:
        return "certificate", solved.setting.network.held[field]
    for service in solved.setting.activation.granted:
        if field in service.gives:
            return "service", service.name
    return "known", ""


# What is left, and what is wrong


def _shortcomings(solved: Solved) -> tuple[list[Left], list[Problem]]:
    left, problems = list(solved.setting.activation.left), list(_ambiguities(solved))
    for service in solved.setting.scope.met:
        for needed in dict.fromkeys(service.inputs):
            if needed in solved.waiting:
                undecided = Reason("undecided", fields=tuple(sorted(solved.waiting[needed])))
                left.append(Left("need", service.name, needed, undecided, settled=False))
    if solved.setting.scope.unmet:
        shortfall = find_shortfall(solved.setting, solved.setting.scope.reachable)
        unmet = find_unmet(solved.setting, shortfall)
        left.extend(unmet.left())
        problems.extend(unmet.problems())
    order = {service.name: rank for rank, service in enumerate(solved.setting.ground.services)}
    kinds = {"service": 0, "document": 1, "need": 2}
    left.sort(key=lambda one: (order[one.service], kinds[one.what], one.name, one.field or Field("", "")))
    return left, problems


def _ambiguities(solved: Solved) -> Iterator[Problem]:
    """Two services that give one field, and checks that leave no value for a field."""
    ground = solved.setting.ground
    givers: dict[Field, list[ActiveService]] = {}
    checked: dict[Field, list[tuple[ActiveService, Checks]]] = {}
    for service in solved.setting.activation.services:
        for given in service.gives:
            givers.setdefault(given, []).append(service)
        for need in service.needs:
            if need.checks is not NO_CHECKS:
                checked.setdefault(need.field, []).append((service, need.checks))
    for given, services in givers.items():
        if len(services) > 1:
            yield _conflict(solved, "two-producers", "gives", given, services)
    for needed, narrowed in checked.items():
        element = ground.element(needed)
        joined = reduce(intersect, (checks for _, checks in narrowed))
        if element is not None and is_empty(joined, element, ground.library.codes):
            yield _conflict(solved, "empty-checks", "needs", needed, [service for service, _ in narrowed])


def _conflict(solved: Solved, code: str, part: str, field: Field, services: list[ActiveService]) -> Problem:
    library = solved.setting.ground.library
    found = [
        need_position(solved.setting.ground, service.ground, field)
        if part == "needs"
        else position_of(library, "services", service.name, part, str(field))
        for service in services
    ]
    values = {
        "event": solved.setting.ground.event.name,
        "field": str(field),
        "services": [service.name for service in services],
    }
    return Problem(code, "error", found[0], values, tuple(one for one in found[1:] if one is not None))
