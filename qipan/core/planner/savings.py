"""Savings: what the plan asks of a person, against doing it agency by agency."""

from collections.abc import Iterable

from qipan.core.declarations import MeetKind
from qipan.core.plan import Saving
from qipan.core.planner.activation import ActiveService
from qipan.core.planner.solve import Solved
from qipan.core.planner.stages import Schedule


def find_savings(solved: Solved, schedule: Schedule) -> dict[str, Saving]:
    """Fields, documents, visits and working days; what is granted already counts too, but not its days after."""
    granted, planned = solved.setting.activation.granted, solved.setting.scope.met
    services = [*granted, *planned]
    declared = [active.ground.service for active in services]
    ends = [step.ends for step in schedule.steps.values()]
    asked = len(solved.questions) + len(
        solved.setting.knowledge.stated & solved.setting.knowledge.facts.keys()
    )
    return {
        "fields": Saving(sum(len({need.field for need in one.needs}) for one in services), asked),
        "documents": Saving(sum(len(one.documents) for one in services), len(_uploads(solved, granted))),
        "visits": Saving(
            sum(one.visits.alone for one in declared), sum(one.visits.joined for one in declared)
        ),
        "working_days": Saving(
            sum(one.limits.promised for one in declared), max((end[0] for end in ends), default=0)
        ),
        "working_days_statutory": Saving(
            sum(one.limits.statutory for one in declared), max((end[1] for end in ends), default=0)
        ),
    }


def _uploads(solved: Solved, granted: Iterable[ActiveService]) -> set[str]:
    """The distinct papers a person sends: those of the plan, and those that what is granted must have had."""
    papers = {
        document.paper
        for service in solved.setting.scope.met
        for document in service.documents
        if solved.choice[service.name, document.name].kind is MeetKind.UPLOAD
    }
    start, network = solved.setting.network.start, solved.setting.network
    for service in granted:
        for document in service.documents:
            through = [
                (network.numbers.papers[way.paper],)
                if way.paper
                else tuple(network.numbers.fields[fact] for fact in way.facts)
                for way in document.ways
                if way.kind is not MeetKind.UPLOAD
            ]
            if not any(start.issuperset(vertices) for vertices in through):
                papers.add(document.paper)
    return papers
