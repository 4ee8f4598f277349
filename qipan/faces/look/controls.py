"""How a fact is asked for on a page: which control, with which keyboard, choices and limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from qipan.core.elements import Checks, CodeList, Element, ElementType, Field, Value

MOST_RADIOS = 6
LONG = 80  # characters from which a text gets several lines


class Choice(NamedTuple):
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a form, for the macro `field`; `kind` is an input's type, or radio, select or textarea."""

    id: str
    name: str
    label: str
    kind: str = "text"
    value: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    error: str = ""
    optional: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    width: str = ""

    @property
    def grouped(self) -> bool:
        """Whether several inputs share one heading."""
        return self.kind == "radio"


class Shape(NamedTuple):
    """What the type and the checks of a fact say about its control."""

    kind: str = "text"
    attributes: Mapping[str, str] = {}
    width: str = ""
    choices: tuple[Choice, ...] = ()


_FORMATS = {
    "gb11643": Shape(
        "text", {"maxlength": "18", "autocapitalize": "characters", "spellcheck": "false"}, "code"
    ),
    "gb32100": Shape(
        "text", {"maxlength": "18", "autocapitalize": "characters", "spellcheck": "false"}, "code"
    ),
    "mobile": Shape("tel", {"maxlength": "11"}, "short"),
    "phone": Shape("tel", {}, "short"),
    "email": Shape("email", {"spellcheck": "false"}),
    "bank_card": Shape("text", {"inputmode": "numeric", "maxlength": "23"}, "code"),
    "postcode": Shape("text", {"inputmode": "numeric", "maxlength": "6"}, "short"),
    "region": Shape("text", {"inputmode": "numeric", "maxlength": "12"}, "code"),
}
_OWN = {
    "name": "name",
    "phone": "tel",
    "mobile": "tel",
    "email": "email",
    "address": "street-address",
    "birth_date": "bday",
}


def control_id(field: Field) -> str:
    """The id of a field's control, which errors link to."""
    return f"f-{field.party}-{field.word}"


def control(
    *,
    field: Field,
    element: Element,
    checks: Checks,
    codes: CodeList | None,
    language: str,
    today: date,
    value: str = "",
    error: str = "",
    own: bool = False,
) -> Control:
    """The control for a question. `own` facts are about whoever types, so that the browser may fill them in."""
    shape = _shape(element, checks, codes, language, today)
    complete = _OWN.get(field.word, "off") if own else "off"
    said = element.question or element.title
    return Control(
        id=control_id(field),
        name=str(field),
        label=said.say(language),
        kind=shape.kind,
        value=value,
        choices=shape.choices,
        hint=element.hint.say(language) if element.hint else "",
        error=error,
        attributes={**shape.attributes, "autocomplete": complete},
        width=shape.width,
    )


def _shape(element: Element, checks: Checks, codes: CodeList | None, language: str, today: date) -> Shape:
    match element.type:
        case ElementType.BOOLEAN:
            return Shape(
                "radio", choices=_allowed((Choice("true", _("是")), Choice("false", _("否"))), checks)
            )
        case ElementType.CODE if codes:
            listed = tuple(Choice(value, title.say(language)) for value, title in codes.values.items())
            allowed = _allowed(listed, checks)
            return Shape("radio" if len(allowed) <= MOST_RADIOS else "select", choices=allowed)
        case ElementType.DATE:
            return Shape("date", _limits(checks, today), "short")
        case ElementType.INTEGER:
            return Shape("text", {"inputmode": "numeric"}, "short")
        case ElementType.DECIMAL:
            return Shape("text", {"inputmode": "decimal"}, "short")
        case _:
            return _text(checks)


def _text(checks: Checks) -> Shape:
    if checks.one_of:
        choices = tuple(Choice(str(value), str(value)) for value in checks.one_of)
        return Shape("radio" if len(choices) <= MOST_RADIOS else "select", choices=choices)
    for name in checks.formats:
        if name in _FORMATS:
            return _FORMATS[name]
    longest = checks.max_length
    attributes = {"maxlength": str(longest)} if longest else {}
    return Shape("textarea" if longest and longest > LONG else "text", attributes)


def _allowed(choices: tuple[Choice, ...], checks: Checks) -> tuple[Choice, ...]:
    if checks.one_of is None:
        return choices
    allowed = {written(value) for value in checks.one_of}
    return tuple(choice for choice in choices if choice.value in allowed)


def _limits(checks: Checks, today: date) -> dict[str, str]:
    limits = {"min": checks.minimum, "max": checks.maximum}
    return {
        name: today.isoformat() if limit == "today" else str(limit) for name, limit in limits.items() if limit
    }


def written(value: Value) -> str:
    """A value as its control writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
