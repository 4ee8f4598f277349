"""What lists show: drafts, applications, and the uses of one's data."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.applications.rows import ApplicationRow, DataUse, Discarded, DraftSummary
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library, Share
from qipan.core.elements import Field, element_name
from qipan.faces.look.posts import post_said
from qipan.faces.look.state_words import Said, application_state, case_state
from qipan.faces.look.titles import Titles
from qipan.faces.portal.application_views import progress_words
from qipan.faces.portal.draft_views import by_party
from qipan.sharing.rows import UseAbout
from qipan.watch.queries import ToldRow

TWIN = timedelta(
    seconds=90
)  # between the records of one look-up: the exchange's, and that of the application


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


class Uses(NamedTuple):
    """What is told of somebody's data: look-ups and hand-overs, calls between agencies, and readings and what other nodes got."""

    found: Sequence[DataUse]
    about: Sequence[UseAbout]
    told: Sequence[ToldRow]

    def since(self, last: datetime | None) -> "Uses":
        """Those from a moment on."""
        if last is None:
            return self
        return Uses(
            [one for one in self.found if one.at >= last],
            [one for one in self.about if one.at >= last],
            [one for one in self.told if one.at >= last],
        )


class UseLine(NamedTuple):
    """Somebody used data about the reader; ``entry`` is its number in the trail, where it has a receipt of its own."""

    who: str
    what: str
    time: str
    number: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    purpose: str
    legal_basis: str
    outcome: Said
    grant: str = ""
    entry: int | None = None


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


class UntoldLine(NamedTuple):
    """A kind of use that is not shown, by which law, and for how many days; 0: for ever."""

    title: str
    law: str
    days: int


def use_lines(uses: Uses, library: Library, language: str) -> tuple[UseLine, ...]:
    """Who used the data, in words, the latest first; a look-up that went to another agency's node is told once, with its grant."""
    calls = list(uses.about)
    lines: list[tuple[datetime, UseLine]] = []
    for use in uses.found:
        twin = next((one for one in calls if _is_twin(use, one)), None)
        line = _use_line(use, language) if use.event else _checked_line(use, library, language)
        if twin is not None:
            calls.remove(twin)
            line = line._replace(grant=_exchange_grant(twin, language))
        lines.append((use.at, line))
    lines += [(one.at, _about_line(one, library, language)) for one in calls]
    lines += [(one.at, _told_line(one, library, language)) for one in uses.told]
    return tuple(line for _at, line in sorted(lines, key=lambda each: each[0], reverse=True))


def untold_lines(library: Library, language: str) -> tuple[UntoldLine, ...]:
    """The kinds of use that are not shown, or not yet, each with the law that says so."""
    return tuple(
        UntoldLine(library.resources[name].title.say(language), law, library.resources[name].untold_days)
        for name, law in catalogue.untold_in(library).items()
    )


def _is_twin(use: DataUse, call: UseAbout) -> bool:
    near = abs(use.at - call.at) < TWIN
    return use.kind == "call" and near and use.via.partition("(")[0] == call.resource


def _told_line(one: ToldRow, library: Library, language: str) -> UseLine:
    who = " ".join(
        filter(None, (_named(one.agency_zh, one.agency_en, language) or one.agency, post_said(one.post)))
    )
    if one.kind == "given":
        title, fields = _given(one.resource, one.fields, library, language)
        what = _("从《%(register)s》得到您的数据") % {"register": title}
        outcome = _outcome(one.outcome if one.outcome in {"ok", "none"} else "refused")
        return UseLine(
            who, what, moment(one.at), "", fields, one.purpose, one.basis, outcome, entry=one.entry
        )
    if one.kind == "case":
        _event, titles = event_titles(one.version, one.event, language)
        service = titles.service(one.service)
        what = _("打开了您的“%(service)s”") % {"service": service}
        purpose = _("办理“%(service)s”") % {"service": service}
    else:
        what, purpose = _("在窗口为您代办"), _("窗口代办")
    seen = Said(_("看过"), "neutral")
    return UseLine(who, what, moment(one.at), one.number, (), purpose, "", seen, entry=one.entry)


def _given(
    name: str, fields: Iterable[str], library: Library, language: str
) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """A resource's title, and the titles of its own fields."""
    resource = library.resources.get(name)
    title = resource.title.say(language) if resource else name
    elements = [
        library.elements.get(element_name(resource.parties[field.party].kind, field.word))
        if resource
        else None
        for field in map(Field.parse, fields)
    ]
    return title, ((_("数据"), tuple(each.title.say(language) for each in elements if each)),)


