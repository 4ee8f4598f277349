"""What everyone may read: the life events, and the plan that would follow from facts that nobody keeps."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field as Described

from qipan.applications import queries
from qipan.applications.drafting import asking_of
from qipan.applications.errors import UnableToAnswer
from qipan.applications.forms import FormView
from qipan.applications.intake import Asking, failure_of, field_of, read
from qipan.catalogue import queries as catalogue
from qipan.core.checks import CheckFailure
from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge, make_plan, plan_as_dict, reason_as_dict
from qipan.core.planner.ground import UnableToPlan
from qipan.faces.api.guards import open_to_anyone
from qipan.faces.api.shapes import shape_of
from qipan.faces.look.limits import PLAN, spend

router = Router(tags=["life events 一件事"])
RULE = open_to_anyone
MOST = 500


class EventOut(Schema):
    """A life event."""

    name: str
    title: str
    abstract: str
    subject: str
    services: list[str]


class PlanIn(Schema):
    """What is known and supposed; facts by field, as typed or as values. Nothing of it is kept."""

    facts: dict[str, str | bool | int | float] = Described(default={}, max_length=MOST)
    typical: bool = Described(default=False, description="Suppose the usual case where facts are missing")
    without: list[str] = Described(default=[], max_length=MOST, description="Resources that do not answer")
    skipped: list[str] = Described(default=[], max_length=MOST, description="Optional services left out")


FormOut = shape_of(FormView, "plan", "left", "problems")


@router.get("/events", response=list[EventOut], summary="List the life events")
def events(request: HttpRequest) -> list[EventOut]:
    language = _language(request)
    return [
        EventOut(
            name=event.name,
            title=event.title.say(language),
            abstract=event.abstract.say(language) if event.abstract else "",
            subject=event.subject,
            services=[use.service for use in event.services],
        )
        for event in catalogue.current_library().events.values()
    ]


@router.get("/events/{event}", response=FormOut, summary="Show what an event asks of a typical person")
def event_form(request: HttpRequest, event: str) -> FormView:
    found = queries.event_view(event, _language(request), timezone.localdate())
    if found is None:
        raise Http404
    return found


@router.post("/events/{event}/plan", response=dict[str, Any], summary="Derive the plan from facts")
def plan(request: HttpRequest, event: str, given: PlanIn) -> dict[str, Any]:
    spend(request, PLAN)
    version = catalogue.current_version()
    try:
        asking = asking_of(version, event, timezone.localdate())
        facts = _facts(asking, given.facts)
        made = make_plan(
            asking.library,
            event,
            Knowledge(
                facts=facts,
                stated=frozenset(facts),
                assumed=asking.event.typical if given.typical else {},
                without=frozenset(given.without),
                skipped=frozenset(given.skipped),
                identified=not given.typical,
                today=asking.today,
            ),
        )
    except (KeyError, UnableToPlan) as error:
        raise Http404 from error
    reasons = {str(one.field): [reason_as_dict(reason) for reason in one.reasons] for one in made.questions}
    return {**plan_as_dict(made), "reasons": reasons}


def _facts(asking: Asking, typed: dict[str, str | bool | int | float]) -> dict[Field, Value]:
    """Read the given facts; raises UnableToAnswer with every one that is wrong."""
    good: dict[Field, Value] = {}
    wrong: list[tuple[str, CheckFailure]] = []
    for name, one in typed.items():
        value = _fact(asking, name, one)
        if isinstance(value, CheckFailure):
            wrong.append((name, value))
        elif value is not None:
            good[field_of(name)] = value
    if wrong:
        raise UnableToAnswer(invalid=wrong)
    return good


def _fact(asking: Asking, name: str, typed: object) -> Value | CheckFailure | None:
    try:
        field = Field.parse(name)
    except ValueError:
        return CheckFailure("unknown-field")
    element = asking.element(field)
    if element is None:
        return CheckFailure("unknown-field")
    value = read(typed, element)
    if value is None or isinstance(value, CheckFailure):
        return value
    return failure_of(asking, field, value) or value


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))
