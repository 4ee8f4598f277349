"""How a fact is asked for on a page: which control, with which keyboard, choices and limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from unicodedata import normalize

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from qipan.applications.forms import FormQuestion, Option
from qipan.core.checks import LONGEST, LONGEST_MATCHED
from qipan.core.elements import Checks, ElementType
from qipan.faces.look.places import Place, find_places, place_code, place_name
from qipan.faces.look.values import as_date

MOST_RADIOS = 6
LONG = 80  # characters from which a text gets several lines
ROOM = {
    "maxlength": "100"
}  # for numbers, which people paste with gaps that are taken out later, and for places
PLACES = "@places"  # names the fields of a form that are places
PICKED = "@place"  # ends the name of the radios below a place's control


class Choice(NamedTuple):
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a form, for the macro `field`; `kind` is an input's type, or radio, select, textarea or place."""

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

    @property
    def chosen(self) -> str:
        """The answer as it is read back: the words of a choice, a day as it is said, a number as it is written."""
        words = {choice.value: choice.label for choice in self.choices}
        if self.width == "code":
            return "".join(normalize("NFKC", self.value).split())
        day = as_date(self.value) if self.kind == "date" else None
        return date_format(day) if day else words.get(self.value, self.value)

    @property
    def places(self) -> tuple[Place, ...]:
        """The places that what was typed may mean, where it is not one yet."""
        return find_places(self.value) if self.kind == "place" and self.error else ()


class Shape(NamedTuple):
    """What the type and the checks of a fact say about its control."""

    kind: str = "text"
    attributes: Mapping[str, str] = {}
    width: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str = ""


_FORMATS = {
    "gb11643": Shape("text", {"autocapitalize": "characters", "spellcheck": "false", **ROOM}, "code"),
    "gb32100": Shape("text", {"autocapitalize": "characters", "spellcheck": "false", **ROOM}, "code"),
    "mobile": Shape("tel", ROOM, "short"),
    "phone": Shape("tel", ROOM, "short"),
    "email": Shape("email", {"spellcheck": "false", **ROOM}),
    "bank_card": Shape("text", {"inputmode": "numeric", **ROOM}, "code"),
    "postcode": Shape("text", {"inputmode": "numeric", **ROOM}, "short"),
}
_OWN = {
    "name": "name",
    "phone": "tel",
    "mobile": "tel",
    "email": "email",
    "address": "street-address",
    "birth_date": "bday",
}


def control_id(field: str) -> str:
    """The id of a field's control, which errors link to."""
    return "f-" + field.replace(".", "-")


def control(question: FormQuestion, *, today: date, error: str = "", own: bool = False) -> Control:
    """The control for a question. `own` facts are about whoever types, so that the browser may fill them in."""
    shape = _shape(question.type, question.checks, question.options, today)
    complete = _OWN.get(question.field.partition(".")[2], "off") if own else "off"
    return Control(
        id=control_id(question.field),
        name=question.field,
        label=question.question or question.title,
        kind=shape.kind,
        value=place_name(question.value) if shape.kind == "place" else question.value,
        choices=shape.choices,
        hint=question.hint or shape.hint,
        error=error,
        attributes={**shape.attributes, "autocomplete": complete},
        width=shape.width,
    )


def answers_in(form: QueryDict) -> dict[str, object]:
    """What a form says of each field: a place picked from the list, or named so that it can be no other, by its code."""
    places = set(form.getlist(PLACES))
    names = {name.removesuffix(PICKED) for name in form if "." in name}
    return {name: _place_in(form, name) if name in places else form.get(name, "") for name in sorted(names)}


def _place_in(form: QueryDict, name: str) -> str:
    return form.get(name + PICKED) or place_code(form.get(name, ""))


def _shape(kind: ElementType, checks: Checks, options: Sequence[Option], today: date) -> Shape:
    match kind:
        case ElementType.BOOLEAN:
            return Shape("radio", choices=_truths(checks))
        case ElementType.DATE:
            return Shape("date", _limits(checks, today), "short")
        case _ if options:
            choices = tuple(Choice(*option) for option in options)
            return Shape("radio" if len(choices) <= MOST_RADIOS else "select", choices=choices)
        case ElementType.INTEGER:
            return Shape("text", {"inputmode": "numeric", **ROOM}, "short")
        case ElementType.DECIMAL:
            return Shape("text", {"inputmode": "decimal", **ROOM}, "short")
        case _:
            return _text(checks)


def _text(checks: Checks) -> Shape:
    if "region" in checks.formats:
        return Shape("place", ROOM, hint=_("写到县（市、区）或街道，例如：杭州市西湖区"))
    if fixed := next((_FORMATS[name] for name in checks.formats if name in _FORMATS), None):
        return fixed
    longest = checks.max_length or (LONGEST_MATCHED if checks.patterns else LONGEST[ElementType.TEXT])
    several = checks.max_length is not None and longest > LONG
    return Shape("textarea" if several else "text", {"maxlength": str(longest)})


def _truths(checks: Checks) -> tuple[Choice, ...]:
    both = ((True, Choice("true", _("是"))), (False, Choice("false", _("否"))))
    return tuple(choice for truth, choice in both if checks.one_of is None or truth in checks.one_of)


def _limits(checks: Checks, today: date) -> dict[str, str]:
    limits = {"min": checks.minimum, "max": checks.maximum}
    return {
        name: today.isoformat() if limit == "today" else str(limit) for name, limit in limits.items() if limit
    }
