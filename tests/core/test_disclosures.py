"""A certificate as data: what is shown can be checked, what is withheld cannot be guessed, and what was changed is found."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.adapters import seals
from qipan.adapters.seals import PrivateKey, Suite
from qipan.core import disclosures
from qipan.core.disclosures import ALGORITHMS, NotAPresentation

KEYS: Mapping[Suite, PrivateKey] = {suite: seals.generate(suite) for suite in (Suite.ES256, Suite.SM2)}
SUITES = pytest.mark.parametrize("suite", KEYS)
FACTS = {"child.name": "王小宝", "child.birth_date": "2026-11-20", "child.birth_weight": 3200}
CLAIMS = {"iss": "https://qipan.example", "vct": "vaccination_certificate", "iat": 1795399200}


def issued(suite: Suite, facts: Mapping[str, object] = FACTS) -> str:
    wrapped = [
        disclosures.disclosure(place.to_bytes(16, "big"), name, value)
        for place, (name, value) in enumerate(facts.items())
    ]
    header = {"alg": ALGORITHMS[suite], "typ": disclosures.TYPE}
    return disclosures.issued(CLAIMS, wrapped, header, KEYS[suite].sign)


def verifies(suite: Suite, text: str) -> bool:
    try:
        found = disclosures.read(text)
    except NotAPresentation:
        return False
    return found.algorithm == ALGORITHMS[suite] and KEYS[suite].public.verify(found.signature, found.signed)


@SUITES
def test_all_of_it_is_read_and_verified(suite: Suite) -> None:
    found = disclosures.read(issued(suite))
    assert found.claims == CLAIMS | FACTS
    assert found.withheld == 0
    assert verifies(suite, issued(suite))


@SUITES
def test_what_is_withheld_is_nowhere_in_what_is_shown(suite: Suite) -> None:
    shown = disclosures.narrowed(issued(suite), {"child.birth_date"})
    found = disclosures.read(shown)
    assert found.claims == CLAIMS | {"child.birth_date": "2026-11-20"}
    assert found.withheld == 2
    assert verifies(suite, shown)
    for part in shown.replace("~", ".").split("."):
        assert "王小宝" not in disclosures.decoded(part, "shape").decode(errors="replace")


@given(st.data())
def test_no_character_can_be_changed(data: st.DataObject) -> None:
    suite = data.draw(st.sampled_from(list(KEYS)))
    text = issued(suite)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.~").filter(lambda one: one != text[at]))
    assert not verifies(suite, text[:at] + other + text[at + 1 :])


@SUITES
def test_a_fact_of_another_certificate_is_foreign(suite: Suite) -> None:
    stranger = issued(suite, {"child.name": "别人"}).split("~")[1]
    with pytest.raises(NotAPresentation, match="foreign"):
        disclosures.read(f"{issued(suite)}{stranger}~")


def test_a_fact_cannot_be_shown_twice_nor_stand_in_for_the_issuers_own() -> None:
    text = issued(Suite.ES256)
    with pytest.raises(NotAPresentation, match="twice"):
        disclosures.read(f"{text}{text.split('~')[1]}~")
    with pytest.raises(NotAPresentation, match="twice"):
        disclosures.read(issued(Suite.ES256, {"iss": "https://elsewhere.example"}))


def test_the_suite_cannot_be_exchanged() -> None:
    signed, *shown = disclosures.split(issued(Suite.SM2))
    _, payload, signature = signed.split(".")
    header = disclosures.encoded(json.dumps({"alg": "none", "typ": disclosures.TYPE}).encode())
    with pytest.raises(NotAPresentation, match="header"):
        disclosures.read(disclosures.presented(f"{header}.{payload}.{signature}", shown))


@pytest.mark.parametrize(
    "text", ["", "~", "a.b.c~", "e30.e30.~", "[" * 100000, "a" * 300_000 + "~", "é.é.é~"]
)
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(NotAPresentation):
        disclosures.read(text)
