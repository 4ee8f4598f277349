"""Documents that people send: photographs and PDF files, at most ten million bytes each."""

import hashlib
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications.errors import NotTheirs, UnableToUpload
from qipan.applications.numbering import new_id
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

LARGEST = 10_000_000
MOST = 20  # of one draft
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
ATTACH = """
INSERT INTO uploads (id, person, draft, application, service, evidence, filename, media_type, size, sha256, content, sent_at)
SELECT %(id)s, place.person, place.draft, place.application, %(service)s, %(evidence)s, %(filename)s, %(media_type)s,
  %(size)s, %(sha256)s, %(content)s, %(at)s
FROM ({place}) AS place
WHERE (SELECT count(*) FROM uploads u WHERE u.draft = place.draft OR u.application = place.application) < %(most)s
"""
TO_DRAFT = """
SELECT d.person, d.id AS draft, NULL::uuid AS application FROM drafts d
WHERE d.id = %(to)s AND d.person = %(person)s AND d.application IS NULL
"""
TO_CASE = """
SELECT a.person, NULL::uuid AS draft, a.id AS application FROM cases c JOIN applications a ON a.id = c.application_id
WHERE c.id = %(to)s AND a.person = %(person)s AND c.state = 'returned' AND c.service = %(service)s
"""
# Two requests with one file, the second sent before the first was answered, take turns at the draft; so does its submission, which
# sees by the changed row that it has to read again. See Note [Submitting while documents come and go].
TAKE_TURNS = "UPDATE drafts d SET updated_at = %(at)s WHERE d.id = %(to)s AND d.person = %(person)s AND d.application IS NULL"
SAME = """
SELECT u.id FROM uploads u
WHERE u.draft = %(to)s AND u.person = %(person)s AND u.service = %(service)s AND u.evidence = %(evidence)s AND u.sha256 = %(sha256)s
"""
SENT = """
SELECT count(*) FROM uploads
WHERE person = %(person)s
  AND (draft = %(to)s OR application = (SELECT application_id FROM cases WHERE id = %(to)s))
"""
REMOVE = """
WITH held AS (
  UPDATE drafts SET updated_at = %(at)s
  WHERE id = (SELECT draft FROM uploads WHERE id = %(upload)s) AND person = %(person)s AND application IS NULL RETURNING id)
DELETE FROM uploads USING held WHERE uploads.id = %(upload)s AND uploads.draft = held.id
"""


class _Same(NamedTuple):
    id: UUID


def attach_upload(
    *,
    acting: Acting,
    draft: UUID,
    service: str,
    evidence: str,
    filename: str,
    content: bytes,
    at: datetime,
) -> UUID:
    """Keep a document for a draft, the same one once; its kind is told by its content. Raises UnableToUpload and NotTheirs."""
    return _attach(TO_DRAFT, acting, draft, named=(service, evidence, filename), content=content, at=at)


def attach_upload_to_case(
    *,
    acting: Acting,
    case: UUID,
    service: str,
    evidence: str,
    filename: str,
    content: bytes,
    at: datetime,
) -> UUID:
    """Keep a document for a case that was returned for correction. Raises UnableToUpload and NotTheirs."""
    upload = _attach(TO_CASE, acting, case, named=(service, evidence, filename), content=content, at=at)
    ledger.append([acting.entry("attach_upload", f"case:{case}", evidence=evidence, upload=str(upload))], at)
    return upload


def remove_upload(*, acting: Acting, upload: UUID, at: datetime) -> None:
    """Take a document back out of a draft. Raises NotTheirs."""
    if not records.execute(REMOVE, {"upload": upload, "person": acting.applicant, "at": at}):
        raise NotTheirs


def media_type_of(content: bytes) -> str:
    """Tell a document's kind by its first bytes. Raises UnableToUpload."""
    if not content:
        raise UnableToUpload(reason="empty")
    if len(content) > LARGEST:
        raise UnableToUpload(reason="too-large", limit=LARGEST)
    for beginning, media_type in BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise UnableToUpload(reason="wrong-type", accepted=tuple(BEGINNINGS.values()))


def _attach(
    place: str, acting: Acting, to: UUID, *, named: tuple[str, str, str], content: bytes, at: datetime
) -> UUID:
    service, evidence, filename = named
    upload = new_id(at)
    document = {
        "id": upload,
        "to": to,
        "person": acting.applicant,
        "service": service,
        "evidence": evidence,
        "filename": filename.replace("\x00", "")[-200:],
        "media_type": media_type_of(content),
        "size": len(content),
        "sha256": hashlib.sha256(content).digest(),
        "content": content,
        "at": at,
        "most": MOST,
    }
    records.execute(TAKE_TURNS, document)
    same = records.first(_Same, SAME, document)
    if same is not None:
        return same.id
    if not records.execute(ATTACH.format(place=place), document):
        raise _why_not(acting, to)
    return upload


def _why_not(acting: Acting, to: UUID) -> UnableToUpload | NotTheirs:
    """A form that is theirs took nothing more because it is full."""
    sent = records.number(SENT, {"to": to, "person": acting.applicant, "most": MOST})
    return UnableToUpload(reason="too-many", limit=MOST) if sent >= MOST else NotTheirs()
