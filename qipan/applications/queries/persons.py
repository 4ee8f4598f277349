"""What people read of their own: one statement each, whatever the number of rows."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from qipan import records
from qipan.applications import plans
from qipan.applications.drafting import DraftRow, asking_of, base_knowledge, read_draft
from qipan.applications.forms import Filled, FormView, form_view
from qipan.applications.intake import take_in
from qipan.applications.rows import (
    ApplicationDetail,
    ApplicationRow,
    CallRow,
    CaseOfApplication,
    CorrectionRow,
    DataUse,
    Discarded,
    DraftSummary,
    Fact,
    Learned,
    StatusRow,
    UploadContent,
    UploadRow,
)
from qipan.catalogue import queries as catalogue
from qipan.core.lifecycle import ENDED, ApplicationState, CaseState
from qipan.core.planner import Knowledge
from qipan.core.planner.ground import UnableToPlan

_ENDED = ", ".join(f"'{state}'" for state in sorted(ENDED))
LIST = f"""
SELECT a.id, a.number, a.event, a.version, a.state, a.submitted_at, a.closed_at, of_it.cases, of_it.ended,
  a.state = '{ApplicationState.ASKING}' OR of_it.returned > 0 AS awaits_person
FROM (SELECT * FROM applications WHERE person = %s AND submitted_at < %s ORDER BY submitted_at DESC LIMIT %s) a
CROSS JOIN LATERAL (
  SELECT count(*) AS cases, count(*) FILTER (WHERE state IN ({_ENDED})) AS ended,
    count(*) FILTER (WHERE state = '{CaseState.RETURNED}') AS returned
  FROM cases WHERE application_id = a.id) of_it
ORDER BY a.submitted_at DESC
"""
DETAIL = """
SELECT a.id, a.number, a.event, a.version, a.plan, a.state, a.submitted_at, a.closed_at, a.missing, a.trouble, a.consents,
  a.without,
  (SELECT coalesce(json_agg(one ORDER BY one.ordinal), '[]') FROM (
     SELECT c.id, c.ordinal, a.number || '-' || c.ordinal AS number, c.service, c.agency, coalesce(g.name_zh, '') AS agency_zh,
       coalesce(g.name_en, '') AS agency_en, c.state, c.ready_at, c.accepted_at, c.decided_at, c.delivered_at, c.ended_at,
       c.due_on, c.paused_days, c.automatic, c.reason, c.stopped_by, c.outputs, r.score AS rating
     FROM cases c LEFT JOIN agencies g ON g.code = c.agency LEFT JOIN ratings r ON r.case_id = c.id
     WHERE c.application_id = a.id) one)::text AS cases,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT DISTINCT ON (field) field, value, kind, via, learned_at
     FROM facts WHERE application = a.id AND kind <> 'claim' ORDER BY field, act DESC, place DESC) one)::text AS facts,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT n.id, n.case_id AS case, c.service, n.fields, n.evidence, n.message, n.asked_at, n.answered_at
     FROM cases c JOIN corrections n ON n.case_id = c.id WHERE c.application_id = a.id ORDER BY n.id) one)::text AS corrections,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT step, resource, fields, agency, outcome, at, milliseconds
     FROM (
       SELECT * FROM calls WHERE application = a.id
       UNION ALL SELECT * FROM calls WHERE draft = CASE WHEN a.idempotency_key ^@ 'draft:' THEN substr(a.idempotency_key, 7)::uuid END
     ) both_ways ORDER BY id) one)::text AS calls,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT id, service, evidence, filename, media_type, size, sent_at FROM uploads WHERE application = a.id ORDER BY id) one
  )::text AS uploads
FROM applications a WHERE a.number = %s AND a.person = %s
"""
STATUS = f"""
SELECT a.number, a.state, (SELECT count(*) FROM cases WHERE application_id = a.id) AS cases,
  (SELECT count(*) FROM cases WHERE application_id = a.id AND state IN ({_ENDED})) AS ended
