"""Which control asks for a fact."""

from datetime import date

import pytest
from django.http import QueryDict

from qipan.applications.forms import FormQuestion, Option
from qipan.core.elements import NO_CHECKS, Checks, ElementType
from qipan.faces.look.controls import Control, answers_in, control

TODAY = date(2026, 11, 20)
SEX = (Option("1", "男"), Option("2", "女"))
PEOPLES = tuple(Option(f"{number:02}", f"第{number}") for number in range(1, 57))


def ask(
    type_: ElementType = ElementType.TEXT,
    checks: Checks = NO_CHECKS,
    options: tuple[Option, ...] = (),
    *,
    word: str = "thing",
    own: bool = False,
    value: str = "",
    error: str = "",
) -> Control:
    question = FormQuestion(
        f"mother.{word}", "mother", "事", "", "", type_, options, checks, False, value, None, (), ()
    )
    return control(question, today=TODAY, own=own, error=error)


def test_yes_or_no_is_two_radios_whose_values_are_truths() -> None:
    asked = ask(ElementType.BOOLEAN)
    assert (asked.kind, [choice.value for choice in asked.choices]) == ("radio", ["true", "false"])
    assert [choice.value for choice in ask(ElementType.BOOLEAN, Checks(one_of=(True,))).choices] == ["true"]


def test_a_short_list_is_radios_and_a_long_one_a_select() -> None:
    assert ask(ElementType.CODE, options=SEX).kind == "radio"
    assert ask(ElementType.CODE, options=PEOPLES).kind == "select"


def test_a_date_knows_its_limits() -> None:
    asked = ask(ElementType.DATE, Checks(minimum="1900-01-01", maximum="today"))
    assert asked.kind == "date"
    assert (asked.attributes["min"], asked.attributes["max"]) == ("1900-01-01", "2026-11-20")


@pytest.mark.parametrize(
    ("checks", "kind", "attribute"),
    [
        (Checks(formats=("mobile",)), "tel", ("autocomplete", "off")),
        (Checks(formats=("email",)), "email", ("spellcheck", "false")),
        (Checks(formats=("gb11643",)), "text", ("autocapitalize", "characters")),
        (Checks(formats=("bank_card",)), "text", ("inputmode", "numeric")),
        (Checks(formats=("region",)), "place", ("autocomplete", "off")),
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


def test_a_place_is_shown_by_its_name_and_offered_where_it_is_not_clear() -> None:
    region = Checks(formats=("region",))
    assert ask(checks=region, value="330106").value == "浙江省杭州市西湖区"
    assert not ask(checks=region, value="330106").places
    assert len(ask(checks=region, value="西湖区", error="？").places) > 1


def test_a_picked_place_counts_before_what_was_typed() -> None:
    form = QueryDict("@places=a.b&a.b=西湖区&a.b@place=330106&a.name=西湖")
    assert answers_in(form) == {"a.b": "330106", "a.name": "西湖"}


def test_a_place_named_in_full_becomes_its_code_and_a_name_never_does() -> None:
    form = QueryDict("@places=a.b&a.b=杭州市西湖区&a.name=杭州市西湖区&token=1")
    assert answers_in(form) == {"a.b": "330106", "a.name": "杭州市西湖区"}


def test_a_number_is_read_back_as_it_is_written() -> None:
    asked = ask(checks=Checks(formats=("gb11643",)), value=" ３３０１０６ 19970409 9012 ")
    assert asked.value == " ３３０１０６ 19970409 9012 "
    assert asked.chosen == "330106199704099012"
