"""What lists show: drafts and applications."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.applications.rows import ApplicationRow, Discarded, DraftSummary
from qipan.catalogue import queries as catalogue
from qipan.faces.look.state_words import Said, application_state
from qipan.faces.look.titles import Titles
from qipan.faces.portal.application_views import progress_words


class DraftLine(NamedTuple):
    """A form begun."""

    id: UUID
    title: str
    note: str


class ApplicationLine(NamedTuple):
    """An application sent."""

    number: str
    title: str
    submitted_on: str
    state: Said
    progress: str


class Unfinished(NamedTuple):
    """Something to go on with, on the home page."""

    href: str
    title: str
    note: str
    state: str
    tone: str


def discarded_line(gone: Discarded, language: str) -> DraftLine:
    """The form that was just thrown away."""
    return DraftLine(gone.id, event_titles(gone.version, gone.event, language)[0], "")


def draft_lines(drafts: Iterable[DraftSummary], language: str) -> tuple[DraftLine, ...]:
    """The forms begun."""
    return tuple(
        DraftLine(draft.id, event_titles(draft.version, draft.event, language)[0], _draft_note(draft))
        for draft in drafts
    )


def application_lines(applications: Iterable[ApplicationRow], language: str) -> tuple[ApplicationLine, ...]:
    """The applications sent."""
    return tuple(
        ApplicationLine(
            number=one.number,
            title=event_titles(one.version, one.event, language)[0],
            submitted_on=date_format(timezone.localdate(one.submitted_at)),
            state=application_state(one.state, awaits_person=one.awaits_person),
            progress=progress_words(one.ended, one.cases),
        )
        for one in applications
    )


def unfinished(
    drafts: Iterable[DraftSummary], applications: Iterable[ApplicationRow], language: str
) -> tuple[Unfinished, ...]:
    """What to go on with: what is owed first, then forms begun, then what is on its way."""
    begun = [
        Unfinished(
            reverse("portal:form", kwargs={"draft": line.id}), line.title, line.note, _("没填完"), "neutral"
        )
        for line in draft_lines(drafts, language)
    ]
    running = [
        Unfinished(
            reverse("portal:application", kwargs={"number": line.number}),
            line.title,
            line.progress,
            line.state.words,
            line.state.tone,
        )
        for line in application_lines((one for one in applications if one.closed_at is None), language)
    ]
    return tuple(sorted((*begun, *running), key=lambda one: ("warn", "neutral", "active").index(one.tone)))


def event_titles(version: int, event: str, language: str) -> tuple[str, Titles]:
    """A life event's title, and all titles of the library it was planned with."""
    library = catalogue.library(version)
    titles = Titles(library, library.events[event], language)
    return library.events[event].title.say(language), titles


def moment(at: datetime) -> str:
    """A time as it is said."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _draft_note(draft: DraftSummary) -> str:
    answered = ngettext("填了 %(num)s 项", "填了 %(num)s 项", draft.answered) % {"num": draft.answered}
    return _("%(answered)s，%(time)s保存") % {"answered": answered, "time": moment(draft.updated_at)}
