"""Holders are told once, a month before a certificate ends; never of one that holds no more."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from qipan.accounts.models import Account
from qipan.adapters.notices import FileNotices
from qipan.certificates import operations, tasks
from qipan.certificates.rows import WholeCertificate
from qipan.ledger.models import Entry
from tests.cast import MONDAY, Cast
from tests.certificates.office import days_before

PHONE = "+8613800000001"


@pytest.fixture
def notices(tmp_path: Path, settings: Any) -> FileNotices:
    settings.QIPAN_NOTICES = str(tmp_path / "notices.jsonl")
    return FileNotices(tmp_path / "notices.jsonl")


@pytest.fixture
def account(cast: Cast) -> None:
    """The mother has an account."""
    Account.objects.create(phone=PHONE, phone_verified=True, person_id=cast.mother_id, created_at=MONDAY)


@pytest.mark.usefixtures("account")
def test_a_holder_is_told_once(paper: WholeCertificate, notices: FileNotices) -> None:
    assert tasks.tell_of_ends_now(days_before(paper, 45)) == 0
    assert tasks.tell_of_ends_now(days_before(paper, 29)) == 1
    assert tasks.tell_of_ends_now(days_before(paper, 28)) == 0
    (one,) = notices.sent()
    assert one.to == PHONE
    assert "出生医学证明" in one.text
    assert "王小宝" not in one.text
    assert Entry.objects.filter(act="tell_of_end").count() == 1


def test_who_has_no_account_is_not_tried_again(paper: WholeCertificate, notices: FileNotices) -> None:
    for days in (29, 28):
        assert tasks.tell_of_ends_now(days_before(paper, days)) == 0
    assert notices.sent() == []
    assert Entry.objects.filter(act="tell_of_end").count() == 1


@pytest.mark.usefixtures("account")
def test_of_a_revoked_one_nothing_is_said(paper: WholeCertificate, notices: FileNotices, cast: Cast) -> None:
    at = days_before(paper, 29)
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=paper.number, reason="错", at=at
        )
    assert tasks.tell_of_ends_now(at) == 0
    assert notices.sent() == []


@pytest.mark.usefixtures("account")
def test_what_could_not_be_sent_is_tried_again(
    paper: WholeCertificate, notices: FileNotices, settings: Any, tmp_path: Path
) -> None:
    settings.QIPAN_NOTICES = str(tmp_path / "nowhere" / "notices.jsonl")
    assert tasks.tell_of_ends_now(days_before(paper, 29)) == 0
    settings.QIPAN_NOTICES = str(notices.path)
    assert tasks.tell_of_ends_now(days_before(paper, 28)) == 1
