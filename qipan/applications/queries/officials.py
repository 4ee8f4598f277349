"""What officials read: cases of their own agency and services, and of each case its own service's fields, no more.

The wall stands in the statements: a field that the service neither needs nor gives is not in the rows that they return.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from qipan import records
from qipan.applications import crossings, plans
from qipan.applications.case_views import CaseRow, CaseView, case_view
from qipan.applications.rows import (
    CaseFact,
    CorrectionRow,
    EntryRow,
    Filed,
    InboxCounts,
    InboxRow,
    UploadContent,
    UploadRow,
)
from qipan.catalogue import queries as catalogue
from qipan.core import valve
from qipan.core.elements import Field
from qipan.core.lifecycle import IN_HAND, CaseState
from qipan.core.masking import Masked
from qipan.people.actors import Actor

CAP = 1000
SOON = 2  # days
_THEIRS = "c.agency = %(agency)s AND (%(services)s::text[] = '{}' OR c.service = ANY(%(services)s::text[]))"
# Each state is a scan of its own over the partial index, and stops at its limit; the states are written out to match it.
_SCANS = {
    str(state): f"""
  (SELECT c.* FROM cases c WHERE c.state = '{state}' AND {_THEIRS}
     AND (c.due_on, c.id) > (%(due_on)s, %(id)s) ORDER BY c.due_on, c.id LIMIT %(limit)s)"""
    for state in IN_HAND
}
INBOX = """
SELECT c.id, a.number || '-' || c.ordinal AS number, c.service, a.event, a.version, a.plan, c.state, p.name, c.ready_at, c.due_on,
  c.handler = %(me)s AS mine, EXISTS (SELECT FROM corrections n WHERE n.case_id = c.id) AS corrected
FROM ({scans}) c JOIN applications a ON a.id = c.application_id JOIN persons p ON p.id = a.person
ORDER BY c.due_on, c.id LIMIT %(limit)s
"""
FOUND = f"""
SELECT c.id, a.number || '-' || c.ordinal AS number, c.service, a.event, a.version, a.plan, c.state, p.name, c.ready_at, c.due_on,
  c.handler = %(me)s AS mine, EXISTS (SELECT FROM corrections n WHERE n.case_id = c.id) AS corrected
FROM applications a JOIN cases c ON c.application_id = a.id JOIN persons p ON p.id = a.person
WHERE a.number = %(number)s AND c.state <> '{CaseState.WAITING}' AND {_THEIRS} ORDER BY c.ordinal
"""
STUCK = f"""
SELECT c.id, a.number || '-' || c.ordinal AS number, c.service, a.event, a.version, a.plan, c.state, p.name,
  a.submitted_at AS ready_at, a.submitted_at::date AS due_on, false AS mine, false AS corrected
FROM applications a JOIN cases c ON c.application_id = a.id JOIN persons p ON p.id = a.person
WHERE a.trouble <> '' AND c.state = '{CaseState.WAITING}' AND {_THEIRS} ORDER BY a.submitted_at LIMIT %(limit)s
"""


def _capped(states: Sequence[CaseState], more: str = "") -> str:
    listed = ", ".join(f"'{state}'" for state in states)
    return f"(SELECT count(*) FROM (SELECT FROM cases c WHERE c.state IN ({listed}) AND {_THEIRS} {more} LIMIT {CAP + 1}) o)"


_CLOCK_RUNS = (CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.REVIEWING)
COUNTS = f"""
SELECT {_capped([CaseState.SUBMITTED])}, {_capped([CaseState.ACCEPTED, CaseState.REVIEWING])}, {_capped([CaseState.GRANTED])},
  {_capped([CaseState.RETURNED])}, {_capped(_CLOCK_RUNS, "AND c.due_on < %(today)s")},
  {_capped(_CLOCK_RUNS, "AND c.due_on BETWEEN %(today)s AND %(soon)s")},
  (SELECT count(*) FROM (
     SELECT FROM applications a JOIN cases c ON c.application_id = a.id
     WHERE a.trouble <> '' AND c.state = '{CaseState.WAITING}' AND {_THEIRS} LIMIT {CAP + 1}) o)
"""
CASE = f"""
SELECT c.id, a.number || '-' || c.ordinal AS number, c.application_id AS application, a.event, a.version, a.plan, a.trouble,
  c.service, c.agency, c.region, c.state, c.ready_at, c.accepted_at, c.decided_at, c.delivered_at, c.due_on, c.statutory_due_on,
  c.paused_days, c.automatic, c.reason, c.outputs,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT DISTINCT ON (field, kind = 'claim') field, value, kind, via, learned_at
     FROM facts WHERE application = a.id AND (l.visible -> c.service) ? field
     ORDER BY field, kind = 'claim', act DESC, place DESC) one)::text AS facts,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT n.id, n.case_id AS case, c.service, n.fields, n.evidence, n.message, n.asked_at, n.answered_at
     FROM corrections n WHERE n.case_id = c.id ORDER BY n.id) one)::text AS corrections,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT id, service, evidence, filename, media_type, size, sent_at
     FROM uploads WHERE application = a.id AND service = c.service ORDER BY id) one)::text AS uploads,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT e.at, e.act, e.actor_kind, coalesce(o.name, agent.name, '') AS actor, e.details, e.id
     FROM entries e LEFT JOIN officials o ON e.actor_kind = 'official' AND o.id = e.actor
     LEFT JOIN persons agent ON e.actor_kind = 'person' AND e.on_behalf_of IS NOT NULL AND agent.id = e.actor
     WHERE e.subject = 'case:' || c.id ORDER BY e.id) one)::text AS history,
  (SELECT coalesce(json_agg(one), '[]') FROM (
     SELECT agent.name AS agent, e.details ->> 'under' AS under
     FROM entries e JOIN persons agent ON agent.id = e.actor
     WHERE a.mandate IS NOT NULL AND e.subject = 'application:' || a.id AND e.act = 'submit_application') one)::text AS filed
