"""Deregistering an enterprise: the order is in the law, and must come out of what each agency needs."""

from dataclasses import replace

import pytest

from qipan.core.declarations import Library
from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge, make_plan
from tests.library.estimates import asked, estimate, library, services, uploaded, waits

EVENT = "deregistration"
CANCEL = "business_licence_cancellation"
WITH_DEBTS: dict[str, Value] = {"enterprise.debts_settled": False}
LISTINGS = ("abnormal_listed", "dishonest_listed", "shares_frozen", "has_branches", "investments_held")


def test_a_simplified_deregistration_asks_four_questions_and_one_paper() -> None:
    plan = estimate(EVENT)
    assert plan.savings["fields"].before >= 90
    assert asked(plan) == {
        "enterprise.debts_settled",
        "enterprise.deregistration_reason",
        "enterprise.accounting_books_kept_by",
        "enterprise.account_balance_to",
    }
    assert uploaded(plan) == {"investors_commitment"}
    assert plan.savings["documents"].before >= 12


def test_the_order_of_the_law_comes_out_of_the_needs() -> None:
    assert waits(estimate(EVENT)) == {
        "simplified_deregistration_notice": set(),
        "tax_deregistration": set(),
        CANCEL: {"simplified_deregistration_notice", "tax_deregistration"},
        "social_insurance_unit_closing": {CANCEL},
        "housing_fund_unit_closing": {CANCEL},
        "bank_account_closing": {CANCEL, "tax_deregistration"},
        "seal_cancellation": {CANCEL, "bank_account_closing"},
    }


def test_the_days_of_the_notice_are_on_the_critical_path_and_the_taxes_are_not() -> None:
    plan = estimate(EVENT)
    assert [step for step in plan.critical_path if "(" not in step] == [
        "simplified_deregistration_notice",
        CANCEL,
        "bank_account_closing",
        "seal_cancellation",
    ]
    assert plan.savings["working_days"].after == 15 + 1 + 2 + 1


def test_with_debts_a_liquidation_takes_the_place_of_the_simple_notice() -> None:
    plan = estimate(EVENT, WITH_DEBTS)
    assert plan.problems == ()
    assert {"liquidation_group_notice", "creditor_notice"} <= services(plan)
    assert "simplified_deregistration_notice" not in services(plan)
    assert waits(plan)["creditor_notice"] == {"liquidation_group_notice"}
    assert waits(plan)[CANCEL] == {"creditor_notice", "tax_deregistration"}
    assert uploaded(plan) == {"dissolution_resolution", "liquidation_report"}
    assert "liquidation_leader.id_number" in asked(plan)
    assert "liquidation_leader.name" not in asked(plan)


@pytest.mark.parametrize("listing", LISTINGS)
def test_one_entry_in_the_register_bars_the_simple_way_without_a_question(listing: str) -> None:
    plan = estimate(EVENT, {f"enterprise.{listing}": True})
    assert "simplified_deregistration_notice" not in services(plan)
    assert f"enterprise.{listing}" not in asked(plan)


def test_customs_and_food_licence_come_before_the_licence() -> None:
    plan = estimate(EVENT, {"enterprise.customs_registered": True, "enterprise.holds_food_licence": True})
    assert {"customs_deregistration", "food_licence_cancellation"} <= waits(plan)[CANCEL]
    assert asked(plan) == asked(estimate(EVENT))


def test_an_enterprise_without_employees_closes_no_accounts_for_them() -> None:
    plan = estimate(EVENT, {"enterprise.social_insurance_open": False, "enterprise.housing_fund_open": False})
    spared = services(estimate(EVENT)) - services(plan)
    assert spared == {"social_insurance_unit_closing", "housing_fund_unit_closing"}


def test_refused_tax_clearance_stops_the_licence_and_what_follows_but_not_the_notice() -> None:
    plan = estimate(EVENT, refused=frozenset({"tax_deregistration"}))
    assert services(plan) == {"simplified_deregistration_notice"}


def test_who_holds_a_tax_clearance_needs_not_wait_for_the_taxes() -> None:
    held = ("tax_clearance_certificate", (("enterprise", "enterprise"),))
    plan = make_plan(
        library(), EVENT, Knowledge(assumed=library().events[EVENT].typical, wallet=frozenset({held}))
    )
    assert waits(plan)[CANCEL] == {"simplified_deregistration_notice"}


def test_the_licence_waits_for_taxes_only_because_it_needs_their_clearance() -> None:
    """Take the needs and the documents away, and the wait is gone: no order is written down anywhere."""
    plan = make_plan(_without_clearance(library()), EVENT, Knowledge(assumed=library().events[EVENT].typical))
    assert "tax_deregistration" not in waits(plan)[CANCEL]


def _without_clearance(declared: Library) -> Library:
    service = declared.services[CANCEL]
    needs = tuple(need for need in service.needs if need.field != Field("enterprise", "tax_clearance_number"))
    evidence = tuple(document for document in service.evidence if document.name != "tax_clearance")
    return replace(
        declared, services={**declared.services, CANCEL: replace(service, needs=needs, evidence=evidence)}
    )


@pytest.mark.parametrize(
    "resource", ["tax_register", "enterprise_register", "seal_register", "reported_accounts"]
)
def test_a_silent_register_costs_questions_and_changes_no_order(resource: str) -> None:
    plan = estimate(EVENT, without=frozenset({resource}))
    assert plan.problems == ()
    assert waits(plan) == waits(estimate(EVENT))
    assert asked(plan) > asked(estimate(EVENT))
