"""A life event's page: what is bundled, what it saves and how it goes, for the usual case or for one's own."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from qipan.applications.forms import FormView
from qipan.core.declarations import Library, Service
from qipan.core.plan import Plan, PlannedService
from qipan.faces.look.controls import Control, control
from qipan.faces.look.lanes import Step, Track, draw
from qipan.faces.portal.catalogue_words import Measure, measures, picture, service_facts

START = "start"


class ServiceLine(NamedTuple):
    """One row of the graph; `begins` and `ends` are working days from submission. The first row is the start."""

    start: bool
    title: str = ""
    agency: str = ""
    optional: bool = False
    automatic: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    begins: int = 0
    ends: int = 0
    when: str = ""


class EventPage(NamedTuple):
    """All that the page of a life event shows."""

    name: str
    title: str
    abstract: str
    icon: str
    applicant: str
    questions: tuple[Control, ...]
    answers: tuple[tuple[str, str], ...]
    savings: tuple[Measure, ...]
    services: int
    days: int
    track: Track
    sources: tuple[str, ...]

    @property
    def costs_more(self) -> bool:
        """Whether anything is more than before, so that not all of it is a saving."""
        return any(saving.after > saving.before for saving in self.savings)


def event_page(form: FormView, library: Library, language: str, today: date) -> EventPage:
    """Put the page together from the estimate."""
    event = library.events[form.event]
    slot = event.parties[event.applicant]
    return EventPage(
        name=event.name,
        title=form.title,
        abstract=event.abstract.say(language) if event.abstract else "",
        icon=picture(event),
        applicant=slot.title.say(language) if slot.title else slot.name,
        questions=tuple(control(question, today=today) for question in form.deciding),
        answers=tuple((question.field, question.value) for question in form.deciding if question.value),
        savings=measures(form.savings),
        services=len(form.plan.services),
        days=last_day(form.plan),
        track=_track(form, library, language),
        sources=event.sources,
    )


def last_day(plan: Plan) -> int:
    """When everything is done, in promised working days; at least 1, so that there is a scale."""
    return max((service.ends_after[0] for service in plan.services), default=1) or 1


def in_order(plan: Plan) -> list[PlannedService]:
    """The services in an order in which each stands after all that it waits for: the soonest, then the longest way, first."""
    waits = {service.service: service.waits_for for service in plan.services}

    def depth(name: str) -> int:
        return 1 + max(map(depth, waits.get(name, ())), default=0)

    return sorted(
        plan.services,
        key=lambda one: (
            one.starts_after[0],
            depth(one.service),
            one.service not in plan.critical_path,
            one.ends_after[0],
            one.service,
        ),
    )


def agency_at(library: Library, service: Service, language: str) -> str:
    """What the agency of a service is called at the level that handles it: 派出所 rather than 公安局."""
    agency = library.agencies[service.agency]
    return agency.names.get(service.level, agency.title).say(language)


def _track(form: FormView, library: Library, language: str) -> Track:
    titles = {service.service: service for service in form.services}
    steps = [Step(START, (), START, ServiceLine(start=True))]
    for planned in in_order(form.plan):
        declared, worded = library.services[planned.service], titles[planned.service]
        begins, ends = planned.starts_after[0], planned.ends_after[0]
        line = ServiceLine(
            start=False,
            title=worded.title,
            agency=agency_at(library, declared, language),
            optional=worded.optional,
            automatic=declared.automatic is not None,
            facts=service_facts(declared, library, language),
            begins=begins,
            ends=ends,
            when=_when(begins, ends),
        )
        steps.append(Step(planned.service, planned.waits_for or (START,), "neutral", line))
    return draw(steps, {START, *form.plan.critical_path})


def _when(begins: int, ends: int) -> str:
    if ends == 0:
        return _("提交当天")
    first = begins + 1
    if ends <= first:
        return _("第 %(day)s 个工作日") % {"day": ends}
    return _("第 %(first)s～%(last)s 个工作日") % {"first": first, "last": ends}
