"""A child is born: Qinghai tells of 9 documents made 2, 4 visits made 1, 5 working days; here the plan must find that by itself."""

import pytest

from qipan.core.declarations import MeetKind
from qipan.core.elements import Field, Value
from qipan.core.plan import Plan
from qipan.core.planner import Knowledge, make_plan
from tests.library.estimates import asked, estimate, library, services, uploaded, waits

EVENT = "newborn"
SEVEN = {
    "birth_certificate",
    "vaccination_certificate",
    "household_registration",
    "social_security_card_issue",
    "medical_insurance_enrolment",
    "maternity_reimbursement",
    "infant_care_guidance",
}
CHOICES = {
    "child.name",
    "child.ethnicity",
    "child.native_place",
    "child.parent_side",
    "child.relation_to_head",
    "child.chosen_bank",
    "child.card_collection",
    "child.delivery_address",
    "child.premium_payment",
    "child.main_caregiver",
}
"""What nobody can know of a newborn but the family."""

UNMARRIED: dict[str, Value] = {"mother.marital_status": "10", "child.father_recorded": True}
ONE_PARENT: dict[str, Value] = {"mother.marital_status": "10", "child.father_recorded": False}
SITUATIONS: dict[str, dict[str, Value]] = {
    "typical": {},
    "unmarried": UNMARRIED,
    "unmarried, joins the father": {**UNMARRIED, "child.parent_side": "2"},
    "one parent": ONE_PARENT,
    "widowed": {"mother.marital_status": "30", "child.father_recorded": False},
    "joins the father": {"child.parent_side": "2"},
    "father from elsewhere": {"father.household_province": "34"},
    "joins the father elsewhere": {"father.household_province": "34", "child.parent_side": "2"},
    "mother from elsewhere": {"mother.household_province": "36", "child.parent_side": "2"},
    "second child": {"child.birth_order": 2},
    "mother without maternity insurance": {"mother.maternity_insured": False},
    "card collected at the bank": {"child.card_collection": "2"},
}


def fetched(plan: Plan) -> set[str]:
    return {fetch.name for fetch in plan.fetches}


def test_the_seven_services_of_the_national_list_take_part() -> None:
    assert services(estimate(EVENT)) == SEVEN


def test_a_married_local_mother_is_asked_only_what_the_family_alone_can_know() -> None:
    plan = estimate(EVENT)
    assert asked(plan) == CHOICES
    assert plan.savings["fields"].before >= 60


def test_a_married_local_mother_sends_one_paper_and_makes_no_visit() -> None:
    plan = estimate(EVENT)
    assert uploaded(plan) == {"discharge_summary"}
    assert plan.savings["documents"].before >= 9
    assert 4 <= plan.savings["visits"].before <= 7
    assert plan.savings["visits"].after <= 1


def test_everything_is_done_five_working_days_after_submission() -> None:
    savings = estimate(EVENT).savings
    assert savings["working_days"].after == 5
    assert savings["working_days_statutory"].before == 32


def test_what_needs_a_number_waits_for_the_household_registration_and_the_rest_does_not() -> None:
    before = waits(estimate(EVENT))
    assert before["birth_certificate"] == before["infant_care_guidance"] == set()
    assert before["household_registration"] == {"birth_certificate"}
    assert before["vaccination_certificate"] == before["maternity_reimbursement"] == {"birth_certificate"}
    assert before["social_security_card_issue"] == {"household_registration"}
    assert before["medical_insurance_enrolment"] == {"household_registration"}


def test_what_one_agency_issues_the_next_does_not_ask_for() -> None:
    documents = estimate(EVENT).evidence
    met = {
        (each.service, each.evidence): each.via for each in documents if each.met_by is MeetKind.CERTIFICATE
    }
    assert met == {
        ("vaccination_certificate", "birth_certificate"): ("birth_medical_certificate",),
        ("household_registration", "birth_certificate"): ("birth_medical_certificate",),
        ("social_security_card_issue", "household_page"): ("household_page",),
        ("medical_insurance_enrolment", "household_page"): ("household_page",),
    }


def test_all_that_is_known_of_the_parents_is_there_before_the_form() -> None:
    plan = estimate(EVENT)
    late = {fetch.name for fetch in plan.fetches if not fetch.upfront}
    assert late == {"household_to_join(child,mother)"}
    assert "marriage(mother,father)" in fetched(plan)


def test_nothing_is_looked_up_about_a_child_that_no_register_has_yet() -> None:
    for supposed in SITUATIONS.values():
        plan = estimate(EVENT, supposed)
        assert not [
            fetch.name for fetch in plan.fetches if any(key.party == "child" for key, _ in fetch.keys)
        ]
        assert "child.id_number" not in asked(plan)


@pytest.mark.parametrize("supposed", SITUATIONS.values(), ids=SITUATIONS)
def test_every_situation_has_a_short_form_and_few_papers(supposed: dict[str, Value]) -> None:
    plan = estimate(EVENT, supposed)
    assert plan.problems == ()
    assert all(left.settled for left in plan.left)
    assert len(plan.questions) <= 15
    assert len(uploaded(plan)) <= 4
    assert plan.savings["working_days"].after <= 5
    assert len(plan.questions) * 8 < plan.savings["fields"].before


def test_without_the_marriage_register_only_what_it_gave_is_asked() -> None:
    plan = estimate(EVENT, without=frozenset({"marriage"}))
    assert asked(plan) == CHOICES | {"father.id_number", "mother.marriage_certificate_number"}
    assert uploaded(plan) == {"discharge_summary", "marriage_certificate"}
    assert "population(father)" in fetched(plan)