FROM applications a WHERE a.number = %s AND a.person = %s
"""
DRAFTS = """
SELECT id, event, version, updated_at, (SELECT count(*) FROM jsonb_object_keys(answers)) AS answered
FROM drafts WHERE person = %s AND application IS NULL ORDER BY updated_at DESC LIMIT %s
"""
UNTOUCHED = """
SELECT d.id FROM drafts d
WHERE d.person = %s AND d.application IS NULL AND d.event = %s AND d.answers = %s AND d.claims = '{}' AND d.skipped = '{}'
  AND d.version = (SELECT max(number) FROM library_versions) AND NOT EXISTS (SELECT FROM uploads u WHERE u.draft = d.id)
ORDER BY d.updated_at DESC LIMIT 1
"""
DISCARDED = """
SELECT id, draft ->> 'event' AS event, (draft ->> 'version')::int AS version FROM discarded_drafts WHERE id = %s AND person = %s
"""
SUBMITTED_AS = "SELECT number FROM applications WHERE person = %s AND idempotency_key = 'draft:' || %s::text"
UPLOADS = "SELECT id, service, evidence, filename, media_type, size, sent_at FROM uploads WHERE draft = %s ORDER BY id"
CONTENT = "SELECT filename, media_type, content FROM uploads WHERE id = %s AND person = %s"
USES = """
SELECT used.at, used.kind, used.agency, coalesce(g.name_zh, '') AS agency_zh, coalesce(g.name_en, '') AS agency_en, used.via,
  used.services, used.fields, used.purpose, used.legal_basis, used.outcome,
  CASE WHEN used.own THEN coalesce(a.number, '') ELSE '' END AS number,
  coalesce(of_application.event, of_draft.event, '') AS event, coalesce(of_application.version, of_draft.version, 0) AS version, used.own,
  coalesce(agent.name, '') AS by
FROM (
  (SELECT c.at, 'call' AS kind, c.agency, c.step AS via, c.services, c.fields, c.purpose, c.legal_basis, c.outcome, c.application, c.draft,
     c.person = %(person)s AS own, c.mandate
   FROM calls c WHERE c.subjects @> ARRAY[%(person)s::bigint] AND c.at < %(before)s AND coalesce(c.at < now() - make_interval(days => (%(untold)s::jsonb ->> c.resource)::integer), true) ORDER BY c.at DESC LIMIT %(limit)s)
  UNION ALL
  (SELECT s.ready_at, 'case', s.agency, s.service, ARRAY[s.service],
     ARRAY(SELECT jsonb_array_elements_text(p.visible -> s.service)), '', '', s.state, a.id, NULL, true, a.mandate
   FROM applications a JOIN cases s ON s.application_id = a.id JOIN plans p ON p.digest = a.plan
   WHERE a.person = %(person)s AND s.ready_at < %(before)s ORDER BY s.ready_at DESC LIMIT %(limit)s)
) used
LEFT JOIN drafts d ON d.id = used.draft
LEFT JOIN applications a ON a.id = CASE WHEN used.application IS NULL THEN d.application ELSE used.application END
LEFT JOIN application_events of_application ON of_application.id = used.application
LEFT JOIN draft_events of_draft ON of_draft.id = used.draft
LEFT JOIN agencies g ON g.code = used.agency
LEFT JOIN mandates m ON m.id = used.mandate LEFT JOIN persons agent ON agent.id = m.agent
ORDER BY used.at DESC LIMIT %(limit)s
"""
_CASES = TypeAdapter(tuple[CaseOfApplication, ...])
_FACTS = TypeAdapter(tuple[Fact, ...])
_CORRECTIONS = TypeAdapter(tuple[CorrectionRow, ...])
_CALLS = TypeAdapter(tuple[CallRow, ...])
_UPLOADS = TypeAdapter(tuple[UploadRow, ...])
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


class _Draft(NamedTuple):
    id: UUID


class _Number(NamedTuple):
    number: str


class _Detail(NamedTuple):
    id: UUID
    number: str
    event: str
    version: int
    plan: str
    state: str
    submitted_at: datetime
    closed_at: datetime | None
    missing: tuple[str, ...]
    trouble: str
    consents: tuple[str, ...]
    without: tuple[str, ...]
    cases: str
    facts: str
    corrections: str
    calls: str
    uploads: str


def applications_of(person: int, before: datetime | None = None, limit: int = 20) -> list[ApplicationRow]:
    """List a person's applications, newest first; ``before`` is the last one's time on the page before."""
    return records.prepared_rows(ApplicationRow, LIST, [person, before or FOREVER, limit])


def application_detail(person: int, number: str) -> ApplicationDetail | None:
    """Read one of a person's own applications, with everything about it."""
    row = records.prepared(_Detail, DETAIL, [number, person])
    if row is None:
        return None
    return ApplicationDetail(
        **{
            **row._asdict(),
            "plan": plans.stored(row.plan).plan,
            "cases": _CASES.validate_json(row.cases),
            "facts": _FACTS.validate_json(row.facts),
            "corrections": _CORRECTIONS.validate_json(row.corrections),
            "calls": _CALLS.validate_json(row.calls),
            "uploads": _UPLOADS.validate_json(row.uploads),
        }
    )


