"""A granted case gives its certificate: as data, as OFD, as PDF; once, after the act, by the nearest seal."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from qipan.adapters.seals import Suite
from qipan.certificates import operations, queries
from qipan.certificates.errors import NothingToIssue
from qipan.certificates.rows import WholeCertificate
from qipan.core import disclosures
from qipan.core.certificate_numbers import CertificateNumber
from tests import cast as play
from tests.cast import MONDAY, Cast
from tests.certificates.office import (
    HOSPITAL,
    Office,
    issue,
    issued,
    known,
    ofd_of,
    pdf_of,
    unsealed_office,
    verdict,
)


def jobs(task: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [task])
        return [json.loads(one) if isinstance(one, str) else one for (one,) in cursor.fetchall()]


def test_it_says_what_the_case_says(paper: WholeCertificate, cast: Cast) -> None:
    for data in (paper.data, paper.data_sm2):
        found = disclosures.read(data).claims
        assert found["child.name"] == "王小宝"
        assert found["number"] == paper.number
        assert found["title"]["zh"] == "出生医学证明"
    assert paper.holder == cast.mother_id
    assert paper.ends is not None
    assert (paper.begins.year + 5, paper.begins.month) == (paper.ends.year, paper.ends.month)
    assert CertificateNumber.parse(paper.number).version == "001"


def test_each_form_is_genuine_and_holds(paper: WholeCertificate, office: Office) -> None:
    for content in (paper.data.encode(), paper.data_sm2.encode(), ofd_of(paper), pdf_of(paper, office)):
        found = verdict(content, standing=known)
        assert found.findings == ()
        assert found.holds
        assert found.facts is not None
        assert found.facts["child.name"] == "王小宝"
        assert found.issuer is not None
        assert found.issuer.agency == HOSPITAL


def test_the_reference_library_reads_it(paper: WholeCertificate) -> None:
    key = queries.keys_in_use(HOSPITAL)[Suite.ES256]
    point = [disclosures.encoded(key.public[at : at + 32]) for at in (1, 33)]

    def issuer_key(_issuer: str, header: Mapping[str, Any]) -> JWK:
        assert header["kid"] == key.id
        return JWK(kty="EC", crv="P-256", x=point[0], y=point[1])

    shown = disclosures.narrowed(paper.data, {"child.name"})
    found = SDJWTVerifier(shown, issuer_key).get_verified_payload()
    assert found["child.name"] == "王小宝"
    assert "child.birth_certificate_number" not in found
    assert found["number"] == paper.number


def test_the_act_itself_makes_nothing(cast: Cast, office: Office) -> None:
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    case = play.case_of(application, "birth_certificate").id
    assert queries.certificates_of_case(case) == []
    assert jobs("qipan.certificates.tasks.issue").count({"case": str(case)}) == 1


def test_a_second_run_issues_nothing_more(cast: Cast, office: Office, paper: WholeCertificate) -> None:
    assert issue(paper.case, office) == []
    assert len(queries.certificates_of_case(paper.case)) == 1
    assert jobs("qipan.certificates.tasks.make_pdf").count({"certificate": paper.id}) == 1
    assert pdf_of(paper, office) == pdf_of(paper, office)


def test_what_is_not_granted_gives_none(cast: Cast, office: Office) -> None:
    application = play.running(cast).application
    with pytest.raises(NothingToIssue):
        issue(play.case_of(application, "birth_certificate").id, office)


def test_without_a_seal_it_waits_for_one(cast: Cast, tmp_path: Path) -> None:
    office = unsealed_office(tmp_path)
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    case = play.case_of(application, "birth_certificate").id
    assert issue(case, office) == []
    assert queries.due() == [case]
    with transaction.atomic():
        number = operations.ask_for_seal(acting=office.keepers[0], agency=HOSPITAL, at=MONDAY)
        for keeper in office.keepers[1:]:
            operations.approve_seal(acting=keeper, number=number, custody=office.custody, at=MONDAY)
    assert len(issue(case, office)) == 1
    assert queries.due() == []


def test_who_holds_it_finds_it_in_one_statement(
    paper: WholeCertificate, cast: Cast, assert_query_count: Any
) -> None:
    with assert_query_count(1):
        (row,) = queries.certificates_of(cast.mother_id)
    assert row.number == paper.number
    assert queries.certificates_of(cast.mother_id + 1) == []


def test_two_certificates_share_no_salt(cast: Cast, office: Office) -> None:
    one = issued(cast, office)
    every = [part for data in (one.data, one.data_sm2) for part in disclosures.split(data)[1:]]
    salts = [json.loads(disclosures.decoded(part, ""))[0] for part in every]
    assert len(set(salts)) == len(salts)
    assert all(len(disclosures.decoded(salt, "")) == 16 for salt in salts)
