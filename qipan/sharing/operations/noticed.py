"""Taking corrections and recalls that another node's agency issued, and what agencies of other nodes say that they did about ours.

Nobody tells in another's name: a notice is taken of the node that is the provider of each grant it names, an answer of the node to
which the notice went. The same again changes nothing; the same number with other words is refused.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from qipan import records
from qipan.core.envelope import SKEW
from qipan.core.grants import End
from qipan.core.share_notices import (
    SIGNED_ANSWER,
    SIGNED_NOTICE,
    Answer,
    NotANotice,
    Notice,
    Receiver,
    read_answer,
    read_notice,
)
from qipan.exchange import queries as exchange
from qipan.exchange.operations import Signed, verify_node
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.people.actors import SYSTEM
from qipan.sharing.errors import UnableToTakeNotice

LATEST = timedelta(days=366)  # by which a notice may want an answer
KEEP = """
INSERT INTO share_notices (id, kind, resource, provider, official, record, version, fields, message, issued_at, due_on, node, issued_by)
VALUES (%(notice)s, %(kind)s, %(resource)s, %(provider)s, 0, %(record)s, nullif(%(library)s, 0), %(fields)s, %(message)s, %(issued)s,
  %(due)s, %(node)s, %(official)s)
ON CONFLICT (id) DO NOTHING
"""
KEPT = """
SELECT kind, resource, provider, record, coalesce(version, 0) AS version, fields, message, issued_at, due_on, node, issued_by
FROM share_notices WHERE id = %s
"""
TELL = """
INSERT INTO share_receipts (notice_id, "grant", consumer, answer)
SELECT %(notice)s, g, consumer, '' FROM unnest(%(grants)s::uuid[], %(agencies)s::text[]) AS one (g, consumer)
ON CONFLICT (notice_id, "grant") DO NOTHING
"""
ANSWERED = """
UPDATE share_receipts SET answer = %(answer)s, answered_by = %(official)s, acknowledged_at = %(at)s, told_at = coalesce(told_at, %(now)s)
WHERE notice_id = %(notice)s AND node = %(node)s AND consumer = %(agency)s AND acknowledged_at IS NULL
"""
ASKED = """
SELECT count(*) FROM share_receipts r JOIN share_notices n ON n.id = r.notice_id
WHERE n.id = %(notice)s AND n.node = '' AND r.node = %(node)s AND r.consumer = %(agency)s
"""


class _Kept(NamedTuple):
    kind: str
    resource: str
    provider: str
    record: str
    version: int
    fields: tuple[str, ...]
    message: str
    issued_at: datetime
    due_on: date
    node: str
    issued_by: str


def take_notice(*, document: bytes, signed: Signed, at: datetime) -> None:
    """Take a notice for agencies of this node. Raises NotANotice, UnableToTakeNotice, and UnableToTake where its node did not sign it."""
    said = read_notice(document)
    verify_node(node=said.node, signed=signed, message=SIGNED_NOTICE + document, at=at)
    if said.to != settings.QIPAN_NODE or said.issued > at + SKEW or said.due > said.issued.date() + LATEST:
        raise UnableToTakeNotice
    for one in said.receivers:
        _check_given(said, one)
    notice = _number(said.notice)
    row = {**said._asdict(), "notice": notice, "fields": list(said.fields)}
    if records.execute(KEEP, row):
        told = {"kind": said.kind, "resource": said.resource, "whole": not said.record, "node": said.node}
        entry = SYSTEM.entry(
            "take_share_notice",
            f"share_notice:{notice}",
            **told,
            agency=said.provider,
            official=said.official,
        )
        ledger.append([entry], at)
    elif records.first(_Kept, KEPT, [notice]) != _as_kept(said):
        raise UnableToTakeNotice
    grants = [_number(one.grant) for one in said.receivers]
    agencies = [one.agency for one in said.receivers]
    records.execute(TELL, {"notice": notice, "grants": grants, "agencies": agencies})


def take_answer(*, document: bytes, signed: Signed, at: datetime) -> None:
    """Take what an agency of another node did about a notice of ours; its first answer stands. Raises as `take_notice` does."""
    said = read_answer(document)
    verify_node(node=said.node, signed=signed, message=SIGNED_ANSWER + document, at=at)
    row = {**said._asdict(), "notice": _number(said.notice)}
    if said.to != settings.QIPAN_NODE or said.at > at + SKEW or not records.number(ASKED, row):
        raise UnableToTakeNotice
    if records.execute(ANSWERED, {**row, "now": at}):
        ledger.append([_answered(said)], at)


def _answered(said: Answer) -> NewEntry:
    told = {"node": said.node, "agency": said.agency, "official": said.official}
    return SYSTEM.entry("acknowledge_share_notice", f"share_notice:{said.notice}", **told)


def _check_given(said: Notice, to: Receiver) -> None:
    """See that this agency of ours was given this resource by that agency of theirs, under this grant, whatever became of it."""
    held = exchange.grant(_number(to.grant))
    wanted = (said.resource, End(said.node, said.provider), End(said.to, to.agency))
    if held is None or (held.grant.resource, held.grant.provider, held.grant.consumer) != wanted:
        raise UnableToTakeNotice


def _as_kept(said: Notice) -> _Kept:
    return _Kept(
        said.kind,
        said.resource,
        said.provider,
        said.record,
        said.library,
        said.fields,
        said.message,
        said.issued,
        said.due,
        said.node,
        said.official,
    )


def _number(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotANotice from None
