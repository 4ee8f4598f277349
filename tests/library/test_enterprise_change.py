"""An enterprise's information change: 77 fields in six agencies became a few ticks in Shanghai."""

import pytest

from qipan.core.elements import Field, Value
from tests.library.estimates import asked, estimate, library, services, uploaded, waits

EVENT = "enterprise_change"
TICKS = {
    "enterprise.changes_name",
    "enterprise.changes_address",
    "enterprise.changes_representative",
    "enterprise.changes_scope",
}
LICENCE = "enterprise_registration_change"


def ticked(*changes: str, **other: Value) -> dict[str, Value]:
    """Suppose these changes and no others."""
    return {tick: tick.removeprefix("enterprise.changes_") in changes for tick in TICKS} | other


def test_a_change_of_name_joins_seven_agencies_in_seven_questions() -> None:
    plan = estimate(EVENT)
    assert len({service.agency for service in plan.services}) == 7
    assert plan.savings["fields"].before >= 77
    assert asked(plan) == TICKS | {
        "enterprise.resolution_on",
        "enterprise.new_name",
        "enterprise.new_seal_maker",
    }


def test_a_change_of_name_sends_two_papers_and_makes_no_visit() -> None:
    plan = estimate(EVENT)
    assert uploaded(plan) == {"resolution", "articles_amendment"}
    assert plan.savings["documents"].before >= 15
    assert (plan.savings["visits"].before, plan.savings["visits"].after) == (7, 0)
    assert plan.savings["working_days"].after == 3


@pytest.mark.parametrize(
    ("change", "further"),
    [
        ("name", {"enterprise.new_name", "enterprise.new_seal_maker"}),
        ("address", {"enterprise.new_property_number", "enterprise.new_premises_tenure"}),
        (
            "representative",
            {
                "new_representative.id_number",
                "new_representative.phone",
                "enterprise.new_representative_post",
            },
        ),
        ("scope", {"enterprise.new_business_scope", "enterprise.new_industry"}),
    ],
)
def test_each_change_asks_only_its_own_new_values(change: str, further: set[str]) -> None:
    plan = estimate(EVENT, ticked(change))
    assert plan.problems == ()
    assert asked(plan) == TICKS | {"enterprise.resolution_on"} | further


def test_the_new_address_is_read_from_its_property_certificate() -> None:
    plan = estimate(EVENT, ticked("address"))
    found = {fact: fetch.resource for fetch in plan.fetches for fact, _ in fetch.facts}
    assert found[Field("enterprise", "new_address")] == "real_estate_new_premises"
    assert "new_premises_proof" not in uploaded(plan)


def test_a_change_of_scope_concerns_the_licence_and_the_taxes_only() -> None:
    assert services(estimate(EVENT, ticked("scope"))) == {LICENCE, "tax_information_change"}


def test_only_a_change_of_name_has_the_seal_engraved_again() -> None:
    assert "seal_reengraving_filing" in services(estimate(EVENT, ticked("name")))
    assert "seal_reengraving_filing" not in services(
        estimate(EVENT, ticked("address", "representative", "scope"))
    )


def test_everything_waits_for_the_licence_and_the_bank_for_the_new_seal() -> None:
    before = waits(estimate(EVENT))
    assert before.pop(LICENCE) == set()
    assert before.pop("bank_account_change") == {LICENCE, "seal_reengraving_filing"}
    assert all(one == {LICENCE} for one in before.values())


def test_without_a_new_name_the_bank_does_not_wait_for_a_seal() -> None:
    assert waits(estimate(EVENT, ticked("address")))["bank_account_change"] == {LICENCE}


def test_an_enterprise_without_accounts_is_spared_their_agencies() -> None:
    closed = {
        "enterprise.social_insurance_open": False,
        "enterprise.housing_fund_open": False,
        "enterprise.customs_registered": False,
    }
    spared = services(estimate(EVENT)) - services(estimate(EVENT, closed))
    assert spared == {"social_insurance_unit_change", "housing_fund_unit_change", "customs_record_change"}


def test_nothing_ticked_is_nothing_to_do() -> None:
    plan = estimate(EVENT, ticked())
    assert plan.services == ()
    assert asked(plan) == TICKS


def test_all_four_changes_together_share_their_answers() -> None:
    plan = estimate(EVENT, ticked("name", "address", "representative", "scope"))
    assert plan.savings["fields"].before >= 130
    assert len(plan.questions) == 14
    assert len(uploaded(plan)) == 2


def test_a_silent_name_service_is_replaced_by_the_notice_of_the_name() -> None:
    plan = estimate(EVENT, without=frozenset({"enterprise_name_declarations"}))
    assert asked(plan) - asked(estimate(EVENT)) == {
        "enterprise.name_declaration_number",
        "enterprise.name_reserved_until",
    }
    assert uploaded(plan) - uploaded(estimate(EVENT)) == {"name_declaration"}


def test_refused_by_the_registrar_nothing_that_follows_begins() -> None:
    plan = estimate(EVENT, refused=frozenset({LICENCE}))
    assert services(plan) == set()


def test_a_refused_seal_stops_the_bank_and_no_one_else() -> None:
    stopped = services(estimate(EVENT)) - services(
        estimate(EVENT, refused=frozenset({"seal_reengraving_filing"}))
    )
    assert stopped == {"seal_reengraving_filing", "bank_account_change"}


def test_the_form_follows_the_ticks_in_questions_that_say_change() -> None:
    elements = library().elements
    for tick in TICKS:
        question = elements[f"Organization.{Field.parse(tick).word}"].question
        assert question is not None
        assert question.en.endswith("change?")
