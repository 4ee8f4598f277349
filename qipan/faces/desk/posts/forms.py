"""The forms that give a post, set one up, and say who is away."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from qipan.core.declarations import Library
from qipan.core.posts import Power
from qipan.faces.desk.posts.words import power_said
from qipan.faces.look.controls import Choice, Control
from qipan.posts.queries import Colleague

NUMBER = re.compile(r"[0-9]{1,18}")
LONGEST = 40


class Span(NamedTuple):
    """From the beginning of a day to the end of another, or for good."""

    begins: datetime
    ends: datetime | None


def midnight(day: date) -> datetime:
    """When a day begins here."""
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def span_in(typed: Mapping[str, str]) -> Span | None:
    """The days that were typed; the last is included. None where they are no days."""
    try:
        begins = midnight(date.fromisoformat(typed.get("begins", "").strip()))
        last = typed.get("ends", "").strip()
        return Span(begins, midnight(date.fromisoformat(last) + timedelta(days=1)) if last else None)
    except (ValueError, OverflowError):
        return None


def number_in(typed: Mapping[str, str], name: str) -> int:
    """A number that was chosen; 0 for none."""
    found = typed.get(name, "")
    return int(found) if NUMBER.fullmatch(found) else 0


def day_controls(typed: Mapping[str, str], *, open_ended: bool) -> list[Control]:
    """From when to when."""
    today = timezone.localdate().isoformat()
    begins = Control(
        "begins",
        "begins",
        _("从哪天起"),
        "date",
        typed.get("begins", today),
        attributes={"min": today},
        width="date",
    )
    ends = Control(
        "ends",
        "ends",
        _("到哪天为止"),
        "date",
        typed.get("ends", ""),
        hint=_("含这一天。不填就一直有效。") if open_ended else _("含这一天。"),
        optional=open_ended,
        attributes={"min": today},
        width="date",
    )
    return [begins, ends]


def people_control(
    colleagues: Sequence[Colleague], typed: Mapping[str, str], name: str, label: str, hint: str
) -> Control:
    """One of the colleagues; the hint says what it means to choose nobody."""
    choices = tuple(Choice(str(one.id), one.name) for one in colleagues)
    return Control(name, name, label, "select", typed.get(name, ""), choices, hint, optional=True)


def id_number_control(typed: Mapping[str, str], error: str = "") -> Control:
    """Somebody who is not yet an official."""
    return Control(
        "id_number",
        "id_number",
        _("新来的人：公民身份号码"),
        value=typed.get("id_number", ""),
        hint=_("只在上面没有选人时填。本人用实名账号和验证器登录工作台。"),
        error=error,
        optional=True,
        attributes={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        width="code",
    )


def power_choices() -> list[Choice]:
    """Every power, in words."""
    return [Choice(str(one), power_said(one)) for one in Power]


def service_choices(library: Library, kind: str, level: str, language: str) -> list[Choice]:
    """The services of agencies of this kind and level."""
    return [
        Choice(one.name, one.title.say(language))
        for one in library.services.values()
        if (one.agency, str(one.level)) == (kind, level)
    ]
