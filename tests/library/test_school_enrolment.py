"""A child starts primary school, at home or far from where the household is registered."""

import pytest

from qipan.core.elements import Value
from qipan.core.plan import Plan
from tests.library.estimates import asked, estimate, services, uploaded, waits

EVENT = "school_enrolment"
CHOICES = {
    "child.name",
    "child.child_health",
    "child.school_region",
    "child.school_kind",
    "child.applies_for_aid",
    "guardian.housing_kind",
    "other_guardian.phone",
}
MIGRANT: dict[str, Value] = {
    "child.household_province": "34",
    "child.household_county": "341202",
    "guardian.household_province": "34",
    "guardian.housing_kind": "2",
}
SITUATIONS: dict[str, dict[str, Value]] = {
    "typical": {},
    "rented": {"guardian.housing_kind": "2"},
    "with grandparents": {"guardian.housing_kind": "3"},
    "from elsewhere, with a permit": MIGRANT,
    "from elsewhere, without a permit": {**MIGRANT, "guardian.holds_residence_permit": False},
    "from another county of the province": {"child.household_county": "330205"},
    "one guardian": {"guardian.marital_status": "40"},
    "student aid": {"child.applies_for_aid": True},
    "student aid, on the minimum allowance": {"child.applies_for_aid": True, "guardian.aid_category": "2"},
    "special needs": {"child.child_health": "3"},
    "private school": {"child.school_kind": "2"},
}


def fetched(plan: Plan) -> set[str]:
    return {fetch.name for fetch in plan.fetches}


def test_a_local_child_needs_four_services_and_no_paper() -> None:
    plan = estimate(EVENT)
    assert services(plan) == {"school_admission", "household_proof", "property_proof", "vaccination_check"}
    assert uploaded(plan) == set()
    assert plan.savings["visits"].before == 5
    assert plan.savings["visits"].after == 0


def test_a_local_child_is_asked_what_the_family_alone_can_know() -> None:
    plan = estimate(EVENT)
    assert asked(plan) == CHOICES
    assert plan.savings["fields"].before >= 50


def test_the_childs_name_is_enough_to_find_the_child() -> None:
    plan = estimate(EVENT)
    found = {str(each.field): each.via for each in plan.derivations}
    assert found["child.id_number"] == "guardianship(guardian,child)"
    assert found["child.birth_date"] == "population(child)"


def test_the_school_waits_for_the_proofs_and_the_proofs_for_nothing() -> None:
    before = waits(estimate(EVENT))
    assert before.pop("school_admission") == {"household_proof", "property_proof", "vaccination_check"}
    assert set().union(*before.values()) == set()


@pytest.mark.parametrize("supposed", SITUATIONS.values(), ids=SITUATIONS)
def test_every_situation_has_a_short_form_and_at_most_two_papers(supposed: dict[str, Value]) -> None:
    plan = estimate(EVENT, supposed)
    assert plan.problems == ()
    assert all(left.settled for left in plan.left)
    assert len(plan.questions) <= 9
    assert len(uploaded(plan)) <= 2


def test_a_child_from_elsewhere_shows_permit_and_insurance_instead_of_the_household() -> None:
    plan = estimate(EVENT, MIGRANT)
    assert services(plan) == {
        "school_admission",
        "rental_proof",
        "social_insurance_proof",
        "vaccination_check",
    }
    assert asked(plan) == CHOICES
    assert "national_household(child)" in fetched(plan)
    assert "residence_permit(guardian)" in fetched(plan)


def test_a_guardian_without_a_permit_applies_for_one_on_the_way() -> None:
    plan = estimate(EVENT, SITUATIONS["from elsewhere, without a permit"])
    assert "residence_permit_issue" in services(plan)
    assert "residence_permit_issue" in waits(plan)["school_admission"]
    assert asked(plan) == CHOICES | {"guardian.residence_reason"}
    assert uploaded(plan) == {"photograph"}
    assert "guardian.new_permit_number" in {str(each.field) for each in plan.derivations}


def test_another_county_of_the_province_counts_as_elsewhere_but_its_household_is_known() -> None:
    plan = estimate(EVENT, SITUATIONS["from another county of the province"])
    assert {"social_insurance_proof", "household_proof"} <= services(plan)
    assert "national_household(child)" not in fetched(plan)


def test_a_single_guardian_is_not_asked_for_another() -> None:
    plan = estimate(EVENT, {"guardian.marital_status": "40"})
    assert asked(plan) == CHOICES - {"other_guardian.phone"}
    assert "other_guardian" not in {each.field.party for each in plan.derivations}


def test_student_aid_waits_for_the_school_and_asks_income_only_of_those_without_assistance() -> None:
    plan = estimate(EVENT, {"child.applies_for_aid": True})
    assert waits(plan)["student_aid"] == {"school_admission"}
    assert "guardian.household_income" in asked(plan)
    assert uploaded(plan) == {"hardship"}
    assisted = estimate(EVENT, SITUATIONS["student aid, on the minimum allowance"])
    assert asked(assisted) == CHOICES
    assert uploaded(assisted) == set()


def test_without_the_land_register_the_owner_sends_the_certificate() -> None:
    plan = estimate(EVENT, without=frozenset({"real_estate"}))
    assert "guardian.property_number" in asked(plan)
    assert uploaded(plan) == {"property_certificate"}


def test_without_the_guardians_register_the_childs_number_is_asked_and_the_name_is_not() -> None:
    plan = estimate(EVENT, without=frozenset({"guardianship"}))
    assert asked(plan) == (CHOICES - {"child.name"}) | {"child.id_number", "child.guardian_relation"}
    assert uploaded(plan) == {"guardianship"}