def test_with_civil_affairs_down_the_mother_says_herself_that_she_is_married() -> None:
    plan = estimate(EVENT, without=frozenset({"marriage", "marital_status"}))
    assert "mother.marital_status" in asked(plan)
    assert next(
        question for question in plan.questions if str(question.field) == "mother.marital_status"
    ).decides


def test_without_the_delivery_records_the_mother_tells_of_the_birth() -> None:
    plan = estimate(EVENT, without=frozenset({"birth_record"}))
    new = asked(plan) - CHOICES
    assert {"child.sex", "child.birth_date", "child.birth_weight"} <= new
    assert len(new) == 16
    assert services(plan) == SEVEN


def test_an_unmarried_mother_gives_the_fathers_number_and_the_parents_sign() -> None:
    plan = estimate(EVENT, UNMARRIED)
    assert asked(plan) == CHOICES | {"child.father_recorded", "father.id_number"}
    assert {"parentage_statement", "unmarried_statement"} <= uploaded(plan)
    assert "paternity_report" not in uploaded(plan)
    assert "marriage(mother,father)" not in fetched(plan)
    assert "mother.marriage_certificate_number" not in {str(each.field) for each in plan.derivations}


def test_a_child_born_outside_marriage_joins_the_father_with_a_paternity_report() -> None:
    plan = estimate(EVENT, {**UNMARRIED, "child.parent_side": "2"})
    assert "paternity_report" in uploaded(plan)
    assert "household_to_join(child,father)" in fetched(plan)


def test_a_child_with_one_parent_has_no_father_in_the_plan() -> None:
    plan = estimate(EVENT, ONE_PARENT)
    assert asked(plan) == (CHOICES | {"child.father_recorded"}) - {"child.parent_side"}
    assert "single_parent_statement" in uploaded(plan)
    assert services(plan) == SEVEN
    assert not [each for each in plan.derivations if each.field.party == "father"]
    assert not [need for service in plan.services for need in service.needs if need.party == "father"]


def test_a_father_from_elsewhere_is_looked_up_in_his_own_province() -> None:
    plan = estimate(EVENT, {"father.household_province": "34"})
    assert asked(plan) == CHOICES
    assert "national_household(father)" in fetched(plan)
    assert plan.savings["documents"].before == estimate(EVENT).savings["documents"].before + 1
    assert plan.savings["working_days"].after == 5


def test_a_father_from_elsewhere_is_asked_where_his_province_does_not_answer() -> None:
    plan = estimate(EVENT, {"father.household_province": "34"}, without=frozenset({"national_household"}))
    assert asked(plan) == CHOICES | {"father.address_elsewhere"}
    assert "father_register_elsewhere" in uploaded(plan)


def test_a_father_whom_no_register_of_the_province_has_is_asked_about() -> None:
    plan = make_plan(
        library(),
        EVENT,
        Knowledge(
            facts={Field("mother", "marital_status"): "20"},
            assumed=library().events[EVENT].typical,
            without=frozenset({"population(father)", "residence(father)"}),
        ),
    )
    new = asked(plan) - CHOICES
    assert new == {
        "father.household_province",
        "father.id_kind",
        "father.birth_date",
        "father.nationality",
        "father.ethnicity",
        "father.residence_address",
    }
    assert "father_identity" in uploaded(plan)


def test_a_child_who_joins_a_household_elsewhere_brings_its_register() -> None:
    plan = estimate(EVENT, SITUATIONS["joins the father elsewhere"])
    assert {"child.household_number", "child.household_address", "child.household_region"} <= asked(plan)
    assert "household_register" in uploaded(plan)


def test_a_second_child_adds_one_question_about_the_elder_one() -> None:
    plan = estimate(EVENT, {"child.birth_order": 2})
    assert asked(plan) == CHOICES | {"child.elder_children_at_home"}


def test_a_mother_without_maternity_insurance_has_six_services() -> None:
    plan = estimate(EVENT, {"mother.maternity_insured": False})
    assert services(plan) == SEVEN - {"maternity_reimbursement"}
    assert uploaded(plan) == set()


def test_a_refused_household_registration_stops_what_needs_the_number_and_nothing_else() -> None:
    plan = estimate(EVENT, refused=frozenset({"household_registration"}))
    assert services(plan) == SEVEN - {
        "household_registration",
        "social_security_card_issue",
        "medical_insurance_enrolment",
    }


def test_a_held_marriage_certificate_stands_for_the_register() -> None:
    typical = library().events[EVENT].typical
    held = ("marriage_certificate", (("a", "mother"), ("b", "father")))
    plan = make_plan(
        library(),
        EVENT,
        Knowledge(assumed=typical, wallet=frozenset({held}), without=frozenset({"marriage"})),
    )
    assert asked(plan) == CHOICES
    assert uploaded(plan) == {"discharge_summary"}


def test_known_facts_settle_what_the_typical_case_only_supposed() -> None:
    facts: dict[Field, Value] = {
        Field("mother", "marital_status"): "10",
        Field("child", "father_recorded"): False,
    }
    plan = make_plan(library(), EVENT, Knowledge(facts=facts, assumed=library().events[EVENT].typical))
    assert "father" not in {each.field.party for each in plan.derivations}
    assert "child.father_recorded" not in asked(plan)


def test_the_same_input_gives_the_same_plan() -> None:
    assert estimate(EVENT) == estimate(EVENT)
