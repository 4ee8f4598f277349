"""Showing a part of a certificate: chosen facts, an end, a count, each look on record, and taking it back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from qipan.certificates import operations, showings
from qipan.certificates.checking import check
from qipan.certificates.errors import (
    CertificateNotSo,
    NoSuchCertificate,
    NoSuchShowing,
    NothingChosen,
    NotShownAnyMore,
    WithoutName,
    WithoutUse,
)
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import address_of, disclosed, looked_up, opened
from qipan.certificates.showings import ShowingRow
from qipan.core.mandates import Kind, Mandate
from qipan.ledger.models import Entry
from qipan.people.actors import Acting, under_mandate
from tests.cast import MONDAY, Cast
from tests.certificates import vaccination
from tests.certificates.office import ADDRESS, DAY, Office, issued, known, listed

TWO = ("child.name", "child.birth_date")
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Cast:
    return vaccination.enter(tmp_path / "library")


@pytest.fixture
def shot(cast: Cast, office: Office) -> WholeCertificate:
    """The vaccination certificate of the mother's child."""
    return issued(cast, office)


def linked(acting: Acting, number: str, **changes: object) -> ShowingRow:
    usual: dict[str, object] = {
        "facts": TWO,
        "receiver": "西溪幼儿园",
        "use": "入园登记",
        "most": 2,
        "ends_at": MONDAY + DAY,
    }
    with transaction.atomic():
        made = operations.show_by_link(acting=acting, number=number, at=MONDAY, **{**usual, **changes})  # type: ignore[arg-type]
    found = showings.showing(made)
    assert found
    return found


def token_of(found: ShowingRow, at: datetime = MONDAY) -> str:
    return address_of(found, ADDRESS, at).split("/")[-2]


def look(token: str, at: datetime = MONDAY, who: str = "西溪幼儿园 陈老师") -> ShowingRow:
    with transaction.atomic():
        return operations.look_at_showing(token=token, who=who, at=at)


def why_not(token: str, at: datetime = MONDAY) -> str:
    with pytest.raises(NotShownAnyMore) as caught:
        look(token, at)
    return caught.value.why


def test_a_link_discloses_what_was_chosen_and_nothing_else(cast: Cast, shot: WholeCertificate) -> None:
    found = linked(cast.mother, shot.number)
    assert look(token_of(found)).id == found.id
    for form in (disclosed(shot, found).data, disclosed(shot, found).data_sm2):
        verdict = check(form.encode(), listed(), MONDAY + HOUR, known)
        assert verdict.holds
        assert verdict.facts == {"child.name": "王小宝", "child.birth_date": "2026-11-20"}
        assert verdict.withheld == 2


def test_looks_are_counted_named_and_in_the_trail(cast: Cast, shot: WholeCertificate) -> None:
    token = token_of(linked(cast.mother, shot.number))
    look(token)
    look(token, who="  园长\u202e ")
    found = showings.showings_of(shot.id, cast.mother_id)[0]
    assert found.looks == 2
    assert [one.who for one in showings.looks_at([found.id])] == ["园长", "西溪幼儿园 陈老师"]
    entries = Entry.objects.filter(subject=f"showing:{found.id}").order_by("id")
    assert [one.act for one in entries] == ["show_certificate", "look_at_showing", "look_at_showing"]
    assert all("王小宝" not in str(one.details) for one in entries)


def test_it_ends_is_used_up_and_is_withdrawn(cast: Cast, shot: WholeCertificate) -> None:
    found = linked(cast.mother, shot.number)
    token = token_of(found)
    assert why_not(token, MONDAY + DAY) == "ended"
    look(token)
    look(token)
    assert why_not(token) == "used-up"
    other = linked(cast.mother, shot.number)
    with transaction.atomic():
        operations.withdraw_showing(acting=cast.mother, showing=other.id, at=MONDAY)
        operations.withdraw_showing(acting=cast.mother, showing=other.id, at=MONDAY + HOUR)
    assert why_not(token_of(other)) == "withdrawn"
    assert Entry.objects.filter(act="withdraw_showing").count() == 1


def test_a_code_lives_a_minute_and_is_made_anew(cast: Cast, shot: WholeCertificate) -> None:
    with transaction.atomic():
        number = operations.show_by_code(
            acting=cast.mother, number=shot.number, facts=["child.name"], at=MONDAY
        )
    found = showings.showing(number)
    assert found
    first = token_of(found)
    assert look(first, MONDAY + timedelta(seconds=59), who="").id == number
    assert why_not(first, MONDAY + timedelta(seconds=60)) == "stale"
    later = MONDAY + timedelta(seconds=61)
    assert opened(token_of(found, later), later).id == number
    assert why_not(token_of(found, MONDAY + 2 * HOUR), MONDAY + 2 * HOUR) == "ended"


def test_whoever_looks_at_a_link_says_who_they_are(cast: Cast, shot: WholeCertificate) -> None:
    token = token_of(linked(cast.mother, shot.number))
    for nobody in ("", " ", "\u200b"):
        with pytest.raises(WithoutName):
            look(token, who=nobody)
    assert looked_up(token, MONDAY)[0].looks == 0


def test_what_cannot_be_shown(cast: Cast, shot: WholeCertificate) -> None:
    for facts in ((), ("child.phone",), ("child.name", "mother.name")):
        with pytest.raises(NothingChosen):
            linked(cast.mother, shot.number, facts=facts)
    wrong: list[dict[str, object]] = [
        {"use": " "}, {"receiver": ""}, {"most": 0}, {"most": 101}, {"ends_at": MONDAY}, {"ends_at": MONDAY + 400 * DAY}
    ]  # fmt: skip
    for changes in wrong:
        with pytest.raises(WithoutUse):
            linked(cast.mother, shot.number, **changes)
    with pytest.raises(NoSuchCertificate):
        linked(cast.neighbour, shot.number)
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=shot.number, reason="写错", at=MONDAY
        )
    with pytest.raises(CertificateNotSo):
        linked(cast.mother, shot.number)


def test_whoever_acts_for_the_holder_gives_nothing_away(cast: Cast, shot: WholeCertificate) -> None:
    found, until = linked(cast.mother, shot.number), (MONDAY + 9 * DAY).date()
    agent, principal = cast.neighbour.actor, cast.mother_id
    mandate = Mandate(1, Kind.FAMILY, principal, agent.id, ("birth",), until, accepted=True, ended=False)
    acting = under_mandate(agent, mandate)
    assert acting.may_apply_for(principal)
    with pytest.raises(NoSuchCertificate):
        linked(acting, shot.number)
    with transaction.atomic(), pytest.raises(NoSuchShowing):
        operations.withdraw_showing(acting=acting, showing=found.id, at=MONDAY)


def test_only_its_holder_withdraws(cast: Cast, shot: WholeCertificate) -> None:
    found = linked(cast.mother, shot.number)
    for other in (cast.neighbour, cast.official("hospital"), cast.clerk):
        with transaction.atomic(), pytest.raises(NoSuchShowing):
            operations.withdraw_showing(acting=other, showing=found.id, at=MONDAY)
    assert looked_up(token_of(found), MONDAY)[1] == ""
