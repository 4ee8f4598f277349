"""Rating a case (好差评): once, by its applicant, after it ended."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.assuring import is_theirs
from qipan.applications.errors import NotTheirs, UnableToAct
from qipan.core.lifecycle import ENDED, CaseState
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

SCORES = range(1, 6)
LONGEST = 500
MOST_TAGS, LONGEST_TAG = 8, 40
RATE = """
INSERT INTO ratings (case_id, person, score, tags, comment, at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (case_id) DO NOTHING
"""
STATE = """
SELECT c.state, a.person, a.version, a.event FROM cases c JOIN applications a ON a.id = c.application_id WHERE c.id = %s FOR SHARE OF c
"""


class UnableToRate(UnableToAct):
    """``reason``: not-ended, or score (1 … 5)."""

    code = "rating"


class RatedAlready(UnableToRate):
    """A case is rated once."""

    code = "rated"


class _State(NamedTuple):
    state: str
    person: int
    version: int
    event: str


def rate_case(
    *,
    acting: Acting,
    case: UUID,
    score: int,
    at: datetime,
    tags: Collection[str] = (),
    comment: str = "",
) -> None:
    """Rate a case that ended or was granted. Raises NotTheirs, UnableToRate and RatedAlready."""
    found = records.first(_State, STATE, [case])
    if found is None or not is_theirs(acting, found.person, found.version, found.event):
        raise NotTheirs
    if found.state not in ENDED | {CaseState.GRANTED}:
        raise UnableToRate(reason="not-ended")
    if score not in SCORES:
        raise UnableToRate(reason="score")
    kept = [tag.replace("\x00", "")[:LONGEST_TAG] for tag in sorted(set(tags))[:MOST_TAGS]]
    said = comment.replace("\x00", "").strip()[:LONGEST]
    if not records.execute(RATE, [case, acting.applicant, score, kept, said, at]):
        raise RatedAlready
    ledger.append([acting.entry("rate_case", f"case:{case}", score=score)], at)
