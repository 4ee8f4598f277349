"""Documents and certificates: what meets a document, what it makes a service wait for, and what a person still sends."""

from dataclasses import replace

from qipan.core.declarations import Library, MeetKind
from qipan.core.plan import Plan
from qipan.core.planner import Knowledge, make_plan
from tests.core.planner.board import (
    EVENT,
    asked,
    document,
    f,
    library,
    looked_up,
    planned,
    resource,
    service,
    why_left,
)

HELD = frozenset({("marriage_certificate", (("a", "mother"), ("b", "father")))})


def met(plan: Plan) -> dict[str, str]:
    """What meets each document."""
    return {one.evidence: one.met_by.value for one in plan.evidence}


def wedding(*ways: str) -> Library:
    """A service that wants proof of a marriage."""
    return library(
        {
            "registration": service(
                "child.name", documents={"marriage": document(*ways)}, optional="mother father"
            )
        },
        parties="mother father child",
        relations=["spouse(mother, father)"],
        certificates={"marriage_certificate": "spouse(a, b): a.name b.name a.certificate_number"},
        resources={"marriage": resource("spouse(a, b): a.id -> a.certificate_number")},
    )


WAYS = ("certificate:marriage_certificate,a=mother,b=father", "facts:mother.certificate_number", "upload")


def test_the_first_way_that_can_be_had_is_taken() -> None:
    board = wedding(*WAYS)
    assert met(make_plan(board, EVENT, Knowledge(wallet=HELD))) == {"marriage": "certificate"}
    assert met(make_plan(board, EVENT, Knowledge())) == {"marriage": "facts"}
    without = Knowledge(without=frozenset({"marriage"}))
    plan = make_plan(board, EVENT, without)
    assert met(plan) == {"marriage": "upload"}
    assert (plan.savings["documents"].before, plan.savings["documents"].after) == (1, 1)
    assert asked(plan) == {"child.name"}, "nothing is asked for a document"


def test_a_certificate_of_a_symmetric_relation_serves_either_way_round() -> None:
    turned = frozenset({("marriage_certificate", (("a", "father"), ("b", "mother")))})
    assert met(make_plan(wedding(*WAYS), EVENT, Knowledge(wallet=turned))) == {"marriage": "certificate"}
    strangers = frozenset({("marriage_certificate", (("a", "father"), ("b", "child")))})
    assert met(make_plan(wedding(*WAYS), EVENT, Knowledge(wallet=strangers))) == {"marriage": "facts"}


def test_the_facts_on_a_certificate_in_the_wallet_are_known() -> None:
    board = replace(wedding(*WAYS), resources={})
    board = replace(board, services={"card": replace(service("mother.certificate_number"), name="card")})
    board = replace(
        board,
        events={
            EVENT: replace(
                board.events[EVENT], services=library({"card": service("")}).events[EVENT].services
            )
        },
    )
    plan = make_plan(board, EVENT, Knowledge(wallet=HELD))
    assert asked(plan) == set()
    assert [(one.kind, one.via) for one in plan.derivations] == [("certificate", "marriage_certificate")]


def test_what_the_applicant_said_proves_nothing() -> None:
    board = wedding("facts:mother.certificate_number", "upload")
    said = Knowledge(
        facts={f("mother.certificate_number"): "7"},
        stated=frozenset({f("mother.certificate_number")}),
        without=frozenset({"marriage"}),
    )
    assert met(make_plan(board, EVENT, said)) == {"marriage": "upload"}
    told = replace(said, stated=frozenset())
    assert met(make_plan(board, EVENT, told)) == {"marriage": "facts"}


def test_a_document_without_upload_can_make_a_question_worth_asking() -> None:
    board = library(
        {"care": service(documents={"income": document("facts:father.income")})},
        parties="mother father",
        resources={"tax": resource("p.id -> p.income")},
    )
    plan = make_plan(board, EVENT, Knowledge())
    assert (asked(plan), met(plan), looked_up(plan)) == (
        {"father.id"},
        {"income": "facts"},
        {"tax(father)": 1},
    )
    down = make_plan(board, EVENT, Knowledge(without=frozenset({"tax"})))
    assert why_left(down) == {"care": "source-down"}


def test_a_service_waits_for_a_certificate_that_another_issues() -> None:
    board = library(
        {
            "card": service(documents={"proof": document("certificate:paper", "upload")}, parties="child"),
            "birth": service("child.name", gives="child.number", issues="paper", days=(3, 3)),
        },
        certificates={"paper": "child.number"},
    )
    plan = make_plan(board, EVENT, Knowledge())
    assert planned(plan, "card").waits_for == ("birth",)
    assert planned(plan, "card").starts_after == (3, 3)
    assert plan.savings["documents"].after == 0
    again = make_plan(board, EVENT, Knowledge(granted=frozenset({"birth"})))
    assert planned(again, "card").waits_for == ()
    assert met(again) == {"proof": "certificate"}


def test_services_that_would_wait_for_each_others_certificates_fall_back_in_order() -> None:
    board = library(
        {
            "one": service(
                documents={"d1": document("certificate:p2", "upload")}, parties="child", issues="p1"
            ),
            "two": service(
                documents={"d2": document("certificate:p1", "upload")}, parties="child", issues="p2"
            ),
        },
        certificates={"p1": "child.a", "p2": "child.b"},
    )
    plan = make_plan(board, EVENT, Knowledge())
    assert met(plan) == {"d1": "certificate", "d2": "upload"}
    assert plan.problems == ()
    assert [one.service for one in plan.services] == ["one", "two"]
    assert planned(plan, "one").waits_for == ("two",)


def test_the_same_paper_is_sent_once() -> None:
    papers = {"identity": document("certificate:id_card,p=mother", "upload")}
    board = library(
        {
            "one": service("mother.name", documents=papers),
            "two": service("mother.phone", documents=papers),
            "three": service("child.name", documents={"photo": document("upload")}),
        },
        certificates={"id_card": "p.name"},
    )
    plan = make_plan(board, EVENT, Knowledge())
    assert (plan.savings["documents"].before, plan.savings["documents"].after) == (3, 2)
    assert {one.via for one in plan.evidence if one.met_by is MeetKind.UPLOAD} == {
        ("id_card(mother)",),
        ("photo",),
    }


def test_a_document_about_an_absent_party_is_not_required() -> None:
    board = library(
        {
            "registration": service(
                "child.name",
                documents={
                    "m": document("certificate:id_card,p=father", "upload"),
                    "n": document("facts:father.name"),
                },
                optional="father",
            )
        },
        parties="mother father child",
        whens={"father": "child.recorded == 'yes'"},
        certificates={"id_card": "p.name"},
    )
    plan = make_plan(board, EVENT, Knowledge(facts={f("child.recorded"): "no"}))
    assert met(plan) == {"m": "upload"}
    assert [(one.what, one.name, one.reason.code) for one in plan.left] == [("document", "n", "absent")]


def test_whom_an_issued_certificate_is_about_is_told_by_the_facts_it_carries() -> None:
    board = library(
        {
            "birth": service("child.name mother.name", gives="child.number", issues="page"),
            "card": service(
                "child.name", documents={"proof": document("certificate:page,person=child", "upload")}
            ),
        },
        certificates={"page": "person.number"},
    )
    plan = make_plan(board, EVENT, Knowledge())
    assert planned(plan, "card").waits_for == ("birth",)
