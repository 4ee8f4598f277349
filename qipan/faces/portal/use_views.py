"""The uses of one's data, in words: each look-up, hand-over and reading, by day and by agency."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from qipan.applications.rows import DataUse
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library, Share
from qipan.core.elements import Field, element_name
from qipan.faces.look.posts import post_said
from qipan.faces.look.state_words import Said, case_state
from qipan.faces.look.titles import Titles
from qipan.faces.portal.draft_views import by_party
from qipan.faces.portal.list_views import event_titles
from qipan.sharing.rows import UseAbout
from qipan.watch.queries import ToldRow

MOST_NAMED = 3  # kinds of use in the line of an agency's day
TWIN = timedelta(
    seconds=90
)  # between the records of one look-up: the exchange's, and that of the application


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
    """Somebody used data about the reader; ``entry`` is its number in the trail, where it has a receipt of its own.

    ``agency`` is the one that gave or got them, ``who`` says more of it where there is more to say; ``by`` who acted for the reader.
    """

    agency: str
    at: datetime
    who: str
    what: str
    number: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    purpose: str
    legal_basis: str
    outcome: Said
    grant: str = ""
    entry: int | None = None
    by: str = ""

    @property
    def time(self) -> str:
        """The time of day, as it is said."""
        return date_format(timezone.localtime(self.at), "TIME_FORMAT")


class AgencyUses(NamedTuple):
    """What one agency did on a day; ``named`` are the kinds, the first few of them."""

    agency: str
    named: tuple[str, ...]
    more: bool
    lines: tuple[UseLine, ...]


class DayUses(NamedTuple):
    """The uses of one day, by agency, the latest first."""

    title: str
    times: int
    agencies: tuple[AgencyUses, ...]


class Tally(NamedTuple):
    """How often an agency is among the uses that are shown; ``share`` is of the most frequent one, in percent."""

    agency: str
    times: int
    share: int


class UntoldLine(NamedTuple):
    """A kind of use that is not shown, by which law, and for how many days; 0: for ever."""

    title: str
    law: str
    days: int


def use_lines(uses: Uses, library: Library, language: str) -> tuple[UseLine, ...]:
    """Who used the data, in words, the latest first; a look-up that went to another agency's node is told once, with its grant."""
    calls = list(uses.about)
    lines: list[UseLine] = []
    for use in uses.found:
        twin = next((one for one in calls if _is_twin(use, one)), None)
        line = _use_line(use, language) if use.event else _checked_line(use, library, language)
        if twin is not None:
            calls.remove(twin)
            line = line._replace(grant=_exchange_grant(twin, language))
        lines.append(line)
    lines += [_about_line(one, library, language) for one in calls]
    lines += [_told_line(one, library, language) for one in uses.told]
    return tuple(sorted(lines, key=lambda one: one.at, reverse=True))


def by_day(lines: Sequence[UseLine]) -> tuple[DayUses, ...]:
    """Put lines, the latest first, together by day and agency."""
    days = [
        (day, tuple(found)) for day, found in groupby(lines, lambda one: timezone.localtime(one.at).date())
    ]
    return tuple(DayUses(_day(day), len(found), _by_agency(found)) for day, found in days)


def tallies(lines: Iterable[UseLine]) -> tuple[Tally, ...]:
    """Count uses by agency, the most frequent first."""
    counted = Counter(one.agency for one in lines).most_common()
    return tuple(
        Tally(agency, count, max(2, round(100 * count / counted[0][1]))) for agency, count in counted
    )


def _by_agency(lines: Sequence[UseLine]) -> tuple[AgencyUses, ...]:
    found: dict[str, list[UseLine]] = {}
    for one in lines:
        found.setdefault(one.agency, []).append(one)
    return tuple(_of_agency(agency, each) for agency, each in found.items())


def _of_agency(agency: str, lines: Sequence[UseLine]) -> AgencyUses:
    kinds = [*dict.fromkeys(one.what for one in lines)]
    return AgencyUses(agency, tuple(kinds[:MOST_NAMED]), len(kinds) > MOST_NAMED, tuple(lines))


def _day(day: date) -> str:
    return f"{date_format(day)} {date_format(day, 'l')}"


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
    agency, who = _named(one.agency_zh, one.agency_en, language) or one.agency, post_said(one.post)
    if one.kind == "given":
        title, fields = _given(one.resource, one.fields, library, language)
        what = _("从《%(register)s》得到您的数据") % {"register": title}
        outcome = _outcome(one.outcome if one.outcome in {"ok", "none"} else "refused")
        return UseLine(
            agency, one.at, who, what, "", fields, one.purpose, one.basis, outcome, entry=one.entry
        )
    if one.kind == "case":
        _event, titles = event_titles(one.version, one.event, language)
        service = titles.service(one.service)
        what = _("打开了您的“%(service)s”") % {"service": service}
        purpose = _("办理“%(service)s”") % {"service": service}
    else:
        what, purpose = _("在窗口为您代办"), _("窗口代办")
    seen = Said(_("看过"), "neutral")
    return UseLine(agency, one.at, who, what, one.number, (), purpose, "", seen, entry=one.entry)


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
        agency=_named(one.consumer_zh, one.consumer_en, language),
        at=one.at,
        who="",
        what=_("查询《%(register)s》") % {"register": title},
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
        agency=who,
        at=use.at,
        who=_("由它提供"),
        what=_("查询《%(register)s》") % {"register": title},
        number="",
        fields=fields,
        purpose=use.purpose,
        legal_basis=use.legal_basis,
        outcome=_outcome(use.outcome),
    )


def _named(zh: str, en: str, language: str) -> str:
    return zh if language.startswith("zh") else en or zh


def _use_line(use: DataUse, language: str) -> UseLine:
    _event, titles = event_titles(use.version, use.event, language)
    agency = (use.agency_zh if titles.chinese else use.agency_en or use.agency_zh) or titles.agency(
        use.agency
    )
    is_call = use.kind == "call"
    register, receiver = {"register": titles.resource(use.via)}, {"agency": agency}
    return UseLine(
        agency=agency,
        at=use.at,
        who=_("由它提供") if is_call else titles.service(use.via),
        what=_("查询《%(register)s》") % register if is_call else _("转给%(agency)s") % receiver,
        number=use.number if use.own else "",
        fields=by_party(map(Field.parse, use.fields), titles),
        purpose=use.purpose or _("办理“%(service)s”") % {"service": titles.service(use.via)},
        legal_basis=use.legal_basis,
        outcome=_outcome(use.outcome) if is_call else case_state(use.outcome),
        grant=_declared_grant(use, titles, use.via.partition("(")[0]) if is_call else "",
        by=_("%(agent)s替您办理") % {"agent": use.by} if use.by else "",
    )


def _outcome(outcome: str) -> Said:
    return {
        "ok": Said(_("查到了"), "good"),
        "none": Said(_("没有记录"), "neutral"),
        "down": Said(_("没有查通"), "warn"),
        "nonsense": Said(_("没有查通"), "warn"),
        "refused": Said(_("不让查"), "bad"),
    }.get(outcome, Said(outcome, "neutral"))