def submission_status(number: str, person: int) -> StatusRow | None:
    """Say where one of a person's own applications stands."""
    return records.prepared(StatusRow, STATUS, [number, person])


def drafts_of(person: int, limit: int = 20) -> list[DraftSummary]:
    """List what a person has begun and not submitted."""
    return records.prepared_rows(DraftSummary, DRAFTS, [person, limit])


def untouched_draft(person: int, event: str, answers: Mapping[str, object]) -> UUID | None:
    """Find a form that a person has begun on the library as it stands, and in which nothing but these answers was typed."""
    found = records.first(_Draft, UNTOUCHED, [person, event, records.jsonb(dict(answers))])
    return found.id if found else None


def submitted_as(draft_id: UUID, person: int) -> str:
    """The number of the application that one of a person's own drafts became; empty where it became none."""
    found = records.first(_Number, SUBMITTED_AS, [person, draft_id])
    return found.number if found else ""


def discarded_draft(draft_id: UUID, person: int) -> Discarded | None:
    """Find one of a person's own drafts that was thrown away a little while ago."""
    return records.first(Discarded, DISCARDED, [draft_id, person])


def draft(draft_id: UUID, person: int) -> DraftRow | None:
    """Find one of a person's own drafts."""
    return read_draft(draft_id, person)


def form(draft_id: UUID, person: int, language: str, today: date) -> FormView | None:
    """Show a draft as its form; None where the person has no such draft, or has submitted it."""
    row = read_draft(draft_id, person)
    if row is None or row.application is not None:
        return None
    asking = asking_of(row.version, row.event, today)
    answered = take_in(asking, base_knowledge(row, today), row.answers)
    filled = Filled(
        typed=row.answers,
        facts=[fact for one in (_identity(row, today), *row.learned(today)) for fact in one.each()],
        claims=row.claims,
        consents=frozenset(row.consents),
        without=frozenset(name for name in row.without if "(" not in name),
        failed=frozenset(name for name in row.without if "(" in name),
        skipped=frozenset(row.skipped),
        uploads=records.rows(UploadRow, UPLOADS, [draft_id]),
    )
    return form_view(asking, answered, filled, language)


def event_view(
    event: str, language: str, today: date, answers: Mapping[str, object] | None = None
) -> FormView | None:
    """Show what a life event would ask of a typical person who has answered this much; nobody's data is in it."""
    version = catalogue.current_version()
    library = catalogue.library(version)
    if event not in library.events:
        return None
    asking = asking_of(version, event, today)
    base = Knowledge(assumed=asking.event.typical, today=today)
    try:
        answered = take_in(asking, base, answers or {})
    except UnableToPlan:
        return None
    return form_view(asking, answered, Filled(typed=answers or {}), language)


def data_uses(person: int, before: datetime | None = None, limit: int = 20) -> list[DataUse]:
    """List who used a person's data, newest first: look-ups about them, whoever applied, and agencies that got their fields.

    Uses of which a law forbids to tell, or to tell yet, are left out: see ``catalogue.queries.untold_days``.
    """
    asked = {
        "person": person,
        "before": before or FOREVER,
        "untold": records.json_text(catalogue.untold_days()),
        "limit": limit,
    }
    return records.rows(DataUse, USES, asked)


def upload_content(upload: UUID, person: int) -> UploadContent | None:
    """Read a document that this person sent."""
    return records.first(UploadContent, CONTENT, [upload, person])


def _identity(row: DraftRow, today: date) -> Learned:
    """The facts of the identity, as of the draft's beginning."""
    facts = {str(field): value for field, value in row.from_identity(today).items()}
    return Learned("identity", "", facts, row.updated_at)
