"""Cases as they begin: in which agency, waiting or ready, and until when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from qipan import records
from qipan.adapters.working_days import WORKING_DAYS
from qipan.agencies.queries import Wanted, handling_agencies
from qipan.applications.intake import Asking
from qipan.applications.numbering import new_id
from qipan.applications.remembering import Memory
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Limits
from qipan.core.elements import Field, Value
from qipan.core.lifecycle import CaseState
from qipan.core.plan import Plan, PlannedService
from qipan.core.planner.ground import GroundService, ground_event
from qipan.core.worktime import due_on
from qipan.ledger.entries import NewEntry
from qipan.people.actors import Acting

INSERT_CASES = """
INSERT INTO cases (id, application_id, ordinal, service, agency, region, state, ready_at, due_on, statutory_due_on,
  paused_days, automatic, reason, stopped_by, outputs)
SELECT opened.id, {application}, ordinal, service, agency, region, state, ready_at, due_on, statutory_due_on,
  0, false, '', '', '{{}}'
FROM {created} jsonb_to_recordset(%(cases)s::jsonb) AS opened (id uuid, ordinal smallint, service text, agency text,
  region text, state text, ready_at timestamptz, due_on date, statutory_due_on date)
"""
"""Inserts the cases of a JSON document of ``NewCase``; a statement with an act of its own puts what that gives in ``created``."""


_handling = Memory[str](4096)


class NewCase(NamedTuple):
    """A case about to begin; one that waits has no clock yet."""

    id: UUID
    ordinal: int
    service: str
    agency: str
    region: str
    state: CaseState
    ready_at: datetime | None
    due_on: date | None
    statutory_due_on: date | None


def new_cases(
    asking: Asking, plan: Plan, facts: Mapping[Field, Value], at: datetime, begun: Collection[str] = ()
) -> list[NewCase]:
    """Make a case for each planned service that has none yet."""
    services = [each for each in plan.services if each.service not in begun]
    regions = [_region(asking, each.service, facts) for each in services]
    agencies = _agencies(
        [_wanted(asking, each.service, region) for each, region in zip(services, regions, strict=True)], at
    )
    return [
        _new_case(asking, each, _Place(region, agency), is_ready(asking, plan, each, facts), at)
        for each, region, agency in zip(services, regions, agencies, strict=True)
    ]


def place_of(asking: Asking, service: str, facts: Mapping[Field, Value], at: datetime) -> tuple[str, str]:
    """Say for which region, and by which agency, a service is handled."""
    region = _region(asking, service, facts)
    return region, _agencies([_wanted(asking, service, region)], at)[0]


def is_ready(asking: Asking, plan: Plan, planned: PlannedService, facts: Collection[Field]) -> bool:
    """Whether nothing stands before a service any more; plans leave out what is done."""
    if planned.waits_for or planned.fetches:
        return False
    unsettled = any(left.service == planned.service and not left.settled for left in plan.left)
    region = _ground(asking, planned.service).region
    needed = (*planned.needs, region) if region else planned.needs
    return not unsettled and all(field in facts for field in needed)


def entries_of(acting: Acting, cases: Collection[NewCase]) -> list[NewEntry]:
    """Put the opening of cases into the trail; one that waits reaches nobody, and is opened later."""
    return [
        acting.entry("open_case", f"case:{case.id}", service=case.service, agency=case.agency)
        for case in cases
        if case.state is CaseState.SUBMITTED
    ]


def clocks(limits: Limits, at: datetime, paused: int = 0) -> tuple[date, date]:
    """The promised and the statutory due date of a case that reached its agency at this time."""
    return _clocks(limits, timezone.localdate(at), paused)


@lru_cache(maxsize=1024)
def _clocks(limits: Limits, arrived: date, paused: int) -> tuple[date, date]:
    return (
        due_on(arrived, limits.promised, WORKING_DAYS, paused),
        due_on(arrived, limits.statutory, WORKING_DAYS, paused),
    )


def document(cases: Collection[NewCase]) -> str:
    """Write new cases as the JSON that ``INSERT_CASES`` takes."""
    return records.json_text([case._asdict() for case in cases])


class _Place(NamedTuple):
    region: str
    agency: str


def _new_case(asking: Asking, planned: PlannedService, place: _Place, ready: bool, at: datetime) -> NewCase:  # noqa: FBT001
    service = planned.service
    due, statutory = clocks(asking.library.services[service].limits, at) if ready else (None, None)
    return NewCase(
        id=new_id(at),
        ordinal=_ordinals(asking.version, asking.event.name)[service],
        service=service,
        agency=place.agency,
        region=place.region,
        state=CaseState.SUBMITTED if ready else CaseState.WAITING,
        ready_at=at if ready else None,
        due_on=due,
        statutory_due_on=statutory,
    )


def _agencies(wanted: Sequence[Wanted], at: datetime) -> list[str]:
    """Find who handles each; remembered for the minute, so a new agency is given cases from the next one on."""
    minute = at.replace(second=0, microsecond=0)
    found = {each: _handling.get((minute, each)) for each in wanted}
    if missing := [each for each, code in found.items() if not code]:
        for each, code in zip(missing, handling_agencies(missing), strict=True):
            found[each] = _handling.keep((minute, each), code)
    return [found[each] or "" for each in wanted]


def _wanted(asking: Asking, service: str, region: str) -> Wanted:
    declared = asking.library.services[service]
    return Wanted(declared.agency, declared.level, region)


def _region(asking: Asking, service: str, facts: Mapping[Field, Value]) -> str:
    field = _ground(asking, service).region
    return str(facts.get(field, "")) if field else ""


def _ground(asking: Asking, service: str) -> GroundService:
    return _grounds(asking.version, asking.event.name)[service]


@lru_cache(maxsize=256)
def _grounds(version: int, event: str) -> dict[str, GroundService]:
    return {each.name: each for each in ground_event(catalogue.library(version), event).services}


@lru_cache(maxsize=256)
def _ordinals(version: int, event: str) -> dict[str, int]:
    """Number the event's services, whichever of them a plan has."""
    services = catalogue.library(version).events[event].services
    return {use.service: number for number, use in enumerate(services, 1)}
