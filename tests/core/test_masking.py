"""Masked values: known to whoever knows them, by the kind of their element, and never taken for facts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core.elements import Checks, Element, ElementType, PartyKind, Text, Value
from qipan.core.masking import Likeness, Masked, mask, masked

NAME = Element(PartyKind.PERSON, "name", Text("姓名"))
REGION = replace(NAME, word="household_region", checks=Checks(formats=("region",)))
texts = st.text(max_size=40)


def of_type(kind: ElementType) -> Element:
    return replace(NAME, type=kind)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("330106199001011221", "330***********1221"),
        ("13800000001", "138****0001"),
        ("王芳", "王*"),
        ("欧阳小宝", "欧***"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_a_masked_value_is_known_to_its_owner(value: str, shown: str) -> None:
    assert masked(value, 3) == shown
    assert mask(value, NAME) == Masked(shown, Likeness.TEXT)


def test_what_anyone_may_know_is_not_masked_on_ones_own_screen() -> None:
    assert masked("杭州市", 2) == "杭州市"


@pytest.mark.parametrize(
    ("element", "value", "shown"),
    [
        (REGION, "330106002", "3301*****"),
        (of_type(ElementType.DATE), "1990-01-31", "1990-**-**"),
        (of_type(ElementType.DECIMAL), 8123.5, "***"),
        (of_type(ElementType.INTEGER), 3, "***"),
        (of_type(ElementType.BOOLEAN), True, "***"),
        (of_type(ElementType.CODE), "20", "***"),
    ],
)
def test_what_is_left_follows_the_kind_of_element(element: Element, value: Value, shown: str) -> None:
    assert mask(value, element).text == shown


@given(texts, st.integers(3, 4))
def test_masking_keeps_the_length_and_hides_a_third_or_more(value: str, grade: int) -> None:
    shown = masked(value, grade)
    assert len(shown) == len(value)
    hidden = sum(1 for before, after in zip(value, shown, strict=True) if after == "*" and before != "*")
    stars = value.count("*")
    assert hidden + stars >= len(value) // 3


@given(st.one_of(texts, st.integers(), st.floats(), st.booleans()), st.sampled_from(ElementType))
def test_what_is_masked_is_no_value(value: Value, kind: ElementType) -> None:
    """Not even by its type: what takes facts takes texts, numbers and truths."""
    assert not isinstance(mask(value, of_type(kind)), Value)
