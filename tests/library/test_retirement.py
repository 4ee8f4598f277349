"""An employee retires: at the age, early by choice, after hazardous work, or unable to work."""

import pytest

from qipan.core.elements import Value
from qipan.core.plan import Plan
from tests.library.estimates import asked, estimate, services, uploaded, waits

EVENT = "retirement"
CHOICES = {
    "retiree.retirement_kind",
    "retiree.retirement_date",
    "retiree.claims_one_child_benefit",
    "retiree.emergency_contact_name",
    "retiree.emergency_contact_phone",
}
TYPICAL = {
    "pension_application",
    "housing_fund_sealing",
    "housing_fund_withdrawal",
    "medical_insurance_retirement",
    "retiree_registration",
    "elderly_card_issue",
}
BY_CHOICE: dict[str, Value] = {"retiree.retirement_kind": "2"}
HAZARDOUS: dict[str, Value] = {"retiree.retirement_kind": "3"}
INCAPACITY: dict[str, Value] = {"retiree.retirement_kind": "4"}
FLEXIBLE: dict[str, Value] = {"retiree.employment_status": "2"}
SITUATIONS: dict[str, dict[str, Value]] = {
    "typical": {},
    "early by choice": BY_CHOICE,
    "early by choice, flexible employment": {**BY_CHOICE, **FLEXIBLE},
    "hazardous work": HAZARDOUS,
    "incapacity": INCAPACITY,
    "later": {"retiree.retirement_kind": "5"},
    "flexible employment": FLEXIBLE,
    "no housing fund": {"retiree.has_housing_fund": False},
    "account sealed before": {"retiree.fund_status": "2"},
    "loan outstanding": {"retiree.fund_loan_balance": 80000},
    "insurance months missing": {"retiree.medical_months": 200},
    "one child": {"retiree.claims_one_child_benefit": True},
    "woman of fifty-five": {"retiree.statutory_retirement_age": 55},
}


def fetched(plan: Plan) -> set[str]:
    return {fetch.name for fetch in plan.fetches}


def test_retiring_at_the_age_asks_five_things_and_no_paper() -> None:
    plan = estimate(EVENT)
    assert services(plan) == TYPICAL
    assert asked(plan) == CHOICES
    assert uploaded(plan) == set()
    assert plan.savings["fields"].before >= 60
    assert plan.savings["documents"].before >= 9


def test_retiring_at_the_age_makes_no_visit_and_waits_seven_days() -> None:
    savings = estimate(EVENT).savings
    assert (savings["visits"].before, savings["visits"].after) == (6, 0)
    assert savings["working_days"].after == 7


@pytest.mark.parametrize("supposed", SITUATIONS.values(), ids=SITUATIONS)
def test_every_situation_has_a_short_form_and_at_most_two_papers(supposed: dict[str, Value]) -> None:
    plan = estimate(EVENT, supposed)
    assert plan.problems == ()
    assert all(left.settled for left in plan.left)
    assert len(plan.questions) <= 7
    assert len(uploaded(plan)) <= 2
    assert plan.savings["visits"].after <= 1


def test_what_follows_retirement_waits_for_the_pension_and_the_card_for_nothing() -> None:
    before = waits(estimate(EVENT))
    assert before["pension_application"] == before["elderly_card_issue"] == set()
    assert before["housing_fund_withdrawal"] == {"pension_application", "housing_fund_sealing"}
    assert before["medical_insurance_retirement"] == {"pension_application"}
    assert before["retiree_registration"] == {"pension_application"}


@pytest.mark.parametrize("supposed", [BY_CHOICE, HAZARDOUS, INCAPACITY])
def test_early_retirement_is_approved_first_and_brings_no_senior_card(supposed: dict[str, Value]) -> None:
    plan = estimate(EVENT, supposed)
    assert services(plan) == (TYPICAL - {"elderly_card_issue"}) | {"early_retirement_approval"}
    assert waits(plan)["pension_application"] == {"early_retirement_approval"}
    assert plan.savings["working_days"].after == 17


def test_each_kind_of_early_retirement_has_its_own_question_and_paper() -> None:
    by_choice, hazardous, incapacity = (estimate(EVENT, each) for each in (BY_CHOICE, HAZARDOUS, INCAPACITY))
    assert asked(by_choice) == CHOICES | {"retiree.early_notice_date"}
    assert uploaded(by_choice) == {"written_notice"}
    assert asked(hazardous) == CHOICES | {"retiree.special_work_kind"}
    assert uploaded(hazardous) == {"special_work_file"}
    assert asked(incapacity) == CHOICES | {"retiree.illness_name"}
    assert uploaded(incapacity) == {"medical_record"}


def test_a_withheld_medical_record_is_never_looked_up() -> None:
    plan = estimate(EVENT, INCAPACITY)
    assert "medical_record(retiree)" not in fetched(plan)
    (question,) = [each for each in plan.questions if str(each.field) == "retiree.illness_name"]
    assert "withheld" in {reason.code for reason in question.reasons}


def test_flexible_employment_has_no_employer_in_the_plan() -> None:
    plan = estimate(EVENT, FLEXIBLE)
    needed = {str(need) for service in plan.services for need in service.needs}
    assert needed.isdisjoint({"retiree.employer_name", "retiree.employer_credit_code"})
    early = estimate(EVENT, {**BY_CHOICE, **FLEXIBLE})
    assert uploaded(early) == set()
    assert "retiree.early_notice_date" not in asked(early)


def test_without_a_housing_fund_its_two_services_are_left_out() -> None:
    plan = estimate(EVENT, {"retiree.has_housing_fund": False})
    assert services(plan) == TYPICAL - {"housing_fund_sealing", "housing_fund_withdrawal"}


def test_an_account_sealed_before_is_only_paid_out() -> None:
    plan = estimate(EVENT, {"retiree.fund_status": "2"})
    assert services(plan) == TYPICAL - {"housing_fund_sealing"}
    assert waits(plan)["housing_fund_withdrawal"] == {"pension_application"}


def test_missing_insurance_months_and_a_loan_are_asked_about() -> None:
    plan = estimate(EVENT, {"retiree.medical_months": 200, "retiree.fund_loan_balance": 80000})
    assert asked(plan) == CHOICES | {"retiree.medical_makeup", "retiree.withdrawal_kind"}


def test_under_sixty_there_is_no_senior_card() -> None:
    assert "elderly_card_issue" not in services(estimate(EVENT, {"retiree.statutory_retirement_age": 55}))


def test_an_optional_service_can_be_left_out() -> None:
    plan = estimate(EVENT, skipped=frozenset({"elderly_card_issue"}))
    assert services(plan) == TYPICAL - {"elderly_card_issue"}


def test_without_the_housing_fund_register_the_person_is_asked_and_the_rest_goes_on() -> None:
    plan = estimate(EVENT, without=frozenset({"housing_fund"}))
    assert services(plan) == TYPICAL
    assert asked(plan) - CHOICES == {
        "retiree.has_housing_fund",
        "retiree.fund_account",
        "retiree.fund_region",
        "retiree.fund_status",
        "retiree.fund_balance",
        "retiree.fund_loan_balance",
    }
