"""One statement writes an application, its facts, its cases, its entries in the trail and its first task.

Note [Exactly one application]
A retry carries the same key, and the table has one row for a person's key. Of fifty that race, one inserts; the others wait for
it, insert nothing, not even a fact, and read what it wrote. A draft is its own key, whatever its form's buttons are made to do.

Note [One statement, one transaction]
All that a submission writes is this statement, so it needs no transaction around it: the busiest route of all opens none, and saves
two of four round trips. It writes only beside its plan; the first application with a new plan stores that before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications import opening, plans
from qipan.applications.facts import learned_document
from qipan.applications.intake import Answered, Asking
from qipan.applications.later import JOB
from qipan.applications.numbering import new_id, new_number
from qipan.applications.plans import Planned
from qipan.applications.rows import Learned, Submitted
from qipan.applications.signed_forms import form_digest
from qipan.core.elements import Field, Value
from qipan.core.lifecycle import ApplicationState
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

INSERT = f"""
WITH drafted AS (
  UPDATE drafts SET application = %(application)s
  WHERE id = %(draft)s::uuid AND application IS NULL AND xmin = %(written_by)s::text::xid
    AND EXISTS (SELECT FROM plans WHERE digest = %(plan)s)
  RETURNING id),
created AS (
  INSERT INTO applications (id, number, person, mandate, event, version, plan, state, consents, without, lacking, skipped, missing,
    trouble, submitted_at, idempotency_key)
  SELECT %(application)s, %(number)s, %(person)s, %(mandate)s, %(event)s, %(version)s, digest, '{ApplicationState.RUNNING}',
    %(consents)s::text[], %(without)s::text[], %(lacking)s::text[], %(skipped)s::text[], '{{}}', '', %(at)s, %(key)s
  FROM plans WHERE digest = %(plan)s AND (%(draft)s::uuid IS NULL OR EXISTS (SELECT FROM drafted))
  ON CONFLICT (person, idempotency_key) DO NOTHING
  RETURNING id),
learned AS (
  INSERT INTO fact_sets (application_id, learned) SELECT id, %(learned)s::jsonb FROM created),
opened AS ({opening.INSERT_CASES.format(application="created.id", created="created,")}),
trail AS ({ledger.INSERT_ENTRIES.format(created="created,")}),
sent AS (UPDATE uploads SET application = created.id FROM created WHERE uploads.draft = %(draft)s::uuid),
later AS (SELECT procrastinate_defer_jobs_v1(ARRAY[{JOB}]::procrastinate_job_to_defer_v1[]) FROM created)
SELECT (SELECT count(*) FROM created), (SELECT count(*) FROM later), EXISTS (SELECT FROM plans WHERE digest = %(plan)s)
"""


class _Outcome(NamedTuple):
    created: int
    deferred: int
    planned: bool


class Submission(NamedTuple):
    """A complete form, ready to be written; ``values`` are all the facts in it.

    ``written_by`` is the transaction that last wrote the draft, as it was read.
    """

    acting: Acting
    person: int
    key: str
    draft: UUID | None
    written_by: str | None
    asking: Asking
    answered: Answered
    values: Mapping[Field, Value]
    learned: Sequence[Learned]
    consents: Sequence[str]
    without: Sequence[str]
    lacking: Sequence[str]
    skipped: Sequence[str]


def insert(submission: Submission, at: datetime) -> Submitted | None:
    """Write a submission; None when its key has been used already, or its draft is not as it was read. See Note [One statement, one transaction]."""
    planned = submission.answered.planned
    application, number = new_id(at), new_number(at)
    cases = opening.new_cases(submission.asking, planned.plan, submission.values, at)
    entries = [
        submission.acting.entry(
            "submit_application",
            f"application:{application}",
            event=submission.asking.event.name,
            plan=planned.digest,
            cases={case.service: str(case.id) for case in cases},
            form=form_digest(submission.asking.event.name, submission.asking.version, submission.learned),
            level=int(submission.acting.actor.level),
        ),
        *opening.entries_of(submission.acting, cases),
    ]
    written = {
        "application": application,
        "number": number,
        "person": submission.person,
        "mandate": submission.acting.mandate and submission.acting.mandate.id,
        "event": submission.asking.event.name,
        "version": submission.asking.version,
        "plan": planned.digest,
        "consents": submission.consents,
        "without": submission.without,
        "lacking": list(submission.lacking),
        "skipped": submission.skipped,
        "key": submission.key,
        "draft": submission.draft,
        "written_by": submission.written_by,
        "at": at,
        "run_at": None,
        "learned": learned_document(submission.learned),
        "cases": opening.document(cases),
        "entries": ledger.document(entries, at),
    }
    return Submitted(number, application, created=True) if _insert(planned, written) else None


def _insert(planned: Planned, written: Mapping[str, object]) -> bool:
    outcome = records.prepared(_Outcome, INSERT, written)
    if outcome is not None and not outcome.planned:
        plans.store(planned)
        outcome = records.prepared(_Outcome, INSERT, written)
    return outcome is not None and outcome.created > 0
