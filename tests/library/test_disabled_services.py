"""Services for a disabled person: what one is entitled to turns on an outcome that no one knows when applying."""

from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge, make_plan
from tests.library.estimates import asked, estimate, library, services, uploaded, waits

EVENT = "disabled_services"
BY_DEGREE = {"disability_nursing_allowance", "disability_pension_contribution", "disability_medical_premium"}
FIRST: dict[str, Value] = {
    "person.id_number": "330106199001011234",
    "person.name": "示例",
    "person.phone": "13800000000",
    "person.holds_disability_card": False,
    "person.has_guardian": False,
    "person.aid_category": "2",
    "person.employment_status": "4",
    "person.medical_insurance_kind": "390",
    "person.wants_bus_card": False,
    "person.wants_device": False,
}


def known(**more: Value) -> dict[Field, Value]:
    """A first applicant's facts, and what has come out since."""
    said = {Field.parse(name): value for name, value in FIRST.items()}
    return said | {Field("person", word): value for word, value in more.items()}


def test_a_first_card_with_all_benefits_asks_nine_fields_and_two_papers() -> None:
    plan = estimate(EVENT)
    assert plan.problems == ()
    assert plan.savings["fields"].before >= 90
    assert len(plan.questions) == 9
    assert plan.savings["documents"].before >= 25
    assert uploaded(plan) == {"medical_history", "photo"}
    assert plan.savings["documents"].after == 2
    assert plan.savings["visits"].after == 1


def test_a_holder_is_neither_assessed_nor_asked_for_the_degree() -> None:
    plan = estimate(EVENT, {"person.holds_disability_card": True})
    assert not {"disability_assessment", "disability_card_issue"} & services(plan)
    assert not {"person.disability_grade", "person.disability_certificate_number"} & asked(plan)
    assert plan.savings["working_days"].after == 5


def test_benefits_by_degree_are_open_until_the_assessment() -> None:
    plan = make_plan(library(), EVENT, Knowledge(facts=known(), identified=True))
    assert services(plan) == {"disability_assessment", "disability_card_issue", "disability_living_allowance"}
    assert {left.service for left in plan.left if not left.settled} == BY_DEGREE


def test_a_severe_degree_brings_its_benefits_without_another_question() -> None:
    before = make_plan(library(), EVENT, Knowledge(facts=known(), identified=True))
    after = make_plan(library(), EVENT, _assessed("1"))
    assert services(after) >= BY_DEGREE
    assert asked(after) <= asked(before)


def test_a_slight_degree_leaves_the_allowance_for_hardship() -> None:
    plan = make_plan(library(), EVENT, _assessed("4"))
    assert services(plan) == {"disability_card_issue", "disability_living_allowance"}


def test_every_benefit_waits_for_the_card_and_the_card_for_the_assessment() -> None:
    before = waits(estimate(EVENT))
    assert before.pop("disability_assessment") == set()
    assert before.pop("disability_card_issue") == {"disability_assessment"}
    assert all("disability_card_issue" in one for one in before.values())


def test_a_guardian_gives_a_number_a_phone_and_the_relation() -> None:
    plan = estimate(EVENT, {"person.has_guardian": True})
    assert asked(plan) - asked(estimate(EVENT)) == {
        "guardian.id_number",
        "guardian.phone",
        "person.guardian_relation",
    }


def _assessed(degree: str) -> Knowledge:
    facts = known(assessed_category="4", assessed_grade=degree, assessment_number="残评3301062025110300001")
    return Knowledge(facts=facts, granted=frozenset({"disability_assessment"}), identified=True)
