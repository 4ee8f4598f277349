"""A seal is made by three, used on record, suspended and destroyed; who is not to deal with it cannot."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from qipan.certificates import operations, queries
from qipan.certificates.errors import NoSeal, NoSuchSeal, SamePerson, SealNotSo, WithoutReason
from qipan.certificates.models import Seal
from qipan.certificates.operations.issuing import hand_of
from qipan.certificates.rows import WholeCertificate
from tests.cast import MONDAY, Cast
from tests.certificates.office import (
    ADDRESS,
    DAY,
    HOSPITAL,
    Office,
    keeper,
    known,
    ofd_of,
    unsealed_office,
    verdict,
)

TUESDAY = MONDAY + DAY


def test_nobody_makes_a_seal_alone(cast: Cast, tmp_path: Path) -> None:
    office = unsealed_office(tmp_path)
    asking, first, second = office.keepers
    number = operations.ask_for_seal(acting=asking, agency=HOSPITAL, at=MONDAY)
    with pytest.raises(NoSuchSeal):  # to keep and to approve are two posts
        operations.approve_seal(acting=asking, number=number, custody=office.custody, at=MONDAY)
    assert not operations.approve_seal(acting=first, number=number, custody=office.custody, at=MONDAY)
    with pytest.raises(SamePerson):
        operations.approve_seal(acting=first, number=number, custody=office.custody, at=MONDAY)
    with pytest.raises(NoSeal):
        hand_of(agency=HOSPITAL, custody=office.custody, address=ADDRESS)
    assert operations.approve_seal(acting=second, number=number, custody=office.custody, at=MONDAY)
    assert hand_of(agency=HOSPITAL, custody=office.custody, address=ADDRESS).seal.number == number
    assert [one.act for one in queries.seal_acts(number)] == ["make_seal", "approve_seal", "ask_for_seal"]


def test_nor_does_the_table_let_anybody(cast: Cast, office: Office) -> None:
    seal = queries.seal(office.seal)
    assert seal
    for change in ({"first_by": seal.asked_by}, {"second_by": seal.first_by}, {"second_by": seal.asked_by}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Seal.objects.filter(number=office.seal).update(**change)


def test_strangers_have_nothing_to_do_with_it(cast: Cast, office: Office) -> None:
    elsewhere = keeper("别处", agency="320000.data_bureau")
    for acting in (elsewhere, office.keepers[1], cast.official("police"), cast.mother):
        with pytest.raises(NoSuchSeal):
            operations.suspend_seal(acting=acting, number=office.seal, reason="试试", at=MONDAY)
        with pytest.raises(NoSuchSeal):
            operations.ask_for_seal(acting=acting, agency=HOSPITAL, at=MONDAY)


def test_a_suspended_seal_seals_no_more_and_is_said_to_be(
    cast: Cast, office: Office, paper: WholeCertificate
) -> None:
    operations.suspend_seal(acting=office.keepers[0], number=office.seal, reason="核查", at=TUESDAY)
    with pytest.raises(NoSeal):
        hand_of(agency=HOSPITAL, custody=office.custody, address=ADDRESS)
    found = verdict(ofd_of(paper), TUESDAY, known)
    assert [one.code for one in found.findings] == ["seal-suspended"]
    assert (found.genuine, found.holds) == (True, False)
    operations.resume_seal(acting=office.keepers[0], number=office.seal, reason="查清", at=TUESDAY)
    assert verdict(ofd_of(paper), TUESDAY, known).holds


def test_what_a_destroyed_seal_sealed_before_holds(
    cast: Cast, office: Office, paper: WholeCertificate
) -> None:
    with pytest.raises(WithoutReason):
        operations.destroy_seal(acting=office.keepers[0], number=office.seal, reason="", at=TUESDAY)
    operations.destroy_seal(acting=office.keepers[0], number=office.seal, reason="机构撤并", at=TUESDAY)
    assert verdict(ofd_of(paper), TUESDAY + DAY, known).holds
    with pytest.raises(SealNotSo):
        operations.resume_seal(acting=office.keepers[0], number=office.seal, reason="不", at=TUESDAY)
    again = operations.ask_for_seal(acting=office.keepers[0], agency=HOSPITAL, at=TUESDAY + timedelta(days=1))
    assert again != office.seal


def test_one_seal_at_a_time(cast: Cast, office: Office) -> None:
    with pytest.raises(SealNotSo):
        operations.ask_for_seal(acting=office.keepers[0], agency=HOSPITAL, at=MONDAY)


def test_its_uses_are_on_record(office: Office, paper: WholeCertificate) -> None:
    assert queries.seal_uses(office.seal) == 1
    assert [one.number for one in queries.sealed_with(office.seal)] == [paper.number]
