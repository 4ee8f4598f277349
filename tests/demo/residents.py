"""Residents of the demo's province who are not of its cast: nobody signs in as them, so they register like anybody else."""

from collections.abc import Iterator
from pathlib import Path

from qipan.adapters.notices import FileNotices
from qipan.sample.people import FEMALE, MALE, MARRIED, Resident
from qipan.sample.province import province
from tests.accounts.newcomer import Phone

STORY = "330106"  # where offices have seals
GENERATION = 22  # years at least


def mother() -> Resident:
    """Married, of Xihu, with a child born in the last weeks."""
    return next(
        one
        for one in _unknown()
        if one.delivery and one.marital_status == MARRIED and one.household.region.startswith(STORY)
    )


def father_of(daughter: Resident) -> Resident:
    """Somebody who may be her father: the register names the parents of few grown-ups."""
    return next(
        one
        for one in _unknown()
        if one.sex == MALE
        and one.name[0] == daughter.name[0]
        and one.household.here
        and daughter.sex == FEMALE
        and GENERATION <= one.age - daughter.age <= 2 * GENERATION
    )


def phone_of(resident: Resident, home: Path) -> Phone:
    """Their phone, with what the demo of this home sent to it."""
    return Phone(FileNotices(home / "notices.jsonl"), resident.phone)


def _unknown() -> Iterator[Resident]:
    everybody = province()
    cast = {member.id_number for member in everybody.cast}
    return (one for one in everybody.living if one.id_number not in cast)
