"""Certificates: issued with an SM2 seal from cases that wait, committed; checked; written as PDF. By two processes.

Figures are rates, with what each cost in processor time, and how fast the machine was: a loop of plain Python takes 30 ms on it when
nobody slows it down (``QUIET``), so ``normalised`` says what the cost would be then.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from multiprocessing import get_context
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from bench import stage
from bench.claims import Claim
from bench.processor import spent
from qipan import reader, records
from qipan.catalogue import queries as catalogue
from qipan.certificates import checking, queries
from qipan.certificates.keeping import custody
from qipan.certificates.later import take_along
from qipan.certificates.operations import issue_certificates, make_pdf
from qipan.certificates.tasks import TOGETHER
from qipan.core.planner.ground import ground_event

PROCESSES = 2
QUIET = 30.0  # milliseconds
WAITING = 1500  # cases
SECONDS = 6.0
ADDRESS = "http://127.0.0.1:8000"
AGENCY, EVENT, SERVICE, KIND = "330106.public_security", "newborn", "household_registration", "household_page"
FACTS = {
    "id_number": "330106202611135007",
    "name": "陈一诺",
    "sex": "2",
    "birth_date": "2026-11-13",
    "household_number": "016020118",
    "household_head_name": "陈立",
    "relation_to_head": "子",
    "household_address": "浙江省杭州市西湖区古荡街道古荡东区社区文三路108号3幢2单元501室",
}
GRANTED = """
WITH one AS (SELECT gen_random_uuid() AS id, gen_random_uuid() AS "case", n FROM generate_series(1, %(count)s) AS n),
applied AS (
  INSERT INTO applications (id, number, person, event, version, plan, state, consents, without, lacking, skipped, missing, trouble,
    submitted_at, idempotency_key)
  SELECT id, 'measured-' || id, 1, %(event)s, %(version)s, '', 'running', '{}', '{}', '{}', '{}', '{}', '', now(), id::text FROM one),
decided AS (
  INSERT INTO cases (id, application_id, ordinal, service, agency, region, state, paused_days, automatic, reason, stopped_by, outputs)
  SELECT "case", id, 1, %(service)s, %(agency)s, '', 'granted', 0, false, '', '', '{}' FROM one),
learned AS (
  INSERT INTO fact_sets (application_id, learned)
  SELECT id, jsonb_build_array(jsonb_build_object('kind', 'answer', 'via', '', 'facts', %(facts)s::jsonb, 'at', now())) FROM one)
SELECT count(procrastinate_defer_jobs_v1(ARRAY[ROW('certificates', 'qipan.certificates.tasks.issue', 0, NULL, NULL,
  jsonb_build_object('case', "case"), NULL)::procrastinate_job_to_defer_v1])) FROM one
"""


class Did(NamedTuple):
    """What a process did: so many, in so many seconds of the clock, and of its processor; and how many ``before`` it was measured."""

    count: int
    seconds: float
    processor: float
    before: int


def measure() -> Iterator[Claim]:
    """Issue, then check what was issued."""
    stage.prepare()
    reader.process_is(reader.PLATFORM)
    _grant(WAITING + PROCESSES * TOGETHER)
    yield _claim("issued", _issuing, 100, "facts signed twice (SM2, ES256), OFD under an SES_Signature, row, place in the "
                 f"status list, entry; {TOGETHER} cases to a transaction")  # fmt: skip
    yield _claim(
        "data_checked", _checking_data, 500, "SM2 data forms with their facts, standing from the database"
    )
    yield _claim("ofd_checked", _checking_ofd, None, "every file of the OFD, its seal and the data in it")
    yield _claim("pdf_made", _making_pdf, 5, "fonts within, PAdES; by the worker, later")
    yield _claim("pdf_checked", _checking_pdf, None, "by pyHanko, and the data in it")


def _claim(name: str, work: Callable[[], Iterable[int]], limit: float | None, what: str) -> Claim:
    before = spent(stage.postmaster())
    done = _together(work)
    database = spent(stage.postmaster()).since(before).database
    count = sum(one.count for one in done)
    every = count + sum(one.before for one in done)
    each = [1000 * sum(one.processor for one in done) / count, 1000 * database / every]
    pace = _pace()
    note = (
        f"{PROCESSES} processes: {what}. Processor {each[0]:.1f} ms each and {each[1]:.1f} of the database, "
        f"loop {pace:.0f} ms: normalised {sum(each) * QUIET / pace:.1f} ms each"
    )
    rate = count / max(one.seconds for one in done)
    return Claim(f"certificates.{name}", rate, "1/s", limit=limit, at_most=False, note=note)


def _pace() -> float:
    """How long the loop takes now, in milliseconds of processor time: the middle of five."""
    return sorted(_loop() for _ in range(5))[2]


def _loop() -> float:
    start, total = time.process_time(), 0
    for each in range(300_000):
        total += each * each % 7
    return (time.process_time() - start) * 1000


def _together(work: Callable[[], Iterable[int]]) -> list[Did]:
    connection.close()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        return list(pool.map(_did, [work] * PROCESSES))


def _did(work: Callable[[], Iterable[int]]) -> Did:
    """Work until it ends or the time is over; what is read once, is read before."""
    connection.close()
    steps = iter(work())
    before = next(steps)
    count, start, used = 0, time.perf_counter(), time.process_time()
    for done in steps:
        count += done
        if time.perf_counter() - start > SECONDS:
            break
    return Did(count, time.perf_counter() - start, time.process_time() - used, before)


def _grant(count: int) -> None:
    """Cases that wait to be issued from, each with its job."""
    version = catalogue.current_version()
    ground = ground_event(catalogue.library(version), EVENT)
    papers = next(one.issues for one in ground.services if one.name == SERVICE)
    ((_, party),) = next(one.parties for one in papers if one.certificate == KIND)
    facts = {f"{party}.{name}": value for name, value in FACTS.items()}
    row = {"count": count, "event": EVENT, "version": version, "service": SERVICE, "agency": AGENCY}
    with transaction.atomic():
        records.number(GRANTED, row | {"facts": records.json_text(facts)})


def _issuing() -> Iterator[int]:
    while True:
        with transaction.atomic():
            cases = take_along(TOGETHER)
            if not cases:
                return
            numbers = issue_certificates(cases=cases, custody=custody(), address=ADDRESS, at=timezone.now())
        yield len(numbers)


def _checking_data() -> Iterator[int]:
    found = [queries.certificate(one.number) for one in queries.certificates_of(1)[:200]]
    return _checking([one.data_sm2.encode() for one in found if one])


def _checking_ofd() -> Iterator[int]:
    return _checking(_papers("ofd"))


def _checking_pdf() -> Iterator[int]:
    return _checking(_papers("pdf"))


def _papers(form: str) -> list[bytes]:
    rows = queries.certificates_of(1)
    found = (queries.paper(one.id, form) for one in (*rows[-50:], *rows[:50]))
    return [one.content for one in found if one]


def _checking(contents: list[bytes]) -> Iterator[int]:
    trust = queries.trust()
    for content in cycle(contents):
        found = checking.check(
            content, trust, timezone.now(), lambda claims: queries.standing(str(claims["number"]))
        )
        if not found.holds:
            raise AssertionError(found.findings)
        yield 1


def _making_pdf() -> Iterator[int]:
    for one in queries.certificates_of(1):
        with transaction.atomic():
            make_pdf(certificate=one.id, custody=custody(), address=ADDRESS, at=timezone.now())
        yield 1
