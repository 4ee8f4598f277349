"""An application or a case, read for change.

Note [One lock per application]
Whoever changes a case or an application first locks the application's row, and only then reads: a second statement, as the
first may have waited and its snapshot be old. So two acts on one application never cross, and nobody waits in a circle.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.errors import NotInThisState, NotTheirs
from qipan.applications.models import Case
from qipan.core.elements import Value
from qipan.core.lifecycle import ENDED, ActNotAllowed, CaseAct, CaseState, transition

LOCK = "SELECT id FROM applications WHERE id = %s FOR NO KEY UPDATE"
LOCK_OF_CASE = """
SELECT id FROM applications WHERE id = (SELECT application_id FROM cases WHERE id = %s) FOR NO KEY UPDATE
"""
LOCK_OF_CASES = """
SELECT id FROM applications WHERE id IN (SELECT application_id FROM cases WHERE id = ANY(%s)) ORDER BY id FOR NO KEY UPDATE
"""
APPLICATION = """
SELECT id, number, person, event, version, plan, state, consents, without, lacking, skipped, missing, submitted_at
FROM applications WHERE id = %s
"""
CASES = """
SELECT c.id, c.application_id AS application, a.number || '-' || c.ordinal AS number, a.person, a.event, a.version, a.plan,
  c.service, c.agency, c.region, c.state, c.ready_at, c.due_on, c.statutory_due_on, c.paused_days, c.outputs
FROM cases c JOIN applications a ON a.id = c.application_id
"""


class LockedApplication(NamedTuple):
    """An application while nobody else may change it."""

    id: UUID
    number: str
    person: int
    event: str
    version: int
    plan: str
    state: str
    consents: tuple[str, ...]
    without: tuple[str, ...]
    lacking: tuple[str, ...]
    skipped: tuple[str, ...]
    missing: tuple[str, ...]
    submitted_at: datetime


class LockedCase(NamedTuple):
    """A case while nobody else may change it."""

    id: UUID
    application: UUID
    number: str
    person: int
    event: str
    version: int
    plan: str
    service: str
    agency: str
    region: str
    state: str
    ready_at: datetime | None
    due_on: date | None
    statutory_due_on: date | None
    paused_days: int
    outputs: Mapping[str, Value]

    @property
    def subject(self) -> str:
        """What the trail calls it."""
        return f"case:{self.id}"


class _Id(NamedTuple):
    id: UUID


def lock_application(application: UUID) -> LockedApplication:
    """Lock an application and read it; raises NotTheirs when there is none."""
    if records.first(_Id, LOCK, [application]) is None:
        raise NotTheirs
    found = records.first(LockedApplication, APPLICATION, [application])
    assert found is not None  # noqa: S101 -- locked rows do not vanish
    return found


def lock_case(case: UUID) -> LockedCase:
    """Lock a case's application and read the case; raises NotTheirs when there is none."""
    if records.first(_Id, LOCK_OF_CASE, [case]) is None:
        raise NotTheirs
    found = records.first(LockedCase, f"{CASES} WHERE c.id = %s", [case])
    assert found is not None  # noqa: S101 -- locked rows do not vanish
    return found


def lock_applications_of(cases: Collection[UUID]) -> None:
    """Lock the applications of several cases, in one order everywhere, so that two batches do not wait in a circle."""
    records.rows(_Id, LOCK_OF_CASES, [list(cases)])


def cases_of(application: UUID) -> list[LockedCase]:
    """Read the cases of a locked application, in their order."""
    return records.rows(LockedCase, f"{CASES} WHERE c.application_id = %s ORDER BY c.ordinal", [application])


def change(case: LockedCase, act: CaseAct, at: datetime, **columns: object) -> LockedCase:
    """Move a locked case on; raises NotInThisState."""
    try:
        state = transition(CaseState(case.state), act)
    except ActNotAllowed as refusal:
        raise NotInThisState(refusal.state, refusal.act) from refusal
    if state in ENDED:
        columns["ended_at"] = at
    Case.objects.filter(id=case.id).update(state=state, **columns)
    return case._replace(state=str(state))