FROM cases c JOIN applications a ON a.id = c.application_id JOIN plans l ON l.digest = a.plan
WHERE c.id = %(case)s AND (c.state <> '{CaseState.WAITING}' OR a.trouble <> '') AND {_THEIRS}
"""
CONTENT = f"""
SELECT u.filename, u.media_type, u.content
FROM uploads u JOIN cases c ON c.application_id = u.application AND c.service = u.service
WHERE u.id = %(upload)s AND c.state <> '{CaseState.WAITING}' AND {_THEIRS}
"""
FIRST = (date.min, UUID(int=0))
_FACTS = TypeAdapter(tuple[CaseFact, ...])
_CORRECTIONS = TypeAdapter(tuple[CorrectionRow, ...])
_UPLOADS = TypeAdapter(tuple[UploadRow, ...])
_HISTORY = TypeAdapter(tuple[EntryRow, ...])
_FILED = TypeAdapter(tuple[Filed, ...])


class _Listed(NamedTuple):
    id: UUID
    number: str
    service: str
    event: str
    version: int
    plan: str
    state: str
    name: str
    ready_at: datetime
    due_on: date
    mine: bool | None
    corrected: bool


def inbox(
    actor: Actor,
    state: str = "",
    search: str = "",
    after: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[InboxRow]:
    """List the cases in an official's hands, by deadline; ``after`` is the last row of the page before.

    ``state`` is one of those in hand, ``stuck`` (they wait for a source that does not answer), or empty for all in hand.
    With ``search``, a number, the cases of that application in any state.
    """
    due_on, last = after or FIRST
    wanted = {**_whose(actor), "me": actor.id, "due_on": due_on, "id": last, "limit": limit}
    if search.strip():
        number = "-".join(search.strip().upper().split("-")[:3])
        found = records.rows(_Listed, FOUND, {**wanted, "number": number})
    elif state == "stuck":
        found = records.rows(_Listed, STUCK, wanted)
    else:
        scans = " UNION ALL ".join(scan for name, scan in _SCANS.items() if state in {"", name})
        found = records.prepared_rows(_Listed, INBOX.format(scans=scans), wanted) if scans else []
    return [_shown(row) for row in found]


def inbox_counts(actor: Actor, today: date) -> InboxCounts:
    """Count the cases in an official's hands, each count up to ``CAP`` and one more."""
    days = {"today": today, "soon": today + timedelta(days=SOON)}
    found = records.prepared(InboxCounts, COUNTS, {**_whose(actor), **days})
    assert found is not None  # noqa: S101 -- counts are always one row
    return found


def case_for_official(case: UUID, actor: Actor, language: str, today: date) -> CaseView | None:
    """Read a case as the officials of its service see it; None where it is not theirs."""
    row = records.prepared(CaseRow, CASE, {**_whose(actor), "case": case})
    if row is None:
        return None
    return case_view(
        row,
        facts=_FACTS.validate_json(row.facts),
        corrections=_CORRECTIONS.validate_json(row.corrections),
        uploads=_UPLOADS.validate_json(row.uploads),
        history=_HISTORY.validate_json(row.history),
        filed=next(iter(_FILED.validate_json(row.filed)), None),
        language=language,
        today=today,
    )


def upload_for_official(upload: UUID, actor: Actor) -> UploadContent | None:
    """Read a document that was sent for a case of theirs."""
    return records.first(UploadContent, CONTENT, {**_whose(actor), "upload": upload})


def _whose(actor: Actor) -> dict[str, object]:
    """The agency and services of an official; nobody else handles cases."""
    return {"agency": actor.handling, "services": list(actor.services)}


def _shown(row: _Listed) -> InboxRow:
    return InboxRow(
        row.id,
        row.number,
        row.service,
        row.event,
        row.version,
        row.state,
        _applicant(row),
        row.ready_at,
        row.due_on,
        bool(row.mine),
        row.corrected,
    )


def _applicant(row: _Listed) -> str:
    """As much of the applicant's name as tells one case from another, where the service needs the name at all."""
    library = catalogue.library(row.version)
    event, planned = library.events[row.event], plans.stored(row.plan).service(row.service)
    field = Field(event.applicant, "name")
    if planned is None or field not in planned.needs:
        return ""
    element, here = library.element(event.parties, field), crossings.listing(library, row.service)
    match valve.show(row.name, element, here).value:
        case Masked(text, _):
            return text
        case value:
            return str(value or "")
