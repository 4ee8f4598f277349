"""Mandates as their pages show them: plain values, worded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from qipan.core.declarations import Library
from qipan.core.mandates import LONGEST, SUBJECTS, Kind, Standing
from qipan.faces.look.controls import Choice, Control
from qipan.faces.look.state_words import Said
from qipan.faces.portal.mandate_words import kind_words, standing_words
from qipan.mandates.rows import MandateRow

USUAL = timedelta(days=90)  # for how long a mandate is given where nobody says


class MandateLine(NamedTuple):
    """A mandate in a list; ``open`` while it can still be ended."""

    id: int
    principal: str
    agent: str
    under: str
    scope: str
    until: str
    standing: Said
    open: bool


class Overview(NamedTuple):
    """All that the page about acting for others shows; ``given`` is None to whom that is not theirs to see."""

    held: tuple[MandateLine, ...]
    offered: tuple[MandateLine, ...]
    given: tuple[MandateLine, ...] | None


class GivePage(NamedTuple):
    """The form of a mandate; ``events`` are (name, title, whether chosen)."""

    agent: tuple[Control, ...]
    ends_on: Control
    events: tuple[tuple[str, str, bool], ...]
    trouble: str
    errors: tuple[tuple[str, str], ...]


def overview(
    held: Sequence[MandateRow],
    given: Sequence[MandateRow] | None,
    library: Library,
    language: str,
    today: date,
) -> Overview:
    """Put the page together."""

    def lines(rows: Iterable[MandateRow]) -> tuple[MandateLine, ...]:
        return tuple(mandate_line(one, library, language, today) for one in rows)

    return Overview(
        lines(one for one in held if one.standing(today) is Standing.IN_FORCE),
        lines(one for one in held if one.standing(today) is Standing.OFFERED),
        None if given is None else lines(given),
    )


def mandate_line(row: MandateRow, library: Library, language: str, today: date) -> MandateLine:
    """One mandate, in words."""
    standing = row.standing(today)
    return MandateLine(
        row.id,
        row.principal_name,
        row.agent_name,
        kind_words(row.kind),
        scope_words(row.events, library, language),
        date_format(row.ends_on),
        standing_words(standing),
        standing in {Standing.OFFERED, Standing.IN_FORCE},
    )


def scope_words(events: Sequence[str], library: Library, language: str) -> str:
    """What a mandate is for."""
    titles = [library.events[one].title.say(language) if one in library.events else one for one in events]
    return _("、").join(titles) or _("企业的全部事项")


def give_page(
    kind: Kind,
    typed: Mapping[str, str],
    chosen: Sequence[str],
    *,
    library: Library,
    language: str,
    today: date,
) -> GivePage:
    """The form as it stands empty, or as it was typed."""
    last = today + LONGEST[kind]
    name = Control("agent_name", "agent_name", _("对方的姓名"), value=typed.get("agent_name", ""))
    number = Control(
        "agent_number",
        "agent_number",
        _("对方的公民身份号码"),
        value=typed.get("agent_number", ""),
        hint=_("18 位。用来确认没有找错人；对方接受了才算数。"),
        attributes={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        width="code",
    )
    ends_on = Control(
        "ends_on",
        "ends_on",
        _("到哪一天为止"),
        kind="date",
        value=typed.get("ends_on", (today + USUAL).isoformat()),
        hint=_("最长一年，随时可以提前收回。"),
        attributes={"min": today.isoformat(), "max": last.isoformat()},
    )
    events = tuple(
        (event.name, event.title.say(language), event.name in chosen)
        for event in library.events.values()
        if event.subject == SUBJECTS[kind]
    )
    return GivePage((name, number), ends_on, events, "", ())


def with_trouble(shown: GivePage, control: str, words: str) -> GivePage:
    """The form with what is wrong at its place."""
    agent = tuple(_wrong(one, control, words) for one in shown.agent)
    target = f"event-{shown.events[0][0]}" if control == "events" and shown.events else control
    return shown._replace(
        agent=agent,
        ends_on=_wrong(shown.ends_on, control, words),
        trouble=words if control == "events" else "",
        errors=((target, words),),
    )


def _wrong(one: Control, control: str, words: str) -> Control:
    if one.id != control:
        return one
    return Control(
        one.id, one.name, one.label, one.kind, one.value,
        hint=one.hint, error=words, attributes=one.attributes, width=one.width,
    )  # fmt: skip


def chosen_for(held: Sequence[MandateLine], current: int | None) -> tuple[tuple[Choice, str, bool], ...]:
    """For whom one may act: oneself, and each who gave a mandate; the choice, what it is for, and whether it is now."""
    own = (Choice("", _("自己")), _("自己的事，不需要委托"), current is None)
    return (own, *((_choice(one), _until(one), one.id == current) for one in held))


def _choice(one: MandateLine) -> Choice:
    return Choice(str(one.id), one.principal)


def _until(one: MandateLine) -> str:
    said = {"under": one.under, "scope": one.scope, "day": one.until}
    return _("凭%(under)s：%(scope)s，到%(day)s") % said
