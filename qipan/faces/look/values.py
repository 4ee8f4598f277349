"""Shows a fact's value as people read it: the code's words, the place's name, the day as it is said."""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from qipan.core.checks import CheckFailure, parse_value
from qipan.core.elements import CodeList, Element, ElementType, Value
from qipan.core.masking import masked
from qipan.faces.look.places import place_name


def shown(
    value: Value, element: Element | None, codes: Mapping[str, CodeList], language: str, *, mask: bool = False
) -> str:
    """The value in words; `mask` hides the middle of what is sensitive from those who look over a shoulder."""
    if element is None:
        return str(value)
    match element.type:
        case ElementType.BOOLEAN:
            return _("是") if value is True else _("否")
        case ElementType.CODE:
            return _of_code(str(value), codes.get(element.codes or ""), language)
        case ElementType.DATE:
            day = as_date(str(value))
            return date_format(day) if day else str(value)
        case ElementType.DECIMAL:
            return f"{value:g}" if isinstance(value, float) else str(value)
        case _:
            return _of_text(str(value), element, mask=mask and element.type is ElementType.TEXT)


def shown_as_typed(
    typed: str, element: Element | None, codes: Mapping[str, CodeList], language: str, *, mask: bool = False
) -> str:
    """What somebody typed, in words where it can be read; as it stands where it cannot."""
    value = parse_value(typed, element) if element else None
    if value is None or isinstance(value, CheckFailure):
        return typed
    return shown(value, element, codes, language, mask=mask)


def shown_again(said: str, element: Element | None) -> str:
    """What a query has put into words already, with places and days as people say them."""
    day = as_date(said) if element and element.type is ElementType.DATE else None
    if day:
        return date_format(day)
    return place_name(said) if element and "region" in element.checks.formats else said


def as_date(text: str) -> date | None:
    """A day written in ISO 8601; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_code(value: str, codes: CodeList | None, language: str) -> str:
    title = codes.values.get(value) if codes else None
    return title.say(language) if title else value


def _of_text(text: str, element: Element, *, mask: bool) -> str:
    if "region" in element.checks.formats:
        return place_name(text)
    return masked(text, element.grade) if mask else text
