"""Certificates: issued with an SM2 seal, committed, and checked, by two processes."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from bench import stage
from bench.claims import Claim
from qipan.catalogue import queries as catalogue
from qipan.certificates import checking, queries
from qipan.certificates.gathering import ToIssue
from qipan.certificates.keeping import custody
from qipan.certificates.operations import make_pdf
from qipan.certificates.operations.issuing import hand_of, issue
from qipan.certificates.rows import GrantedCase

PROCESSES = 2
SECONDS = 8.0
ADDRESS = "http://127.0.0.1:8000"
AGENCY, KIND = "330106.public_security", "household_page"
FACTS = {
    "person.id_number": "330106202611135007",
    "person.name": "陈一诺",
    "person.sex": "2",
    "person.birth_date": "2026-11-13",
    "person.household_number": "016020118",
    "person.household_head_name": "陈立",
    "person.relation_to_head": "子",
    "person.household_address": "浙江省杭州市西湖区古荡街道古荡东区社区文三路108号3幢2单元501室",
}


def measure() -> Iterator[Claim]:
    """Issue, then check what was issued."""
    stage.prepare()
    yield Claim(
        "certificates.issued", _together(_issuing), "1/s", limit=100, at_most=False,
        note=f"{PROCESSES} processes: facts signed twice (SM2, ES256), OFD under an SES_Signature, entry, one transaction each",
    )  # fmt: skip
    yield Claim(
        "certificates.data_checked", _together(_checking_data), "1/s", limit=500, at_most=False,
        note=f"{PROCESSES} processes: SM2 data form with its facts, and its standing from the database",
    )  # fmt: skip
    yield Claim(
        "certificates.ofd_checked", _together(_checking_ofd), "1/s", limit=None, at_most=False,
        note=f"{PROCESSES} processes: every file of the OFD, its seal and the data in it",
    )  # fmt: skip
    yield Claim(
        "certificates.pdf_made", _together(_making_pdf), "1/s", limit=None, at_most=False,
        note=f"{PROCESSES} processes: by the worker, later; most of it takes characters out of the font",
    )  # fmt: skip


def _together(work: Callable[[], Callable[[], object]]) -> float:
    """How many a second all processes did."""
    connection.close()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        return sum(pool.map(_counted, [work] * PROCESSES))


def _counted(work: Callable[[], Callable[[], object]]) -> float:
    connection.close()
    one = work()
    one()  # what is read once, is read
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        one()
        count += 1
    return count / (time.perf_counter() - start)


def _issuing() -> Callable[[], object]:
    version = catalogue.current_version()
    wanted = ToIssue(catalogue.library(version).certificates[KIND], dict(FACTS))
    hand = hand_of(agency=AGENCY, custody=custody(), address=ADDRESS)

    def one() -> None:
        at = timezone.now()
        case = GrantedCase(
            uuid4(), uuid4(), 1, "newborn", version, "household_registration", AGENCY, "granted", at
        )
        with transaction.atomic():
            issue(hand=hand, case=case, one=wanted, at=at)

    return one


def _checking_data() -> Callable[[], object]:
    (row, *_) = queries.certificates_of(1)
    found = queries.certificate(row.number)
    return _checking((found.data_sm2 if found else "").encode())


def _checking_ofd() -> Callable[[], object]:
    found = queries.paper(queries.certificates_of(1)[0].id, "ofd")
    return _checking(found.content if found else b"")


def _checking(content: bytes) -> Callable[[], object]:
    trust = queries.trust()

    def one() -> None:
        found = checking.check(
            content, trust, timezone.now(), lambda claims: queries.standing(str(claims["number"]))
        )
        if not found.holds:
            raise AssertionError(found.findings)

    return one


def _making_pdf() -> Callable[[], object]:
    rows = iter(queries.certificates_of(1))

    def one() -> None:
        with transaction.atomic():
            make_pdf(certificate=next(rows).id, custody=custody(), address=ADDRESS, at=timezone.now())

    return one
