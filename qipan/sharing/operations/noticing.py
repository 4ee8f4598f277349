"""Correcting and recalling what was shared: every receiver under a grant is told, here or at its node, and acknowledges it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from qipan import records
from qipan.adapters.working_days import WORKING_DAYS
from qipan.catalogue import queries as catalogue
from qipan.core.share_notices import KINDS, LONGEST_RECORD
from qipan.core.sharing import Role
from qipan.core.worktime import due_on
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting
from qipan.sharing.errors import NotTheirs, UnableToRequest, Unreasoned
from qipan.sharing.holding import holder_of
from qipan.sharing.letters import one_line
from qipan.sharing.locked import days

STORE = """
INSERT INTO share_notices (id, kind, resource, provider, official, record, version, fields, message, issued_at, due_on)
VALUES (%(id)s, %(kind)s, %(resource)s, %(provider)s, %(official)s, %(record)s, %(version)s, %(fields)s, %(message)s, %(at)s, %(due_on)s)
"""
RECEIVERS = """
INSERT INTO share_receipts (notice_id, "grant", consumer, node, answer, told_at)
SELECT %(id)s, g.id, g.consumer_agency, CASE WHEN g.consumer_node = g.provider_node THEN '' ELSE g.consumer_node END, '',
  CASE WHEN g.consumer_node = g.provider_node THEN %(at)s::timestamptz END
FROM exchange_grants g
WHERE g.resource = %(resource)s AND g.provider_agency = %(provider)s AND %(own)s IN ('', g.provider_node)
ORDER BY g.consumer_agency, g.id
"""
ACKNOWLEDGE = """
UPDATE share_receipts SET official = %(official)s, answer = %(answer)s, acknowledged_at = %(at)s
WHERE notice_id = %(notice)s AND consumer = %(agency)s AND node = '' AND acknowledged_at IS NULL
"""
THERE = "SELECT count(*) FROM share_receipts WHERE notice_id = %s AND consumer = %s AND node = ''"


def issue_notice(
    *,
    acting: Acting,
    kind: str,
    resource: str,
    record: str,
    fields: Collection[str],
    message: str,
    at: datetime,
) -> UUID:
    """Correct or recall one record by its key, or, without one, the whole current version of a resource of one's agency.

    Raises NotTheirs, Unreasoned and UnableToRequest.
    """
    version = catalogue.current_version()
    declared = catalogue.library(version).resources.get(resource)
    actor = acting.actor
    if declared is None or actor.role != Role.APPROVER:
        raise NotTheirs
    holder = holder_of(declared, actor.agency, settings.QIPAN_NODE)
    if (holder.node, holder.agency) != ("", actor.agency):
        raise NotTheirs
    problems = {} if kind in KINDS else {"kind": "wrong"}
    if not set(fields) <= {str(field) for field in declared.gives}:
        problems["fields"] = "wrong"
    if len(record) > LONGEST_RECORD:
        problems["record"] = "wrong"
    if problems:
        raise UnableToRequest(problems)
    if not one_line(message):
        raise Unreasoned
    notice = uuid4()
    told = {"kind": kind, "resource": resource, "whole": not record}
    ledger.append([acting.entry("issue_share_notice", f"share_notice:{notice}", **told)], at)
    row = {"id": notice, "kind": kind, "resource": resource, "provider": actor.agency, "official": actor.id}
    row |= {
        "record": record,
        "version": None if record else version,
        "fields": list(fields),
        "message": message,
    }
    due = due_on(timezone.localdate(at), days().correction, WORKING_DAYS)
    records.execute(STORE, {**row, "at": at, "due_on": due})
    records.execute(RECEIVERS, {**row, "own": settings.QIPAN_NODE, "at": at})
    return notice


def acknowledge_notice(*, acting: Acting, notice: UUID, answer: str, at: datetime) -> None:
    """Say for one's agency what was done about a notice; a second time changes nothing. Raises NotTheirs and Unreasoned."""
    actor = acting.actor
    if actor.role not in {Role.REQUESTER, Role.APPROVER} or not records.number(THERE, [notice, actor.agency]):
        raise NotTheirs
    if not one_line(answer):
        raise Unreasoned
    told = {"notice": notice, "agency": actor.agency, "official": actor.id, "answer": answer, "at": at}
    if records.execute(ACKNOWLEDGE, told):
        ledger.append([acting.entry("acknowledge_share_notice", f"share_notice:{notice}")], at)
