"""The cast's play in a library whose birth certificate both parents hold, and whose household page is the child's own."""

from pathlib import Path

from django.db import transaction

from qipan.people import operations as people
from qipan.people import queries
from qipan.people.actors import Acting
from qipan.people.rows import NewPerson
from tests import cast as play
from tests.cast import FATHER, LIBRARY, MONDAY, Cast

NEEDS = """      - {field: father.name, when: present(father)}
    gives:
      - {field: child.birth_certificate_number"""
WITH_NUMBER = NEEDS.replace(
    "    gives", "      - {field: father.id_number, when: present(father)}\n    gives"
)
ISSUES = "    issues: [birth_paper]\n"
HELD_BY_BOTH = f"{ISSUES}    holders: [mother.id_number, father.id_number]\n"
SERVICES = "\nservices:\n"
PAGE = """
  household_page:
    title: 居民户口簿（本人页）
    agency: public_security
    code: 11330000QP00000199011
    parties: {child: Person}
    facts: [child.name, child.id_number]
services:
"""
CHILDS_NUMBER = "      - {field: child.id_number, assign: {gb11643: [child.household_region, child.birth_date, child.sex]}}\n"
HELD_BY_CHILD = f"{CHILDS_NUMBER}    issues: [household_page]\n    holders: [child.id_number]\n"


def enter(folder: Path) -> Cast:
    """Publish it, and let everyone take their places."""
    written = (LIBRARY / "birth.yaml").read_text(encoding="utf-8")
    changes = {
        NEEDS: WITH_NUMBER,
        ISSUES: HELD_BY_BOTH,
        SERVICES: PAGE,
        CHILDS_NUMBER: HELD_BY_CHILD,
    }
    changed = written
    for before, after in changes.items():
        assert before in changed
        changed = changed.replace(before, after)
    folder.mkdir()
    (folder / "birth.yaml").write_text(changed, encoding="utf-8")
    return play.enter(folder)


def father_comes() -> Acting:
    """The father registers, perhaps long after the certificate was issued."""
    with transaction.atomic():
        people.admit_persons(persons=[NewPerson(FATHER, "李强", "13800000003", sample=True)], at=MONDAY)
    row = queries.person_by_number(FATHER)
    actor = row and queries.actor_of_person(row.id)
    assert actor
    return Acting(actor)
