"""The cast's play in a library whose hospital issues a vaccination certificate of four facts, so that there is something to choose."""

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


def enter(folder: Path) -> Cast:
    """Publish it, and let everyone take their places."""
    written = (LIBRARY / "birth.yaml").read_text(encoding="utf-8")
    assert AS_WRITTEN in written
    folder.mkdir()
    (folder / "birth.yaml").write_text(written.replace(AS_WRITTEN, OF_FOUR), encoding="utf-8")
    return play.enter(folder)
