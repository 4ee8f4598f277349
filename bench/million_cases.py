"""The pages that people and officials open all day, with a million cases stored."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import birth, million_rows, stage
from bench.claims import Claim, percentile
from bench.clients import Answer, Reading, Visitor, at_once, read
from bench.processor import spent

CLIENTS = 2
REQUESTS = 200
LIMIT = 100
MOST_STATEMENTS = 6
MOST_ROWS = 10_000
BIG = {"cases", "applications", "fact_sets", "entries", "calls", "drafts"}
OK = 200
OPEN = "submitted"

CITIZENS = """
SELECT person, max(number) FROM applications WHERE person IN (
  (SELECT person FROM applications GROUP BY person ORDER BY count(*) DESC LIMIT 1)
  UNION ALL (SELECT person FROM applications ORDER BY id DESC LIMIT 30)) GROUP BY person
"""
OFFICIALS = f"""
SELECT o.id, c.id FROM officials o, LATERAL (
  SELECT id FROM cases WHERE agency = o.agency AND state = '{OPEN}' ORDER BY due_on, id LIMIT 10) c
WHERE o.agency = %s OR o.id IN (SELECT max(id) FROM officials WHERE agency LIKE '3301%%.medical_insurance')
"""
STORED = "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM cases WHERE agency = %s AND state <> 'delivered')"
Page = tuple[Visitor, str]
Node = dict[str, Any]


class _Stored(NamedTuple):
    cases: int
    busiest: int


def measure() -> Iterator[Claim]:
    """Fill a fresh database, open each page from two clients, then have PostgreSQL explain its statements."""
    with stage.registers(stage.prepare()):
        born = birth.filled_in()
        application = birth.submitted(born, timezone.now())
        birth.advanced(application)
    million_rows.fill(stage.database(), application)
    pages = _pages()
    with stage.site() as port:
        for name, some in pages.items():
            yield _timed(name, port, some)
    statements = {name: _statements(some) for name, some in pages.items()}
    most = max(len(each) for each in statements.values())
    yield Claim("million.statements_of_a_page", most, "statements", limit=MOST_STATEMENTS)
    yield from _explained([one for each in statements.values() for one in each])


def _pages() -> Mapping[str, Sequence[Page]]:
    citizens, officials = _rows(CITIZENS), _rows(OFFICIALS, [million_rows.BUSY_AGENCY])
    people = [(stage.signed_in(person_id=person), number) for person, number in citizens]
    desks = [(stage.signed_in(official_id=official), case) for official, case in officials]
    return {
        "citizens_list": [(visitor, "/applications/") for visitor, _ in people],
        "one_application": [(visitor, f"/applications/{number}/") for visitor, number in people],
        "officials_inbox": [(visitor, "/desk/") for visitor, _ in desks],
        "one_case": [(visitor, f"/desk/cases/{case}") for visitor, case in desks],
    }


def _timed(name: str, port: int, pages: Sequence[Page]) -> Claim:
    parts = [Reading(port, pages[client::CLIENTS] or pages, REQUESTS // CLIENTS) for client in range(CLIENTS)]
    at_once(read, [part._replace(times=10) for part in parts])
    postmaster = stage.postmaster()
    clock = spent(postmaster)
    answers = [answer for done in at_once(read, parts, processes=1) for answer in done]
    cost = spent(postmaster).since(clock)
    if wrong := {answer.status for answer in answers} - {OK}:
        raise RuntimeError(f"{name} was answered with {wrong}")
    stored = _Stored(*_rows(STORED, [million_rows.BUSY_AGENCY])[0])
    return Claim(
        f"million.{name}",
        _share(answers, 0.95),
        "ms",
        limit=LIMIT,
        note=f"p95, p50 {_share(answers, 0.5):.1f} ms; {cost.milliseconds_each(len(answers))}; "
        f"{stored.cases:,} cases, {stored.busiest:,} not yet delivered in the busiest agency",
    )


def _statements(pages: Sequence[Page]) -> list[tuple[str, object]]:
    """Open the first page in this process, and give what it asks the database."""
    visitor, path = pages[0]
    asked: list[tuple[str, object]] = []

    def note(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        asked.append((statement, parameters))
        return execute(statement, parameters, many, context)

    client = Client(SERVER_NAME=stage.HOST, headers=visitor.headers)
    with connection.execute_wrapper(note):
        answer = client.get(path)
    if answer.status_code != OK:
        raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return asked


def _explained(statements: Sequence[tuple[str, object]]) -> Iterator[Claim]:
    nodes = [node for statement, parameters in statements for node in _plan(statement, parameters)]
    whole = [
        node["Relation Name"]
        for node in nodes
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG
    ]
    yield Claim("million.sequential_scans", len(whole), "scans", limit=0, note=", ".join(whole))
    most = max(_read(node) for node in nodes)
    yield Claim(
        "million.rows_read_by_a_scan",
        most,
        "rows",
        limit=MOST_ROWS,
        note="the most that any scan of these pages reads",
    )


def _plan(statement: str, parameters: Any) -> Iterator[Node]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        found = cursor.fetchone()[0]
    yield from _nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])


def _nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _read(node: Node) -> float:
    if "Scan" not in node["Node Type"] or node.get("Relation Name") not in BIG:
        return 0
    return float((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


def _rows(statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    with psycopg.connect(stage.database()) as asked:
        return asked.execute(statement, parameters).fetchall()


def _share(answers: Sequence[Answer], share: float) -> float:
    return percentile([answer.milliseconds for answer in answers], share)
