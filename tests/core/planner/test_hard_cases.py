"""The twelve cases of the design that nobody handles together; each test says what the planner does with one."""

import json
from datetime import date

import pytest

from qipan.core.declarations import GrantDeclaration, MeetKind
from qipan.core.elements import Checks, Field
from qipan.core.plan import Derivation
from qipan.core.planner import (
    Knowledge,
    affected,
    explain,
    explain_wait,
    make_plan,
    plan_as_dict,
    provenance_of,
    visible_fields,
)
from tests.core.planner.board import (
    EVENT,
    asked,
    codes_of,
    conditional,
    document,
    f,
    fs,
    library,
    looked_up,
    planned,
    resource,
    service,
    use,
    why_left,
)

POPULATION = resource("p.id -> p.name p.region p.ethnicity")
MARRIAGE = resource("spouse(a, b): a.id -> b.id b.name")
NOTHING_KNOWN = Knowledge()


# 1. Two producers of one field


def test_two_producers_of_one_field_are_named_with_their_lines() -> None:
    board = library(
        {"first": service(gives="child.number"), "second": service(gives="child.number")},
        lines={("services", "first"): 3, ("services", "second", "gives", "child.number"): 9},
    )
    (problem,) = make_plan(board, EVENT, NOTHING_KNOWN).problems
    assert problem.code == "two-producers"
    assert problem.values == {"event": EVENT, "field": "child.number", "services": ["first", "second"]}
    assert [str(problem.position), *map(str, problem.related)] == ["board.yaml:3", "board.yaml:9"]


def test_the_plan_still_takes_the_nearer_of_two_producers() -> None:
    board = library(
        {
            "slow": service(gives="child.number", days=(9, 9)),
            "quick": service(gives="child.number", days=(2, 2)),
            "user": service("child.number"),
        },
        silent="number",
    )
    assert planned(make_plan(board, EVENT, NOTHING_KNOWN), "user").waits_for == ("quick",)


# 2. A need that nobody supplies and nobody may be asked


