"""Cases as they begin: in which agency, waiting or ready, and until when."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from qipan.adapters.working_days import WORKING_DAYS
from qipan.agencies.queries import Wanted, handling_agencies
from qipan.applications.intake import Asking
from qipan.applications.numbers import new_id
from qipan.core.declarations import Limits
from qipan.core.elements import Field, Value
from qipan.core.lifecycle import CaseState
from qipan.core.plan import Plan, PlannedService
from qipan.core.planner.ground import ground_event
from qipan.core.worktime import due_on

INSERT_CASES = """
INSERT INTO cases (id, application_id, ordinal, service, agency, region, state, ready_at, due_on, statutory_due_on,
  paused_days, automatic, reason, stopped_by, outputs)
SELECT opened.id, {application}, ordinal, service, agency, region, state, ready_at, due_on, statutory_due_on,
  0, false, '', '', '{{}}'
FROM {created} unnest(%(case_ids)s::uuid[], %(ordinals)s::smallint[], %(services)s::text[], %(agencies)s::text[],
  %(regions)s::text[], %(states)s::text[], %(ready)s::timestamptz[], %(due)s::date[], %(statutory_due)s::date[])
  AS opened (id, ordinal, service, agency, region, state, ready_at, due_on, statutory_due_on)
"""


class NewCase(NamedTuple):
    """A case about to begin; one that waits has no clock yet."""

    id: UUID
    ordinal: int
    service: str
    agency: str
    region: str
    state: CaseState
    ready_at: datetime | None
    due_on: object
    statutory_due_on: object


def new_cases(
    asking: Asking, plan: Plan, facts: Mapping[Field, Value], at: datetime, begun: Collection[str] = ()
) -> list[NewCase]:
    """Make a case for each planned service that has none yet."""
    services = [each for each in plan.services if each.service not in begun]
    regions = {each.name: str(facts.get(each.region, "")) if each.region else "" for each in _ground(asking)}
    library = asking.library
    wanted = [
        Wanted(each.agency, library.services[each.service].level, regions[each.service]) for each in services
    ]
    agencies = handling_agencies(wanted)
    return [
        _new_case(asking, each, agency, regions[each.service], at)
        for each, agency in zip(services, agencies, strict=True)
    ]


def is_ready(planned: PlannedService) -> bool:
    """Whether nothing stands before a service any more: plans leave out what is done."""
    return not planned.waits_for


def clocks(limits: Limits, at: datetime, paused: int = 0) -> tuple[object, object]:
    """The promised and the statutory due date of a case that reached its agency at this time."""
    arrived = timezone.localdate(at)
    return tuple(due_on(arrived, days, WORKING_DAYS, paused) for days in (limits.promised, limits.statutory))  # type: ignore[return-value]


def case_columns(cases: Collection[NewCase]) -> dict[str, list[object]]:
    """Turn new cases into the arrays that ``INSERT_CASES`` takes."""
    names = (
        "case_ids", "ordinals", "services", "agencies", "regions", "states", "ready", "due", "statutory_due",
    )  # fmt: skip
    columns = zip(*cases, strict=True) if cases else ((),) * len(names)
    return dict(zip(names, map(list, columns), strict=True))


def _new_case(asking: Asking, planned: PlannedService, agency: str, region: str, at: datetime) -> NewCase:
    ready = is_ready(planned)
    due, statutory = clocks(asking.library.services[planned.service].limits, at) if ready else (None, None)
    state = CaseState.SUBMITTED if ready else CaseState.WAITING
    ordinal = _ordinals(asking)[planned.service]
    return NewCase(new_id(at), ordinal, planned.service, agency, region, state, at if ready else None, due, statutory)


def _ordinals(asking: Asking) -> dict[str, int]:
    """Number the event's services, whichever of them a plan has."""
    return {use.service: number for number, use in enumerate(asking.event.services, 1)}


def _ground(asking: Asking) -> Iterator[object]:
    yield from ground_event(asking.library, asking.event.name).services
