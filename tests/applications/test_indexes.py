"""The tables that grow are read by index alone: with scans of whole tables priced out, none is left in any plan.

A plan that walks a whole index betrays itself by having no condition on it. What a million rows cost is measured in bench/.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from qipan.applications import queries
from qipan.applications.queries import desks
from tests.cast import MONDAY, Cast

GROW = {"applications", "cases", "fact_sets", "calls", "entries", "drafts", "uploads", "corrections"}
PARTIAL = {"applications_trouble"}  # holds nothing but what is looked for: it may be read whole
MANY = 3000
SEED = f"""
INSERT INTO applications (id, number, person, event, version, plan, state, consents, without, lacking, skipped, missing, trouble,
  submitted_at, idempotency_key)
SELECT md5(i::text)::uuid, 'QP-' || i, i % 500, 'birth', 1, '', 'running', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '', now(), i::text
FROM generate_series(1, {MANY}) i;
INSERT INTO cases (id, application_id, ordinal, service, agency, region, state, ready_at, due_on, paused_days, automatic, reason,
  stopped_by, outputs)
SELECT gen_random_uuid(), md5(i::text)::uuid, 1, 'household_registration', 'elsewhere' || i % 50, '',
  (ARRAY['waiting', 'submitted', 'delivered'])[1 + i % 3], now(), now(), 0, false, '', '', '{{}}'
FROM generate_series(1, {MANY}) i;
INSERT INTO entries (at, act, actor_kind, actor, subject, details, salt, commitment, leaf_hash)
SELECT now(), 'accept_case', 'official', i, 'case:' || i, '{{}}', '', repeat('0', 64)::bytea, repeat('0', 64)::bytea
FROM generate_series(1, {MANY}) i;
INSERT INTO drafts (id, person, event, version, answers, claims, facts, consents, without, lacking, skipped, updated_at, application)
SELECT md5(i::text)::uuid, i % 500, 'birth', 1, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', now(), md5(i::text)::uuid
FROM generate_series(1, {MANY}) i;
INSERT INTO fact_sets (application_id, learned) SELECT md5(i::text)::uuid, '[]' FROM generate_series(1, {MANY}) i;
INSERT INTO calls (application, person, subjects, step, resource, services, fields, refused, purpose, legal_basis, agency, outcome,
  at, milliseconds)
SELECT md5(i::text)::uuid, i % 500, ARRAY[i % 500]::bigint[], 's', 'r', '{{}}', '{{}}', '{{}}', 'p', 'l', 'a', 'ok', now(), 1
FROM generate_series(1, {MANY}) i;
ANALYZE applications, cases, entries, drafts, fact_sets, calls
"""
Read = Callable[[Cast], object]
READS: dict[str, Read] = {
    "a citizen's applications": lambda cast: queries.applications_of(cast.mother_id),
    "one application": lambda cast: queries.application_detail(cast.mother_id, "QP-20261123-0000000"),
    "its status": lambda cast: queries.submission_status("QP-20261123-0000000", cast.mother_id),
    "drafts": lambda cast: queries.drafts_of(cast.mother_id),
    "a draft just begun": lambda cast: queries.untouched_draft(cast.mother_id, "birth", {}),
    "who used my data": lambda cast: queries.data_uses(cast.mother_id),
    "an inbox": lambda cast: queries.inbox(cast.official("police").actor),
    "an inbox, one state": lambda cast: queries.inbox(cast.official("police").actor, "submitted"),
    "an inbox, searched": lambda cast: queries.inbox(
        cast.official("police").actor, search="QP-20261123-0000000"
    ),
    "counts of an inbox": lambda cast: queries.inbox_counts(cast.official("police").actor, MONDAY.date()),
    "one case": lambda cast: queries.case_for_official(
        uuid4(), cast.official("police").actor, "zh", MONDAY.date()
    ),
    "an agency's services": lambda cast: desks.in_hand_by_service(
        cast.official("police").actor, MONDAY.date()
    ),
    "where officials sign in": lambda _cast: desks.desks("", (), 41, MONDAY),
    "what an official did": lambda cast: desks.handled_since(cast.official("police").actor, MONDAY, 50),
}


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """The cast among thousands of other people's applications."""
    with connection.cursor() as cursor:
        cursor.execute(SEED)
        for way in ("seqscan", "hashjoin", "mergejoin"):  # the ways of joining that read whole tables
            cursor.execute(f"SET LOCAL enable_{way} = off")
    return cast


def test_pages_read_by_index_alone(busy: Cast) -> None:
    assert {name: found for name, read in READS.items() if (found := _whole_tables_in(read, busy))} == {}


def _whole_tables_in(read: Read, cast: Cast) -> list[str]:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        asked.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(note):
        read(cast)
    assert asked
    return [whole for statement, parameters in asked for whole in _whole_tables(statement, parameters)]


def _whole_tables(statement: str, parameters: Any) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        found = cursor.fetchone()[0]
    for node in _nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]):
        chosen = {"Index Cond", "Recheck Cond"} & node.keys()
        if node.get("Index Name") in PARTIAL:
            continue
        if node.get("Relation Name") in GROW and "Scan" in node["Node Type"] and not chosen:
            yield f"{node['Node Type']} of {node['Relation Name']} {node.get('Index Name', '')}"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
