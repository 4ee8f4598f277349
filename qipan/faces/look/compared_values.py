"""Says what is wrong with a value that a condition compares a field with."""

from collections.abc import Mapping
from re import Match

from qipan.core.declarations import Library, PartySlot
from qipan.core.elements import ElementType


def value_fault(
    compared: Match[str], parties: Mapping[str, PartySlot], library: Library, *, chinese: bool
) -> str:
    """Word the fault of ``party.element == value``; nothing where the value could be one of the element's."""
    slot = parties.get(compared[1])
    element = library.elements.get(f"{slot.kind}.{compared[2]}") if slot else None
    if element is None:
        return ""
    quoted = compared[3].startswith('"')
    if element.type in {ElementType.INTEGER, ElementType.DECIMAL}:
        return _number_wanted(compared[0], chinese=chinese) if quoted else ""
    if element.type is ElementType.BOOLEAN and quoted:
        return (
            "这一项只有 true 和 false，不加引号。"
            if chinese
            else "It is true or false, written without quotes. "
        )
    codes = library.codes.get(element.codes or "")
    if codes is None:
        return ""
    if not quoted:
        return (
            f'代码是文字，要加引号，如 "{compared[3]}"。'
            if chinese
            else f'Codes are texts: write "{compared[3]}". '
        )
    if compared[3].strip('"') in codes.values:
        return ""
    values = [f"{value} {title.say('zh' if chinese else 'en')}" for value, title in codes.values.items()]
    return f"可以用的代码：{'、'.join(values)}。" if chinese else f"The codes are: {', '.join(values)}. "


def _number_wanted(comparison: str, *, chinese: bool) -> str:
    return (
        f"这一项是数字，不能与文字比较（{comparison}）。"
        if chinese
        else f"It is a number, and is compared with a text ({comparison}). "
    )