def _about_line(one: UseAbout, library: Library, language: str) -> UseLine:
    title, fields = _given(one.resource, one.fields, library, language)
    return UseLine(
        who=_named(one.consumer_zh, one.consumer_en, language),
        what=_("查询《%(register)s》") % {"register": title},
        time=moment(one.at),
        number="",
        fields=fields,
        purpose=one.purpose,
        legal_basis=one.basis,
        outcome=_outcome(one.outcome if one.outcome in {"ok", "none"} else "refused"),
        grant=_exchange_grant(one, language),
    )


def _exchange_grant(one: UseAbout, language: str) -> str:
    if one.grant is None or one.ends is None:
        return ""
    last = date_format(timezone.localdate(one.ends - timedelta(seconds=1)))
    said = {
        "provider": _named(one.provider_zh, one.provider_en, language),
        "consumer": _named(one.consumer_zh, one.consumer_en, language),
        "until": last,
        "number": str(one.grant)[:8],
    }
    return _("%(provider)s与%(consumer)s签署的授权 %(number)s，到%(until)s为止") % said


def _declared_grant(use: DataUse, titles: Titles, resource: str) -> str:
    """The library's own grants, under which a conditional resource is used in a life event."""
    library = titles.library
    if resource not in library.resources or library.resources[resource].share is not Share.CONDITIONAL:
        return ""
    for one in library.grants.values():
        if (one.resource, one.event) == (resource, use.event):
            purpose = (
                one.purpose.say(titles.language) if one.purpose else titles.event.title.say(titles.language)
            )
            until = date_format(date.fromisoformat(one.until)) if one.until else ""
            named = {"purpose": purpose, "until": until}
            return (
                _("“%(purpose)s”的共享授权，到%(until)s为止") % named
                if until
                else _("“%(purpose)s”的共享授权") % named
            )
    return ""


def _checked_line(use: DataUse, library: Library, language: str) -> UseLine:
    """A look-up for no application: somebody gave this number to real-name an account."""
    title, fields = _given(use.via, use.fields, library, language)
    agency = library.agencies.get(use.agency)
    who = _named(use.agency_zh, use.agency_en, language) or (
        agency.title.say(language) if agency else use.agency
    )
    return UseLine(
        who=_("%(agency)s提供") % {"agency": who},
        what=_("查询《%(register)s》") % {"register": title},
        time=moment(use.at),
        number="",
        fields=fields,
        purpose=use.purpose,
        legal_basis=use.legal_basis,
        outcome=_outcome(use.outcome),
    )


def _named(zh: str, en: str, language: str) -> str:
    return zh if language.startswith("zh") else en or zh


def event_titles(version: int, event: str, language: str) -> tuple[str, Titles]:
    """A life event's title, and all titles of the library it was planned with."""
    library = catalogue.library(version)
    titles = Titles(library, library.events[event], language)
    return library.events[event].title.say(language), titles


def _use_line(use: DataUse, language: str) -> UseLine:
    _event, titles = event_titles(use.version, use.event, language)
    agency = (use.agency_zh if titles.chinese else use.agency_en or use.agency_zh) or titles.agency(
        use.agency
    )
    is_call = use.kind == "call"
    register, receiver = {"register": titles.resource(use.via)}, {"agency": agency}
    return UseLine(
        who=_("%(agency)s提供") % receiver if is_call else titles.service(use.via),
        what=_("查询《%(register)s》") % register if is_call else _("转给%(agency)s") % receiver,
        time=moment(use.at),
        number=use.number if use.own else "",
        fields=by_party(map(Field.parse, use.fields), titles),
        purpose=use.purpose or _("办理“%(service)s”") % {"service": titles.service(use.via)},
        legal_basis=use.legal_basis,
        outcome=_outcome(use.outcome) if is_call else case_state(use.outcome),
        grant=_declared_grant(use, titles, use.via.partition("(")[0]) if is_call else "",
    )


def _outcome(outcome: str) -> Said:
    return {
        "ok": Said(_("查到了"), "good"),
        "none": Said(_("没有记录"), "neutral"),
        "down": Said(_("没有查通"), "warn"),
        "nonsense": Said(_("没有查通"), "warn"),
        "refused": Said(_("不让查"), "bad"),
    }.get(outcome, Said(outcome, "neutral"))


def moment(at: datetime) -> str:
    """A time as it is said."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _draft_note(draft: DraftSummary) -> str:
    answered = ngettext("填了 %(num)s 项", "填了 %(num)s 项", draft.answered) % {"num": draft.answered}
    return _("%(answered)s，%(time)s保存") % {"answered": answered, "time": moment(draft.updated_at)}
