"""Putting look-ups on record: who was asked what, for whom, on which ground; never the values."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.lookups import LookedUp
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.people.actors import Acting

# The subjects are the applicant, who must be told of every look-up, and those of our persons whose numbers it was about.
RECORD = """
INSERT INTO calls (application, draft, person, mandate, subjects, step, resource, services, fields, refused, purpose, legal_basis,
  agency, outcome, at, milliseconds)
SELECT %(application)s, %(draft)s, %(person)s, %(mandate)s,
  ARRAY(SELECT id FROM persons WHERE id_number = ANY(string_to_array(numbers, ' ')) UNION SELECT %(person)s ORDER BY 1),
  step, resource, string_to_array(services, ' '), string_to_array(fields, ' '), refused::jsonb, purpose, legal_basis,
  agency, outcome, %(at)s, milliseconds
FROM unnest(%(numbers)s::text[], %(steps)s::text[], %(resources)s::text[], %(services)s::text[], %(fields)s::text[],
  %(refused)s::text[], %(purposes)s::text[], %(bases)s::text[], %(agencies)s::text[], %(outcomes)s::text[],
  %(milliseconds)s::integer[]) WITH ORDINALITY
  AS one (numbers, step, resource, services, fields, refused, purpose, legal_basis, agency, outcome, milliseconds, place)
ORDER BY place
"""


class For(NamedTuple):
    """For what a look-up was made."""

    person: int
    application: UUID | None = None
    draft: UUID | None = None
    account: int | None = None

    @property
    def subject(self) -> str:
        """What the trail calls it."""
        if self.account is not None:
            return f"account:{self.account}"
        if self.application is not None:
            return f"application:{self.application}"
        return f"person:{self.person}" if self.draft is None else f"draft:{self.draft}"


def record_calls(made_for: For, acting: Acting, looked_up: Sequence[LookedUp], at: datetime) -> None:
    """Put look-ups on record and in the trail, in the caller's transaction."""
    if not looked_up:
        return
    ledger.append([_entry(made_for, acting, one) for one in looked_up], at)
    records.execute(
        RECORD,
        {
            **made_for._asdict(),
            "mandate": acting.mandate and acting.mandate.id,
            "at": at,
            "numbers": [" ".join(one.numbers) for one in looked_up],
            "steps": [one.step for one in looked_up],
            "resources": [one.resource for one in looked_up],
            "services": [" ".join(one.services) for one in looked_up],
            "fields": [" ".join(one.fields) for one in looked_up],
            "refused": [records.json_text(one.refused) for one in looked_up],
            "purposes": [one.purpose for one in looked_up],
            "bases": [one.legal_basis for one in looked_up],
            "agencies": [one.agency for one in looked_up],
            "outcomes": [one.outcome for one in looked_up],
            "milliseconds": [one.milliseconds for one in looked_up],
        },
    )


def _entry(made_for: For, acting: Acting, one: LookedUp) -> NewEntry:
    return acting.entry(
        "look_up",
        made_for.subject,
        step=one.step,
        fields=one.fields,
        purpose=one.purpose,
        outcome=one.outcome,
    )
