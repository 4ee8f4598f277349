"""What an auditor makes of a finding. Four eyes: nobody decides what is about themselves, in whatever post."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.core.sharing import Role
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting
from qipan.watch.errors import DecidedBefore, NoReason, NotForThem, WrongVerdict
from qipan.watch.kinds import Kind, State, verdicts

# Who holds two posts is one person by agency and name, as officials are told apart (qipan/people/models.py).
LOCK = """
SELECT f.kind, f.state, EXISTS (
  SELECT FROM officials w JOIN officials me ON me.id = %(auditor)s AND me.agency = w.agency AND me.name = w.name WHERE w.id = f.official
) AS own
FROM findings f WHERE f.id = %(id)s FOR UPDATE OF f
"""
DECIDE = """
UPDATE findings SET state = %(state)s, auditor = %(auditor)s, reason = %(reason)s, decided_at = %(at)s WHERE id = %(id)s
"""


class _Locked(NamedTuple):
    kind: str
    state: str
    own: bool


def decide_finding(*, acting: Acting, finding: UUID, verdict: str, reason: str, at: datetime) -> None:
    """Decide a finding as an auditor; raises NotForThem, DecidedBefore, WrongVerdict and NoReason."""
    auditor = acting.actor
    if auditor.kind != "official" or auditor.role != Role.AUDITOR:
        raise NotForThem
    found = records.first(_Locked, LOCK, {"id": finding, "auditor": auditor.id})
    if found is None or found.own:
        raise NotForThem
    if found.state != State.OPEN:
        raise DecidedBefore
    if verdict not in verdicts(Kind(found.kind)):
        raise WrongVerdict
    if not reason.strip():
        raise NoReason
    told = {"id": finding, "state": verdict, "auditor": auditor.id, "reason": reason.strip(), "at": at}
    records.execute(DECIDE, told)
    entry = acting.entry("decide_finding", f"finding:{finding}", verdict=verdict, reason=reason.strip())
    ledger.append([entry], at)
