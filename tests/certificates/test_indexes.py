"""Whose certificates end soon is found by their days, and not by walking through all that were ever issued."""

import json
from typing import Any

import pytest
from django.db import connection

from qipan.certificates import queries
from tests.cast import MONDAY

MANY = 3000
SEED = f"""
INSERT INTO certificates (number, type, library, "case", application, event, agency, issuer, seal, holder, issued_at, begins, ends, state,
  reason, data, data_sm2)
SELECT 'n' || i, 't', 1, gen_random_uuid(), gen_random_uuid(), 'birth', 'a', 'a', 's', i % 500, now(), '2026-01-01',
  date '2027-01-01' + i % 1500, 0, '', '', ''
FROM generate_series(1, {MANY}) i;
ANALYZE certificates
"""


def plans(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for part in node.get("Plans", ()) for found in plans(part))]


@pytest.mark.usefixtures("cast")
def test_what_ends_soon_is_found_by_its_days() -> None:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        asked.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.cursor() as cursor:
        cursor.execute(SEED)
        with connection.execute_wrapper(note):
            queries.ending(MONDAY.date(), MONDAY.date().replace(month=12))
        ((statement, parameters),) = asked
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        found = cursor.fetchone()[0]
    (scan,) = (
        one
        for one in plans((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
        if one.get("Relation Name") == "certificates"
    )
    assert scan.get("Index Name") == "certificates_ending"
    assert "ends" in scan["Index Cond"]
