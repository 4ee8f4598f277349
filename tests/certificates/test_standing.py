"""What was issued can be revoked, replaced, and expires; and a changed key leaves it as it is."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from qipan.adapters.seals import Suite
from qipan.certificates import operations, published, queries
from qipan.certificates.errors import CertificateNotSo, NoSuchCertificate, WithoutReason
from qipan.certificates.published import NotAStatusList, StatusFile
from qipan.certificates.rows import WholeCertificate
from qipan.core import disclosures
from qipan.core.certificate_numbers import CertificateNumber
from qipan.ledger.models import Entry
from tests.cast import MONDAY, Cast
from tests.certificates.office import (
    ADDRESS,
    DAY,
    HOSPITAL,
    Office,
    issued,
    known,
    listed,
    ofd_of,
    pdf_of,
    verdict,
)

TUESDAY = MONDAY + DAY


def codes(content: bytes, at: datetime = TUESDAY) -> list[str]:

    return [one.code for one in verdict(content, at, known).findings]


def revoke(cast: Cast, paper: WholeCertificate, reason: str = "登记错误") -> None:
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=paper.number, reason=reason, at=TUESDAY
        )


def test_a_revoked_one_is_said_to_be(cast: Cast, office: Office, paper: WholeCertificate) -> None:
    page, pdf = ofd_of(paper), pdf_of(paper, office)
    revoke(cast, paper)
    for content in (paper.data.encode(), page, pdf):
        found = verdict(content, TUESDAY, known)
        assert (found.genuine, found.holds) == (True, False)
        assert [one.code for one in found.findings] == ["revoked"]
        assert found.standing
        assert found.standing.reason == "登记错误"


def test_only_its_own_agency_revokes_it_and_says_why(cast: Cast, paper: WholeCertificate) -> None:
    for acting in (cast.official("police"), cast.mother):
        with pytest.raises(NoSuchCertificate), transaction.atomic():
            operations.revoke_certificate(acting=acting, number=paper.number, reason="因为", at=TUESDAY)
    with pytest.raises(WithoutReason):
        revoke(cast, paper, " ")
    revoke(cast, paper)
    with pytest.raises(CertificateNotSo):
        revoke(cast, paper)


def test_a_replaced_one_gives_way_to_the_next_version(
    cast: Cast, office: Office, paper: WholeCertificate
) -> None:
    with transaction.atomic():
        number = operations.replace_certificate(
            acting=cast.official("hospital"),
            number=paper.number,
            reason="证面有误",
            custody=office.custody,
            address=ADDRESS,
            at=TUESDAY,
        )
    assert CertificateNumber.parse(number).version == "002"
    assert codes(paper.data.encode()) == ["replaced"]
    new = queries.certificate(number)
    assert new
    assert codes(new.data.encode(), TUESDAY + DAY) == []


def test_it_is_in_force_for_its_term(paper: WholeCertificate) -> None:
    assert codes(paper.data.encode(), MONDAY - DAY) == ["not-yet"]
    assert codes(paper.data.encode(), MONDAY + timedelta(days=5 * 365)) == []
    assert codes(paper.data.encode(), MONDAY + timedelta(days=5 * 365 + 3)) == ["expired"]


def test_new_keys_leave_it_as_it_is(cast: Cast, office: Office, paper: WholeCertificate) -> None:
    pdf = pdf_of(paper, office)
    with transaction.atomic():
        operations.rotate_keys(
            acting=cast.official("hospital"), agency=HOSPITAL, custody=office.custody, at=TUESDAY
        )
    for content in (paper.data.encode(), paper.data_sm2.encode(), ofd_of(paper), pdf):
        assert codes(content, TUESDAY + DAY) == []
    keys = queries.keys_in_use(HOSPITAL)
    assert disclosed_key(paper) != keys[Suite.ES256].id


def disclosed_key(paper: WholeCertificate) -> str:
    return str(disclosures.read(paper.data).header["kid"])


def test_what_a_lost_key_signed_is_not_believed(cast: Cast, office: Office, paper: WholeCertificate) -> None:
    with transaction.atomic():
        operations.rotate_keys(
            acting=cast.official("hospital"),
            agency=HOSPITAL,
            custody=office.custody,
            at=TUESDAY,
            compromised=True,
        )
    for content in (paper.data.encode(), ofd_of(paper)):
        found = verdict(content, TUESDAY + DAY, known)
        assert not found.genuine
        assert {one.code for one in found.findings} == {"key-compromised"}


def test_the_list_of_what_holds_serves_those_who_are_not_connected(
    cast: Cast, office: Office, paper: WholeCertificate
) -> None:
    trust = listed()
    before = published.status_token(0, office.custody, ADDRESS, TUESDAY)
    revoke(cast, paper)
    after = published.status_token(0, office.custody, ADDRESS, TUESDAY)
    found = [
        [
            one.code
            for one in verdict(
                paper.data.encode(), TUESDAY, StatusFile([text], trust, TUESDAY).standing
            ).findings
        ]
        for text in (before, after)
    ]
    assert found == [[], ["revoked"]]
    for text in (after[:-8] + "AAAAAAAA", after.split(".", 1)[0], ""):
        with pytest.raises(NotAStatusList):
            StatusFile([text], trust, TUESDAY)
    with pytest.raises(NotAStatusList):
        StatusFile([after], trust, TUESDAY + DAY)


def test_every_act_is_in_the_trail(cast: Cast, office: Office) -> None:
    one = issued(cast, office)
    revoke(cast, one)
    acts = list(Entry.objects.filter(subject=f"case:{one.case}").order_by("id").values_list("act", flat=True))
    assert acts[-2:] == ["issue_certificate", "revoke_certificate"]
    written = str(list(Entry.objects.values_list("details", flat=True)))
    assert "王小宝" not in written
