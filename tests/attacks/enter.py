"""Prepares the database of a stage, in a process of its own in which Django is set up; prints who is on it as JSON."""

import json
from datetime import date
from pathlib import Path

import yaml
from django.db import transaction
from django.utils import timezone

from qipan.people import operations as people
from qipan.people import queries
from qipan.people.actors import SYSTEM
from qipan.people.rows import NewPerson
from qipan.sample.identifiers import PersonNumbers
from qipan.site import rights
from tests import cast as play

PERSONS = 6
NAMES = ("周文娟", "吴秀兰", "郑晓霞", "冯丽婷", "褚婷玉", "卫芳宁")
HUSBANDS = ("孙建国", "李志强", "陈立军", "杨文明", "朱晓峰", "秦海涛")
Row = dict[str, str]


def main(home: Path) -> None:
    """Make tables, a library whose registers are files, and everybody in it."""
    rights.migrate()
    cast = play.enter(library_of_files(home, play.LIBRARY))
    rows = [family(number) for number in range(PERSONS)]
    write_registers(home, rows)
    with transaction.atomic():
        people.admit_persons(
            persons=[
                NewPerson(row["mother.id_number"], row["name"], f"1390000{number:04}", sample=True)
                for number, row in enumerate(rows)
            ],
            at=timezone.now(),
        )
        keys = {
            name: people.issue_api_key(acting=SYSTEM, official=acting.actor.id, label=name, at=timezone.now())
            for name, acting in cast.officials.items()
        }
    found = [queries.person_by_number(row["mother.id_number"]) for row in rows]
    private = [row[field] for row in rows for field in ("mother.id_number", "b.id_number", "name", "b.name")]
    private += [f"1390000{number:04}" for number in range(PERSONS)]
    print(json.dumps({"persons": [one.id for one in found if one], "keys": keys, "private": private}))


def family(number: int) -> Row:
    """A mother with her husband and her child, nobody in fact."""
    numbers = PersonNumbers()
    mother = numbers.number("330106", date(1990, 1, 1 + number), "2")
    father = numbers.number("330106", date(1989, 1, 1 + number), "1")
    return {
        "name": NAMES[number], "person.id_number": mother, "person.name": NAMES[number],
        "person.marital_status": "20", "person.household_region": "330106002001",
        "a.id_number": mother, "b.id_number": father, "b.name": HUSBANDS[number],
        "mother.id_number": mother, "child.birth_date": "2026-11-20", "child.sex": "2",
    }  # fmt: skip


def library_of_files(home: Path, library: Path) -> Path:
    """The cast's library, its registers files in a folder."""
    text = (library / "birth.yaml").read_text(encoding="utf-8")
    declared = yaml.safe_load(text)
    for name, resource in declared["resources"].items():
        fields = [*resource["keys"], *resource["gives"]]
        columns = {field: field for field in fields}
        resource["source"] = {
            "adapter": "file",
            "register": "drop",
            "path": f"{name}.csv",
            "columns": columns,
        }
    folder = home / "library"
    folder.mkdir()
    (folder / "birth.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    return folder


def write_registers(home: Path, rows: list[Row]) -> None:
    """Drop the registers' files where the processes look for them."""
    declared = yaml.safe_load((home / "library" / "birth.yaml").read_text(encoding="utf-8"))
    drop = home / "drop"
    drop.mkdir()
    for name, resource in declared["resources"].items():
        columns = list(resource["source"]["columns"])
        lines = [",".join(columns), *(",".join(row[column] for column in columns) for row in rows)]
        (drop / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (home / "registers.json").write_text(json.dumps({"drop": str(drop)}), encoding="utf-8")
