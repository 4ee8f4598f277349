"""The rules between the zones: every crossing gets one decision, and nothing is opened by a higher grade or by less ground."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core.walls import (
    GRADES,
    OPENNESS,
    RULES,
    Crossing,
    Purpose,
    Relation,
    Standing,
    Verdict,
    Zone,
    barred,
    decide,
    fits,
    relation_between,
    zone_of,
)

IN, OUT, HALF, UP, DOWN = Zone.INSIDE, Zone.OUTSIDE, Zone.HALF, Zone.UPWARD, Zone.DOWNWARD
USE, SEE, NO = Purpose.USE, Purpose.RECOGNISE, Purpose.NONE
CASE, OWN, ABOVE, BELOW, STRANGER = (
    Relation.CASE, Relation.OWN, Relation.SUPERIOR, Relation.SUBORDINATE, Relation.NONE,
)  # fmt: skip
EVERY = [Crossing(*one) for one in product(Zone, Zone, GRADES, Purpose, (True, False), Relation)]
crossings = st.builds(
    Crossing,
    giver=st.sampled_from(Zone),
    taker=st.sampled_from(Zone),
    grade=st.integers(1, 4),
    purpose=st.sampled_from(Purpose),
    consent=st.booleans(),
    relation=st.sampled_from(Relation),
)


def openness(crossing: Crossing) -> int:
    return OPENNESS[decide(crossing).verdict]


@given(crossings)
def test_every_crossing_gets_the_decision_of_the_first_rule_that_fits(crossing: Crossing) -> None:
    fitting = [rule for rule in RULES if fits(rule, crossing)]
    assert fitting
    assert decide(crossing) == (fitting[0].verdict, fitting[0].name)


@given(crossings, st.integers(1, 4))
def test_a_higher_grade_never_opens_more(crossing: Crossing, grade: int) -> None:
    lower, higher = sorted((crossing.grade, grade))
    assert openness(crossing._replace(grade=higher)) <= openness(crossing._replace(grade=lower))


@given(crossings)
def test_losing_consent_never_opens_more(crossing: Crossing) -> None:
    assert openness(crossing._replace(consent=False)) <= openness(crossing._replace(consent=True))


@given(crossings)
def test_less_of_a_purpose_never_opens_more(crossing: Crossing) -> None:
    opened = [openness(crossing._replace(purpose=purpose)) for purpose in (NO, SEE, USE)]
    assert opened == sorted(opened)


@given(crossings)
def test_without_a_purpose_only_ones_own_and_the_public_pass(crossing: Crossing) -> None:
    decision = decide(crossing._replace(purpose=NO))
    assert decision.passes == (crossing.relation is OWN or crossing.grade == 1)
    assert decision.verdict is not Verdict.MASK


@given(crossings)
def test_strangers_outside_see_nothing_personal_whole(crossing: Crossing) -> None:
    stranger = crossing._replace(taker=OUT, relation=STRANGER)
    assert not (decide(stranger).passes and crossing.grade > 2)
    assert decide(stranger._replace(consent=False)).passes == (crossing.grade == 1)


def test_these_hold_for_all_crossings_there_are() -> None:
    """What the examples above try, without exception."""
    for one in EVERY:
        assert openness(one._replace(consent=False)) <= openness(one)
        assert one.grade == 4 or openness(one._replace(grade=one.grade + 1)) <= openness(one)
        assert openness(one._replace(purpose=SEE)) <= openness(one._replace(purpose=USE))
        assert openness(one._replace(purpose=NO)) <= openness(one._replace(purpose=SEE))


def test_no_rule_is_idle_and_the_last_fits_everything() -> None:
    assert {decide(one).rule for one in EVERY} == {rule.name for rule in RULES}
    assert RULES[-1][1:] == (Verdict.REFUSE, *type(RULES[-1])._field_defaults.values())


def test_the_table_goes_from_open_to_shut() -> None:
    opened = [OPENNESS[rule.verdict] for rule in RULES]
    assert all(before >= after for before, after in pairwise(opened))
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("crossing", "verdict", "rule"),
    [
        (Crossing(IN, OUT, 1, NO, False, STRANGER), "pass", "public"),
        (Crossing(IN, OUT, 4, NO, False, OWN), "pass", "own"),
        (Crossing(OUT, IN, 4, USE, True, CASE), "pass", "case"),
        (Crossing(OUT, HALF, 4, USE, True, CASE), "pass", "case"),
        (Crossing(IN, IN, 2, USE, False, CASE), "pass", "case-by-law"),
        (Crossing(IN, IN, 3, USE, False, CASE), "mask", "recognised"),
        (Crossing(OUT, IN, 2, SEE, True, CASE), "mask", "recognised"),
        (Crossing(OUT, IN, 4, SEE, True, CASE), "refuse", "only-to-recognise"),
        (Crossing(UP, DOWN, 3, USE, False, BELOW), "pass", "returned"),
        (Crossing(UP, DOWN, 4, USE, False, BELOW), "refuse", "no-consent"),
        (Crossing(DOWN, UP, 2, USE, False, ABOVE), "pass", "reported"),
        (Crossing(DOWN, UP, 3, USE, False, ABOVE), "mask", "masked-inside"),
        (Crossing(IN, IN, 3, USE, True, STRANGER), "pass", "agreed-inside"),
        (Crossing(IN, IN, 4, USE, True, STRANGER), "mask", "masked-core"),
        (Crossing(IN, HALF, 3, USE, True, STRANGER), "mask", "masked-by-consent"),
        (Crossing(IN, HALF, 4, USE, True, STRANGER), "refuse", "core-stays"),
        (Crossing(IN, OUT, 2, USE, True, STRANGER), "pass", "agreed"),
        (Crossing(IN, OUT, 2, USE, False, CASE), "refuse", "no-consent"),
        (Crossing(IN, IN, 2, NO, True, CASE), "refuse", "no-purpose"),
        (Crossing(IN, IN, 2, SEE, True, STRANGER), "refuse", "nothing-else"),
    ],
)
def test_decisions(crossing: Crossing, verdict: str, rule: str) -> None:
    assert decide(crossing) == (verdict, rule)


def test_what_the_walls_bar_is_named_with_its_rule() -> None:
    """Facts pass whole or not at all: what would be masked is barred too."""
    here = Standing(IN, HALF, USE, consent=True, relation=STRANGER)
    assert barred(here, {"a.name": 2, "a.id_number": 3, "a.wage": 4}) == {
        "a.id_number": "masked-by-consent",
        "a.wage": "core-stays",
    }


@pytest.mark.parametrize(
    ("giver", "taker", "relation"),
    [(DOWN, UP, ABOVE), (IN, UP, ABOVE), (UP, IN, BELOW), (IN, DOWN, BELOW), (DOWN, DOWN, STRANGER), (HALF, UP, STRANGER)],
)  # fmt: skip
def test_nodes_are_above_or_below_by_their_labels(giver: Zone, taker: Zone, relation: Relation) -> None:
    assert relation_between(giver, taker) is relation


@pytest.mark.parametrize("label", ["", "sector", "INSIDE"])
def test_an_unknown_label_stands_outside(label: str) -> None:
    assert zone_of(label) is OUT
    assert zone_of("half") is HALF
