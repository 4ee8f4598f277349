"""The cast's play in a library whose hospital issues a vaccination certificate of four facts, which a kindergarten asks for later."""

from pathlib import Path

from tests import cast as play
from tests.cast import LIBRARY, Cast

AS_WRITTEN = """    title: 出生医学证明
    agency: hospital
    code: 11330000QP00000199001
    years: 5
    parties: {child: Person}
    facts: [child.name, child.birth_certificate_number]
"""
OF_FOUR = """    title: {zh: 预防接种证, en: Vaccination certificate}
    agency: hospital
    code: 11330000QP00000199001
    tint: teal
    parties: {child: Person}
    facts: [child.name, child.sex, child.birth_date, child.birth_certificate_number]
"""
BEFORE_EVENTS, EVENTS = (
    "\nevents:\n",
    """
  nursery_place:
    title: {zh: 幼儿园入园登记, en: A place in kindergarten}
    type: public_service
    agency: health
    level: county
    region: mother.household_region
    parties: {child: Person, mother: Person}
    needs: [child.name, child.birth_date, child.sex, mother.name, mother.household_region]
    evidence:
      vaccination:
        title: {zh: 预防接种证明, en: Proof of vaccination}
        met_by: [{certificate: birth_paper}, upload]
    gives:
      - {field: child.guidance_number, assign: {number: "YE{serial:6}"}}
    limits: {statutory: 5, promised: 1}
    legal_basis: [母婴保健法]
events:
  nursery:
    title: {zh: 入园一件事, en: Entering kindergarten}
    parties:
      mother: {kind: Person, title: {zh: 母亲, en: mother}, applicant: true}
      child: {kind: Person, title: {zh: 宝宝, en: child}}
    known: [mother.id_number, mother.name, mother.phone]
    services: [nursery_place]
""",
)


def enter(folder: Path) -> Cast:
    """Publish it, and let everyone take their places."""
    written = (LIBRARY / "birth.yaml").read_text(encoding="utf-8")
    assert AS_WRITTEN in written
    folder.mkdir()
    changed = written.replace(AS_WRITTEN, OF_FOUR).replace(BEFORE_EVENTS, EVENTS)
    (folder / "birth.yaml").write_text(changed, encoding="utf-8")
    return play.enter(folder)
