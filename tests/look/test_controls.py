"""Which control asks for a fact."""

from datetime import date

import pytest

from qipan.core.elements import NO_CHECKS, Checks, CodeList, Element, ElementType, Field, PartyKind, Text
from qipan.faces.look.controls import Control, control

TODAY = date(2026, 11, 20)
SEX = CodeList("sex", Text("性别"), {"1": Text("男", "Male"), "2": Text("女", "Female"), "9": Text("未说明")})
PEOPLES = CodeList("peoples", Text("民族"), {f"{number:02}": Text(f"第{number}") for number in range(1, 57)})


def ask(
    type_: ElementType = ElementType.TEXT,
    checks: Checks = NO_CHECKS,
    codes: CodeList | None = None,
    *,
    word: str = "thing",
    own: bool = False,
    language: str = "zh-hans",
) -> Control:
    element = Element(PartyKind.PERSON, word, Text("事", "Thing"), type_)
    return control(
        field=Field("mother", word),
        element=element,
        checks=checks,
        codes=codes,
        language=language,
        today=TODAY,
        own=own,
    )


def test_yes_or_no_is_two_radios_whose_values_are_truths() -> None:
    asked = ask(ElementType.BOOLEAN)
    assert (asked.kind, [choice.value for choice in asked.choices]) == ("radio", ["true", "false"])
    assert [choice.value for choice in ask(ElementType.BOOLEAN, Checks(one_of=(True,))).choices] == ["true"]


def test_a_short_list_is_radios_and_a_long_one_a_select() -> None:
    assert ask(ElementType.CODE, codes=SEX).kind == "radio"
    assert ask(ElementType.CODE, codes=PEOPLES).kind == "select"


def test_a_narrower_check_leaves_fewer_choices() -> None:
    asked = ask(ElementType.CODE, Checks(one_of=("1", "2")), SEX, language="en")
    assert [choice.label for choice in asked.choices] == ["Male", "Female"]


def test_a_date_knows_its_limits() -> None:
    asked = ask(ElementType.DATE, Checks(minimum="1900-01-01", maximum="today"))
    assert asked.kind == "date"
    assert (asked.attributes["min"], asked.attributes["max"]) == ("1900-01-01", "2026-11-20")


@pytest.mark.parametrize(
    ("checks", "kind", "attribute"),
    [
        (Checks(formats=("mobile",)), "tel", ("maxlength", "11")),
        (Checks(formats=("email",)), "email", ("spellcheck", "false")),
        (Checks(formats=("gb11643",)), "text", ("maxlength", "18")),
        (Checks(formats=("bank_card",)), "text", ("inputmode", "numeric")),
        (Checks(max_length=200), "textarea", ("maxlength", "200")),
        (Checks(max_length=40), "text", ("maxlength", "40")),
    ],
)
def test_a_text_gets_the_keyboard_for_its_format(
    checks: Checks, kind: str, attribute: tuple[str, str]
) -> None:
    asked = ask(checks=checks)
    assert asked.kind == kind
    assert attribute in asked.attributes.items()


def test_the_browser_may_fill_in_only_what_is_about_whoever_types() -> None:
    assert ask(word="phone", own=True).attributes["autocomplete"] == "tel"
    assert ask(word="phone").attributes["autocomplete"] == "off"