def test_a_need_without_supply_is_named_and_only_its_service_is_left() -> None:
    board = library(
        {"odd": service("child.secret child.name"), "even": service("mother.phone")},
        silent="secret",
        lines={("services", "odd", "needs", "child.secret"): 5},
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    (problem,) = plan.problems
    assert (problem.code, str(problem.position)) == ("no-supply", "board.yaml:5")
    assert problem.values["service"] == "odd"
    assert problem.values["field"] == "child.secret"
    assert why_left(plan) == {"odd": "no-source"}
    assert asked(plan) == {"mother.phone"}, "what only the lost service needs is not asked"


def test_a_source_without_its_key_is_said_to_lack_the_key() -> None:
    board = library(
        {"odd": service("child.secret")},
        resources={"vault": resource("p.token -> p.secret")},
        silent="secret token",
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    assert why_left(plan) == {"odd": "key-unknown"}
    assert plan.problems[0].values["resources"] == []
    need = next(one for one in plan.left if one.what == "need")
    assert (need.reason.resources, need.reason.fields) == (("vault",), fs("child.token"))


def test_a_conditional_resource_needs_a_grant_of_this_event_for_the_element_and_the_day() -> None:
    services = {"care": service("mother.illness mother.doctor")}
    resources = {"clinic": conditional("p.id -> p.illness p.doctor")}

    def ask_with(grant: GrantDeclaration | None) -> set[str]:
        board = library(services, resources=resources, grants={"grant": grant} if grant else {})
        return asked(make_plan(board, EVENT, Knowledge(today=date(2026, 5, 1))))

    everything = {"mother.illness", "mother.doctor"}
    assert ask_with(None) == everything
    assert ask_with(GrantDeclaration("grant", "clinic", EVENT)) == set()
    assert ask_with(GrantDeclaration("grant", "clinic", "another")) == everything
    assert ask_with(GrantDeclaration("grant", "clinic", EVENT, until="2026-04-30")) == everything
    assert ask_with(GrantDeclaration("grant", "clinic", EVENT, until="2026-05-01")) == set()
    one = GrantDeclaration("grant", "clinic", EVENT, frozenset({"Person.illness"}))
    assert ask_with(one) == {"mother.doctor"}


# 3. Cycles across services


def test_a_cycle_over_three_services_is_shown_as_a_path() -> None:
    board = library(
        {
            "seal": service("child.account", gives="child.seal"),
            "licence": service("child.seal", gives="child.licence"),
            "account": service("child.licence", gives="child.account"),
            "aside": service("child.name"),
        },
        silent="seal licence account",
        lines={("services", "account"): 11, ("services", "licence"): 7, ("services", "seal"): 2},
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    (problem,) = plan.problems
    assert problem.code == "cycle"
    assert problem.values["path"] == ["account", "licence", "seal", "account"]
    assert problem.values["fields"] == ["child.licence", "child.seal", "child.account"]
    assert [str(problem.position), *map(str, problem.related)] == [
        "board.yaml:11",
        "board.yaml:7",
        "board.yaml:2",
    ]
    assert [one.service for one in plan.services] == ["aside"]


def test_a_cycle_through_a_look_up_is_seen() -> None:
    board = library(
        {"one": service("child.b", gives="child.a"), "two": service("child.a", gives="child.key")},
        resources={"register": resource("p.key -> p.b")},
        silent="a b key",
    )
    (problem,) = make_plan(board, EVENT, NOTHING_KNOWN).problems
    assert (problem.code, problem.values["path"]) == ("cycle", ["one", "two", "one"])


def test_a_cycle_is_cut_where_asking_is_cheapest() -> None:
    board = library(
        {"one": service("child.b", gives="child.a"), "two": service("child.a", gives="child.b")},
        burdens={"a": 5, "b": 3},
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    assert asked(plan) == {"child.b"}
    assert [one.service for one in plan.services if one.stage == 1] == ["one"]
    assert plan.questions[0].reasons[-1].code == "waits"


# 4. Situations and conditional needs


def test_a_condition_on_an_unknown_field_asks_that_field_and_not_yet_what_depends_on_it() -> None:
    board = library(
        {
            "sign": service("child.size", when="child.has_sign == 'yes'"),
            "shop": service(["child.name", ("child.depth", "child.has_cellar == 'yes'")]),
        }
    )
    first = make_plan(board, EVENT, NOTHING_KNOWN)
    assert asked(first) == {"child.has_sign", "child.has_cellar", "child.name"}
    assert {str(one.field) for one in first.questions if one.decides} == {
        "child.has_sign",
        "child.has_cellar",
    }
    assert [one.decides for one in first.questions] == [True, True, False], "what decides is asked first"
    assert {(one.what, one.service, one.settled) for one in first.left} == {
        ("service", "sign", False),
        ("need", "shop", False),
    }
    answers = {f("child.has_sign"): "no", f("child.has_cellar"): "yes", f("child.name"): "店"}
    then = make_plan(board, EVENT, Knowledge(facts=answers, stated=frozenset(answers)))
    assert asked(then) == {"child.depth"}
    assert why_left(then) == {"sign": "false"}


def test_a_condition_that_a_source_can_settle_is_looked_up_and_not_asked() -> None:
    board = library(
        {"leave": service("mother.office", when="mother.employed == 'yes'")},
        resources={"insurance": resource("p.id -> p.employed")},
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    assert asked(plan) == set()
    assert [(one.name, one.upfront) for one in plan.fetches] == [("insurance(mother)", True)]
    assert why_left(plan) == {"leave": "undecided"}


def test_a_relation_not_settled_yet_keeps_back_what_it_may_supply() -> None:
    board = library(
        {"registration": service("father.name")},
        parties="mother father",
        relations=["spouse(mother, father) when mother.married == 'yes'"],
        resources={"marriage": MARRIAGE},
    )
    first = make_plan(board, EVENT, NOTHING_KNOWN)
    assert asked(first) == {"mother.married"}
    married = make_plan(board, EVENT, Knowledge(facts={f("mother.married"): "yes"}))
    assert (asked(married), looked_up(married)) == (set(), {"marriage(mother,father)": 1})
    single = make_plan(board, EVENT, Knowledge(facts={f("mother.married"): "no"}))
    assert (asked(single), looked_up(single)) == ({"father.name"}, {})


def test_what_an_unsettled_service_would_give_is_not_asked_meanwhile() -> None:
    board = library(
        {
            "birth": service("child.name", gives="child.number", when="child.born_here == 'yes'"),
            "card": service("child.number"),
        }
    )
    first = make_plan(board, EVENT, NOTHING_KNOWN)
    assert asked(first) == {"child.born_here"}
    assert why_left(first) == {"birth": "undecided", "card": "undecided"}
    assert first.problems == ()
    here = make_plan(board, EVENT, Knowledge(facts={f("child.born_here"): "yes"}))
    assert (asked(here), planned(here, "card").waits_for) == ({"child.name"}, ("birth",))
    elsewhere = make_plan(board, EVENT, Knowledge(facts={f("child.born_here"): "no"}))
    assert asked(elsewhere) == {"child.number"}


def test_what_the_event_produces_is_not_asked_even_where_that_would_be_less() -> None:
    board = library(
        {
            "birth": service("child.name child.ethnicity child.region", gives="child.id"),
            "card": service("child.id"),
        },
        resources={"population": POPULATION},
        burdens={"id": 1},
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    assert asked(plan) == {"child.name", "child.ethnicity", "child.region"}


def test_an_assumed_value_settles_conditions_but_is_still_to_be_learned() -> None:
    board = library({"leave": service("mother.office", when="mother.employed == 'yes'")})
    plan = make_plan(board, EVENT, Knowledge(assumed={f("mother.employed"): "yes"}))
    assert asked(plan) == {"mother.employed", "mother.office"}
    assert plan.assumed == ((f("mother.employed"), "yes"),)
    assert [one.service for one in plan.services] == ["leave"]


def test_an_answer_that_settles_everything_spares_the_other_condition() -> None:
    board = library({"aid": service("child.size", when="child.a == 'yes' and child.b == 'yes'")})
    plan = make_plan(board, EVENT, Knowledge(facts={f("child.a"): "no"}))
    assert asked(plan) == set()
    assert why_left(plan) == {"aid": "false"}


# 5. One field under different checks


def test_checks_on_one_field_are_joined() -> None:
    board = library(
        {
            "one": service([("child.name", Checks(max_length=20, patterns=("[A-Z]+",)))]),
            "two": service([("child.name", Checks(max_length=10, min_length=2))]),
        }
    )
    (question,) = make_plan(board, EVENT, NOTHING_KNOWN).questions
    assert question.checks == Checks(min_length=2, max_length=10, patterns=("[A-Z]+",))
    assert question.needed_by == ("one", "two")


def test_checks_that_leave_no_value_are_reported_with_both_services() -> None:
    board = library(
        {
            "one": service([("child.sex", Checks(one_of=("1", "2")))]),
            "two": service([("child.sex", Checks(one_of=("M", "F")))]),
        },
        lines={("services", "one", "needs", "child.sex"): 4, ("services", "two", "needs", "child.sex"): 8},
    )
    (problem,) = make_plan(board, EVENT, NOTHING_KNOWN).problems
    assert problem.code == "empty-checks"
    assert problem.values["services"] == ["one", "two"]
    assert [str(problem.position), *map(str, problem.related)] == ["board.yaml:4", "board.yaml:8"]


# 6. Optional services and parties


def test_a_child_with_one_parent_drops_what_is_about_the_other_and_keeps_the_service() -> None:
    board = library(
        {
            "registration": service("child.name father.name", optional="father"),
            "recognition": service("father.id"),
        },
        parties="mother father child",
        whens={"father": "child.father_recorded == 'yes'"},
    )
    plan = make_plan(board, EVENT, Knowledge(facts={f("child.father_recorded"): "no"}))
    assert asked(plan) == {"child.name"}
    assert planned(plan, "registration").needs == fs("child.name")
    assert why_left(plan) == {"recognition": "absent"}
    unsettled = make_plan(board, EVENT, NOTHING_KNOWN)
    assert asked(unsettled) == {"child.name", "child.father_recorded"}


def test_a_party_of_the_service_that_the_event_does_not_have_is_absent() -> None:
    board = library(
        {"registration": service(["child.name", ("child.why", "not present(father)")], optional="father")}
    )
    assert asked(make_plan(board, EVENT, NOTHING_KNOWN)) == {"child.name", "child.why"}


def test_an_optional_service_can_be_left_out_and_a_duty_cannot() -> None:
    board = library(
        {"guidance": service("child.diet"), "duty": service("child.name")},
        uses=[use("guidance", optional=True), use("duty")],
    )
    plan = make_plan(board, EVENT, Knowledge(skipped=frozenset({"guidance", "duty"})))
    assert asked(plan) == {"child.name"}
    assert why_left(plan) == {"guidance": "skipped"}


# 7. A source fails while it runs


def test_without_a_source_only_what_is_now_missing_is_asked_and_no_answer_again() -> None:
    board = library(
        {"registration": service("father.id father.name father.region father.ethnicity mother.phone")},
        parties="mother father",
        relations=["spouse(mother, father)"],
        resources={"marriage": MARRIAGE, "population": POPULATION},
        burdens={"id": 6},
    )
    assert asked(make_plan(board, EVENT, NOTHING_KNOWN)) == {"mother.phone"}
    answers = {f("mother.phone"): "13800000000"}
    down = Knowledge(facts=answers, stated=frozenset(answers), without=frozenset({"marriage"}))
    plan = make_plan(board, EVENT, down)
    assert asked(plan) == {"father.id"}, "one number gives the other three"
    assert looked_up(plan) == {"population(father)": 1}
    assert plan.questions[0].reasons[-1].code == "source-down"
    assert plan.questions[0].reasons[-1].resources == ("marriage",)


def test_one_look_up_that_fails_does_not_take_the_resource_from_the_others() -> None:
    board = library(
        {"registration": service("father.name mother.name")},
        parties="mother father",
        known="mother.id father.id",
        resources={"population": POPULATION},
    )
    plan = make_plan(board, EVENT, Knowledge(without=frozenset({"population(father)"})))
    assert asked(plan) == {"father.name"}
    assert looked_up(plan) == {"population(mother)": 1}


def test_a_source_that_answers_without_a_value_is_not_asked_for_it_again() -> None:
    board = library({"care": service("mother.name mother.region")}, resources={"population": POPULATION})
    lacking = frozenset({("population(mother)", f("mother.region"))})
    plan = make_plan(board, EVENT, Knowledge(lacking=lacking))
    assert asked(plan) == {"mother.region"}
    assert plan.questions[0].reasons[-1].code == "no-record"
    assert looked_up(plan) == {"population(mother)": 1}


def test_a_service_that_a_dead_source_stops_is_no_fault_of_the_declarations() -> None:
    board = library(
        {
            "birth": service("child.birth_number", gives="child.certificate_number"),
            "next": service("child.certificate_number"),
        },
        resources={"hospital": resource("parent(m, c): m.id -> c.birth_number")},
        relations=["parent(mother, child)"],
        silent="birth_number",
    )
    plan = make_plan(board, EVENT, Knowledge(without=frozenset({"hospital"})))
    assert why_left(plan) == {"birth": "source-down", "next": "waits"}
    assert plan.problems == ()
    assert asked(plan) == set(), "what a service of the event would give does not exist yet"


# 8. One service refuses


def test_a_refusal_stops_what_depends_on_it_and_nothing_else() -> None:
    board = library(
        {
            "registration": service("child.name", gives="child.number"),
            "card": service("child.number", gives="child.card"),
            "bank": service("child.card mother.account"),
            "guidance": service("mother.phone"),
        }
    )
    plan = make_plan(board, EVENT, Knowledge(refused=frozenset({"registration"})))
    assert [one.service for one in plan.services] == ["guidance"]
    assert why_left(plan) == {"registration": "refused", "card": "refused", "bank": "refused"}
    stopped = {one.service: one.reason for one in plan.left if one.what == "service"}
    assert stopped["bank"].services == ("registration",)
    assert stopped["card"].fields == fs("child.number")
    assert asked(plan) == {"mother.phone"}, "what was refused is not asked of the person instead"
    assert plan.problems == ()


def test_a_granted_service_is_over_and_its_outputs_and_certificates_count() -> None:
    board = library(
        {
            "birth": service("child.name", gives="child.number", issues="paper"),
            "next": service("child.number", documents={"proof": document("certificate:paper", "upload")}),
        },
        certificates={"paper": "child.number"},
    )
    known = {f("child.number"): "7", f("child.name"): "安"}
    plan = make_plan(board, EVENT, Knowledge(facts=known, granted=frozenset({"birth"})))
    (following,) = plan.services
    assert (following.service, following.stage, following.waits_for) == ("next", 1, ())
    assert plan.evidence[0].met_by is MeetKind.CERTIFICATE
    assert explain(plan, f("child.number")).steps[-1].kind == "service"


# 9. An answer changes


def test_when_an_answer_changes_what_was_derived_from_it_falls_and_the_rest_holds() -> None:
    board = library(
        {"registration": service("father.id father.name mother.phone mother.name")},
        parties="mother father",
        resources={"population": POPULATION},
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    fallen = affected(provenance_of(plan.derivations), fs("father.id"))
    assert fallen == frozenset(fs("father.name"))
    facts = {
        one: "x"
        for one in fs("mother.id father.id mother.phone mother.name father.name")
        if one not in fallen
    }
    again = make_plan(board, EVENT, Knowledge(facts=facts, stated=frozenset(fs("father.id mother.phone"))))
    assert asked(again) == set()
    assert looked_up(again) == {"population(father)": 1}


def test_affected_follows_chains_and_ends_in_circles() -> None:
    provenance = {f("a.b"): fs("a.a"), f("a.c"): fs("a.b a.d"), f("a.a"): fs("a.c"), f("a.e"): fs("a.d")}
    assert affected(provenance, fs("a.a")) == frozenset(fs("a.b a.c"))


# 10. Each agency sees only its own


def test_each_agency_sees_only_its_own_needs_documents_and_outputs() -> None:
    board = library(
        {
            "birth": service("mother.illness child.name", gives="child.number"),
            "school": service(
                ["child.number", ("child.diet", "child.eats == 'yes'")],
                documents={"home": document("facts:mother.address", "upload")},
                gives="child.class_number",
            ),
        },
        resources={"residence": resource("p.id -> p.address")},
    )
    plan = make_plan(board, EVENT, Knowledge(facts={f("child.eats"): "no"}))
    assert visible_fields(board, plan, "birth") == frozenset(fs("mother.illness child.name child.number"))
    assert visible_fields(board, plan, "school") == frozenset(
        fs("child.number mother.address child.class_number")
    )
    assert visible_fields(board, EVENT, "school") == visible_fields(board, plan, "school") | {f("child.diet")}
    assert visible_fields(board, plan, "elsewhere") == frozenset()


# 11. Working days, promised and statutory


def test_the_critical_path_is_by_promised_days_and_both_limits_are_summed() -> None:
    board = library(
        {
            "a": service(gives="child.a", days=(2, 20)),
            "b": service("child.a", gives="child.b", days=(3, 7)),
            "quick": service("child.a", gives="child.q", days=(1, 30)),
            "end": service("child.b child.q", days=(1, 1)),
            "alone": service("child.name", days=(5, 5)),
        },
        silent="a b q",
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    assert plan.critical_path == ("a", "b", "end")
    assert planned(plan, "end").starts_after == (5, 50)
    assert (plan.savings["working_days"].before, plan.savings["working_days"].after) == (12, 6)
    statutory = plan.savings["working_days_statutory"]
    assert (statutory.before, statutory.after) == (63, 51)


def test_a_slow_look_up_counts_its_days() -> None:
    board = library(
        {"care": service("mother.score", days=(2, 4))},
        resources={"slow": resource("p.id -> p.score", days=3)},
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    assert plan.critical_path == ("slow(mother)", "care")
    assert (planned(plan, "care").starts_after, planned(plan, "care").ends_after) == ((3, 3), (5, 7))


# 12. Why am I asked this, and why does this wait


def test_why_am_i_asked_this_can_be_replayed() -> None:
    board = library(
        {
            "card": service("father.name"),
            "registration": service("child.number father.region", gives="child.page"),
        },
        parties="mother father child",
        resources={"population": POPULATION},
        silent="name region",
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    told = explain(plan, f("father.id"))
    assert [reason.code for reason in told.reasons] == ["key", "no-source"]
    assert told.reasons[0].services == ("card", "registration")
    assert told.reasons[0].resources == ("population(father)",)
    assert told.reasons[0].fields == fs("father.name father.region")
    _replay(explain(plan, f("father.name")).steps)
    _replay(explain(plan, f("child.page")).steps)


def test_why_does_this_wait() -> None:
    board = library(
        {
            "birth": service("child.name", gives="child.number", issues="paper"),
            "card": service(
                "child.number mother.region", documents={"proof": document("certificate:paper", "upload")}
            ),
        },
        certificates={"paper": "child.number"},
        resources={"population": POPULATION},
        silent="number",
    )
    plan = make_plan(board, EVENT, NOTHING_KNOWN)
    waiting = explain_wait(plan, "card")
    assert not isinstance(waiting, tuple)
    assert {reason.code: reason for reason in waiting.reasons}["waits"].services == ("birth",)
    assert {reason.code: reason for reason in waiting.reasons}["looks-up"].resources == (
        "population(mother)",
    )
    refused = explain_wait(make_plan(board, EVENT, Knowledge(refused=frozenset({"birth"}))), "card")
    assert isinstance(refused, tuple)
    assert {one.reason.code for one in refused if one.what == "service"} == {"refused"}


def _replay(steps: tuple[Derivation, ...]) -> None:
    """Every step takes in only what is there already."""
    assert steps
    there: set[Field] = set()
    for step in steps:
        assert there.issuperset(step.inputs), step
        there.add(step.field)


def test_every_question_says_both_what_for_and_why_nobody_else_can_tell() -> None:
    board = library(
        {"one": service("child.name father.region", when="child.b == 'yes'")},
        parties="mother father child",
        resources={"population": POPULATION},
    )
    plan = make_plan(board, EVENT, Knowledge(assumed={f("child.b"): "yes"}))
    for question in plan.questions:
        codes = [reason.code for reason in question.reasons]
        assert {"needed", "decides", "key"} & set(codes)
        assert codes[-1] in {"no-source", "key-unknown"}
    data = json.loads(json.dumps(plan_as_dict(plan)))
    assert set(data["reasons"]["questions"]) == asked(plan)


@pytest.mark.parametrize(
    "key",
    [
        "event", "version", "questions", "fetches", "services", "stages", "evidence", "derivations", "savings",
        "critical_path", "reasons", "left", "problems", "assumed",
    ],
)  # fmt: skip
def test_a_plan_as_data_has_every_part(key: str) -> None:
    plan = make_plan(library({"one": service("child.name")}), EVENT, NOTHING_KNOWN)
    assert key in plan_as_dict(plan)
    assert len(plan_as_dict(plan)) == 14
    assert codes_of(plan) == set()
