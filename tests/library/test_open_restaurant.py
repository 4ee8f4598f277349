"""Opening a restaurant: 17 documents became 2 in Shanghai; here the plan must find that by itself."""

import pytest

from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge, make_plan
from tests.library.estimates import asked, estimate, library, services, uploaded, waits

EVENT = "open_restaurant"
SITUATIONS: dict[str, dict[str, Value]] = {
    "typical": {},
    "small": {"enterprise.premises_area": 60},
    "takeaway": {"enterprise.takeaway_only": True},
    "no sign": {"enterprise.has_sign": False},
    "tobacco": {"enterprise.sells_tobacco": True},
    "own drainage": {"enterprise.shares_drainage": False},
    "no fumes": {"enterprise.produces_fumes": False},
    "own premises": {"enterprise.premises_tenure": "1"},
    "chain": {"enterprise.chain": True, "headquarters.chain_layout_approved": True},
    "chain without a standard layout": {
        "enterprise.chain": True,
        "headquarters.chain_layout_approved": False,
    },
    "owner is the officer": {"enterprise.officer_is_representative": True},
    "everything": {
        "enterprise.sells_tobacco": True,
        "enterprise.shares_drainage": False,
        "enterprise.chain": True,
        "headquarters.chain_layout_approved": False,
    },
}


def test_a_typical_restaurant_sends_two_papers_instead_of_seventeen_or_more() -> None:
    plan = estimate(EVENT)
    assert plan.savings["documents"].before >= 17
    assert plan.savings["documents"].after == 2
    assert uploaded(plan) == {"premises_layout", "sign_rendering"}


def test_a_typical_restaurant_is_asked_a_quarter_of_what_the_forms_ask() -> None:
    fields = estimate(EVENT).savings["fields"]
    assert fields.before >= 110
    assert fields.after <= 29


def test_a_typical_restaurant_makes_no_visit_and_waits_six_days() -> None:
    savings = estimate(EVENT).savings
    assert (savings["visits"].before, savings["visits"].after) == (9, 0)
    assert savings["working_days"].after == 6


@pytest.mark.parametrize("supposed", SITUATIONS.values(), ids=SITUATIONS)
def test_every_situation_has_a_short_form_and_at_most_three_papers(supposed: dict[str, Value]) -> None:
    plan = estimate(EVENT, supposed)
    assert plan.problems == ()
    assert all(left.settled for left in plan.left)
    assert len(plan.questions) <= 33
    assert len(plan.questions) * 3 < plan.savings["fields"].before
    assert len(uploaded(plan)) <= 3


@pytest.mark.parametrize(
    ("area", "takeaway", "checked"),
    [(299.5, False, False), (300, False, True), (300, True, False), (40, True, False)],
)
def test_the_fire_check_follows_from_area_and_seats(area: float, takeaway: bool, checked: bool) -> None:  # noqa: FBT001
    plan = estimate(EVENT, {"enterprise.premises_area": area, "enterprise.takeaway_only": takeaway})
    assert ("fire_safety_check" in services(plan)) is checked
    assert ("enterprise.fire_exits" in asked(plan)) is checked
    assert ("enterprise.seats" in asked(plan)) is not takeaway


def test_without_a_declaration_the_fire_check_wants_its_plans() -> None:
    plan = estimate(EVENT, {"enterprise.fire_by_commitment": False})
    assert uploaded(plan) == {"premises_layout", "sign_rendering", "fire_rules", "fire_plans"}


def test_without_a_sign_nothing_is_asked_of_it() -> None:
    plan = estimate(EVENT, {"enterprise.has_sign": False})
    assert "outdoor_sign_filing" not in services(plan)
    assert not [name for name in asked(plan) if "sign_" in name]
    assert uploaded(plan) == {"premises_layout"}


def test_tobacco_costs_one_question_more() -> None:
    extra = asked(estimate(EVENT, {"enterprise.sells_tobacco": True})) - asked(estimate(EVENT))
    assert extra == {"enterprise.tobacco_channel"}


def test_a_chain_gives_its_head_offices_code_and_nothing_else() -> None:
    plan = estimate(EVENT, SITUATIONS["chain"])
    assert asked(plan) - asked(estimate(EVENT)) == {"headquarters.credit_code"}
    assert "chain_register(headquarters)" in {fetch.name for fetch in plan.fetches}
    assert uploaded(plan) == {"sign_rendering"}


def test_an_owner_who_is_the_officer_is_not_asked_for_another() -> None:
    plan = estimate(EVENT, {"enterprise.officer_is_representative": True})
    assert not [name for name in asked(plan) if name.startswith("food_safety_officer.")]
    fetched = {field for fetch in plan.fetches for field, _ in fetch.facts}
    assert Field("legal_representative", "health_certificate_number") in fetched


def test_another_officer_gives_two_facts_and_four_are_looked_up() -> None:
    plan = estimate(EVENT)
    given = {name for name in asked(plan) if name.startswith("food_safety_officer.")}
    assert given == {"food_safety_officer.id_number", "food_safety_officer.phone"}
    needed = {field for service in plan.services for field in service.needs}
    assert len({field for field in needed if field.party == "food_safety_officer"}) == 6


def test_only_the_food_waste_declaration_waits_and_for_the_food_licence() -> None:
    found = {service: before for service, before in waits(estimate(EVENT)).items() if before}
    assert found == {"food_waste_declaration": {"food_business_licence"}}


def test_the_building_is_found_from_the_person_through_four_look_ups() -> None:
    stages = {fetch.resource: fetch.stage for fetch in estimate(EVENT).fetches}
    chain = [
        "enterprise_representation",
        "enterprise_register",
        "real_estate_premises",
        "building_fire_acceptance",
    ]
    assert [stages[resource] for resource in chain] == [1, 2, 3, 4]


def test_a_silent_property_register_costs_questions_and_one_paper() -> None:
    plan = estimate(EVENT, without=frozenset({"real_estate_premises"}))
    assert asked(plan) - asked(estimate(EVENT)) == {
        "enterprise.premises_owner",
        "enterprise.premises_storeys",
        "enterprise.premises_use",
        "enterprise.building_unit_number",
    }
    assert uploaded(plan) - uploaded(estimate(EVENT)) == {"property_certificate"}


def test_who_represents_no_enterprise_on_record_gives_its_code() -> None:
    plan = estimate(EVENT, without=frozenset({"enterprise_representation"}))
    assert asked(plan) - asked(estimate(EVENT)) == {"enterprise.credit_code"}
    assert uploaded(plan) == uploaded(estimate(EVENT))


def test_before_anything_is_said_the_plan_asks_first_what_decides() -> None:
    plan = make_plan(library(), EVENT, Knowledge())
    decisive = {str(question.field) for question in plan.questions if question.decides}
    assert {"enterprise.has_sign", "enterprise.premises_area", "enterprise.sells_tobacco"} <= decisive
    assert "enterprise.sign_width" not in asked(plan)


def test_the_same_input_gives_the_same_plan() -> None:
    assert estimate(EVENT) == estimate(EVENT)
