"""Looking up for a draft what is known already, before anything is asked (docs/decisions/0012)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from qipan import records
from qipan.adapters.sources import Sources
from qipan.applications.drafting import DraftRow, Kept, answered, asking_of, lack_text, read_draft
from qipan.applications.errors import NotTheirs
from qipan.applications.lookups import LookedUp, look_up, registers
from qipan.applications.recording import For, record_calls
from qipan.core.elements import Field, Value
from qipan.core.plan import Fetch
from qipan.people.actors import Acting

ROUNDS = 6  # look-ups whose keys come from look-ups; no library is that deep
RECORD = """
UPDATE drafts SET facts = facts || %(facts)s, prepared_at = %(at)s,
  lacking = ARRAY(SELECT DISTINCT unnest(lacking || %(lacking)s::text[]) ORDER BY 1),
  without = ARRAY(SELECT DISTINCT unnest(without || %(without)s::text[]) ORDER BY 1)
WHERE id = %(draft)s AND application IS NULL
"""
FORGET_FAILURES = """
UPDATE drafts SET without = ARRAY(SELECT name FROM unnest(without) name WHERE name NOT LIKE '%%(%%')
WHERE id = %s AND person = %s AND application IS NULL
"""


def prefill_draft(
    *, acting: Acting, draft: UUID, at: datetime, sources: Sources | None = None, again: bool = False
) -> None:
    """Run the look-ups that the person consented to and that wait for no answer; ``again`` retries those that failed.

    Opens its own transactions, as registers must not be asked within one. Raises NotTheirs.
    """
    if again:
        records.execute(FORGET_FAILURES, [draft, acting.applicant])
    for _ in range(ROUNDS):
        row = read_draft(draft, acting.applicant)
        if row is None or row.application is not None:
            raise NotTheirs
        fetches, facts = _ready(row, at)
        if not fetches:
            return
        asking = asking_of(row.version, row.event, timezone.localdate(at))
        looked_up = look_up(
            asking,
            fetches,
            facts,
            sources or registers(),
            made_for=f"draft:{draft}",
            by=f"{acting.actor.kind}:{acting.actor.id}",
        )
        with transaction.atomic():
            _record(row, acting, looked_up, at)


def _ready(row: DraftRow, at: datetime) -> tuple[list[Fetch], dict[Field, Value]]:
    """Choose the upfront look-ups that may run now; those whose keys the person types can change until submission."""
    plan = answered(row, timezone.localdate(at)).planned.plan
    facts = row.known(timezone.localdate(at))
    fetches = [
        fetch
        for fetch in plan.fetches
        if fetch.upfront and fetch.resource in row.consents and all(key in facts for key, _ in fetch.keys)
    ]
    return fetches, facts


def _record(row: DraftRow, acting: Acting, looked_up: Sequence[LookedUp], at: datetime) -> None:
    facts: Kept = {
        one.step: {
            "kind": "resource",
            "at": at.isoformat(),
            "facts": {
                **_kept_before(row, one.step),
                **{str(field): value for field, value in one.values.items()},
            },
        }
        for one in looked_up
        if one.values
    }
    answering = [one for one in looked_up if not one.failed]
    records.execute(
        RECORD,
        {
            "facts": records.jsonb(facts),
            "lacking": [lack_text(one.step, field) for one in answering for field in one.lacking],
            "without": [one.step for one in looked_up if one.failed],
            "at": at,
            "draft": row.id,
        },
    )
    record_calls(For(row.person, draft=row.id), acting, looked_up, at)


def _kept_before(row: DraftRow, step: str) -> Mapping[str, Value]:
    """What the same look-up gave earlier: answers can make it ask for more."""
    earlier = row.facts.get(step)
    return earlier["facts"] if earlier else {}
