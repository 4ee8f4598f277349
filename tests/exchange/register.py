"""The register behind the hospitals, who is in it, and the library that declares it."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import psycopg
import yaml

from qipan.sample.identifiers import PersonNumbers
from tests.cast import LIBRARY

BIRTHS = {"mother.id_number": "mother", "child.birth_date": "born_on", "child.sex": "sex"}
PEOPLE = {
    "person.id_number": "number", "person.name": "name", "person.marital_status": "marital_status",
    "person.household_region": "region",
}  # fmt: skip
BASIS = "母婴保健法"


def numbers(count: int) -> list[str]:
    """Identity numbers of mothers, nobody's in fact."""
    made = PersonNumbers()
    return [made.number("330106", date(1985, 1, 1) + timedelta(days=day), "2") for day in range(count)]


def fill_register(url: str, mothers: Sequence[str]) -> None:
    """Make the hospitals' register: births, and residents of whom every second one lives elsewhere."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS births (mother text PRIMARY KEY, born_on date, sex text)")
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS people (number text PRIMARY KEY, name text, marital_status text, region text)"
        )
        cursor.execute("CREATE TABLE IF NOT EXISTS scans (mother text PRIMARY KEY, scan text)")
        cursor.executemany("INSERT INTO births VALUES (%s, '2026-11-20', '2')", [(one,) for one in mothers])
        cursor.executemany(
            "INSERT INTO people VALUES (%s, '王芳', '20', %s)",
            [
                (one, "330106002001" if place % 2 == 0 else "330203002001")
                for place, one in enumerate(mothers)
            ],
        )


def library_of_nodes(folder: Path) -> None:
    """The cast's library, births and residents in the hospitals' SQL register, weddings behind a service that a test may stand for."""
    declared = yaml.safe_load((LIBRARY / "birth.yaml").read_text(encoding="utf-8"))
    sources = {
        "birth_record": {"adapter": "sql", "register": "births", "table": "births", "columns": BIRTHS},
        "population": {"adapter": "sql", "register": "births", "table": "people", "columns": PEOPLE},
        "marriage": {
            "adapter": "http", "register": "weddings", "path": "/weddings/{number}",
            "columns": {"a.id_number": "number", "b.id_number": "spouse.number", "b.name": "spouse.name"},
        },
    }  # fmt: skip
    for name, source in sources.items():
        declared["resources"][name]["source"] = source
    declared["elements"]["Person.scan"] = {
        "title": "扫描件",
        "checks": {"max_length": 12_000_000},
        "ask": False,
    }
    declared["resources"]["scans"] = {
        "title": "分娩记录扫描件", "agency": "hospital", "parties": {"mother": "Person"}, "keys": ["mother.id_number"],
        "gives": ["mother.scan"], "legal_basis": [BASIS],
        "source": {
            "adapter": "sql", "register": "births", "table": "scans",
            "columns": {"mother.id_number": "mother", "mother.scan": "scan"},
        },
    }  # fmt: skip
    folder.mkdir()
    (folder / "birth.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
