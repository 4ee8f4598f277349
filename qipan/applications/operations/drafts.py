"""Drafts: what someone types is kept as typed, and belongs to nobody else.

Drafts are not acts: nothing is entered in the trail before submission, save consent and the look-ups made under it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from qipan import records
from qipan.applications.assuring import assure
from qipan.applications.errors import NotTheirs, UnableToStart
from qipan.applications.numbering import new_id
from qipan.applications.rows import Learned
from qipan.applications.wallet import OFFERED
from qipan.catalogue import queries as catalogue
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

START = """
INSERT INTO drafts (id, person, event, version, answers, claims, facts, consents, without, lacking, skipped, updated_at)
VALUES (%s, %s, %s, %s, %s, '{}', '{}', '{}', '{}', '{}', %s, %s)
"""
# An empty text clears an answer; a `null` parameter leaves the column as it is.
SAVE = """
UPDATE drafts SET answers = (answers || %(answers)s) - %(cleared)s::text[],
  claims = (claims || %(claims)s) - %(withdrawn)s::text[],
  skipped = coalesce(%(skipped)s::text[], skipped), updated_at = %(at)s
WHERE id = %(draft)s AND application IS NULL AND person = %(person)s
"""
CONSENT = """
UPDATE drafts SET
  facts = (SELECT coalesce(jsonb_object_agg(step, given), '{}') FROM jsonb_each(facts) AS kept (step, given)
    WHERE split_part(step, '(', 1) <> ALL (%(refused)s::text[])),
  consents = ARRAY(SELECT DISTINCT unnest(consents || %(given)s::text[]) EXCEPT SELECT unnest(%(refused)s::text[]) ORDER BY 1),
  without = ARRAY(SELECT DISTINCT unnest(without || %(refused)s::text[]) EXCEPT SELECT unnest(%(given)s::text[]) ORDER BY 1),
  updated_at = %(at)s
WHERE id = %(draft)s AND application IS NULL AND person = %(person)s
"""
# What a draft keeps of certificates is put in anew as a whole; a draft in which nothing changes is not written.
OFFER = """
UPDATE drafts SET facts = kept.rest || %(offered)s
FROM (SELECT id, (SELECT coalesce(jsonb_object_agg(step, given), '{}') FROM jsonb_each(facts) AS one (step, given)
    WHERE given->>'kind' <> 'wallet') AS rest FROM drafts WHERE id = %(draft)s) AS kept
WHERE drafts.id = kept.id AND application IS NULL AND person = %(person)s AND facts <> kept.rest || %(offered)s
"""
DISCARD = """
WITH gone AS (DELETE FROM drafts WHERE id = %s AND person = %s AND application IS NULL RETURNING *)
INSERT INTO discarded_drafts (id, person, draft, discarded_at) SELECT id, person, to_jsonb(gone), %s FROM gone
"""
RESTORE = """
WITH back AS (DELETE FROM discarded_drafts WHERE id = %s AND person = %s RETURNING draft)
INSERT INTO drafts SELECT whole.* FROM back, jsonb_populate_record(NULL::drafts, back.draft) AS whole
"""
FORGET = """
WITH old AS (DELETE FROM discarded_drafts WHERE discarded_at < %s RETURNING id)
DELETE FROM uploads USING old WHERE uploads.draft = old.id
"""
KEPT = timedelta(hours=1)  # how long a draft that was thrown away can be had back
LONGEST = 2000  # characters of one answer as it is kept


def start_draft(
    *,
    acting: Acting,
    person: int,
    event: str,
    at: datetime,
    answers: Mapping[str, object] | None = None,
    skipped: Collection[str] = (),
) -> UUID:
    """Begin a form for one life event on the library as it stands; raises NotTheirs, UnableToStart, NotCovered and NotKnownWell."""
    if not acting.may_apply_for(person):
        raise NotTheirs
    version = catalogue.current_version()
    if version == 0 or event not in catalogue.library(version).events:
        raise UnableToStart(reason="no-event", event=event)
    assure(acting, version, event)
    draft = new_id(at)
    kept = records.jsonb(_kept(answers or {}))
    records.execute(START, [draft, person, event, version, kept, sorted(skipped), at])
    return draft


def save_answers(
    *,
    acting: Acting,
    draft: UUID,
    answers: Mapping[str, object],
    at: datetime,
    claims: Mapping[str, str] | None = None,
    skipped: Collection[str] | None = None,
) -> None:
    """Keep what was typed, right or wrong; the form's view says what is wrong. An empty text clears. Raises NotTheirs."""
    kept, claimed = _kept(answers), _kept(claims or {})
    changed = records.execute(
        SAVE,
        {
            "answers": records.jsonb({field: value for field, value in kept.items() if value != ""}),
            "cleared": [field for field, value in kept.items() if value == ""],
            "claims": records.jsonb({field: value for field, value in claimed.items() if value != ""}),
            "withdrawn": [field for field, value in claimed.items() if value == ""],
            "skipped": None if skipped is None else sorted(skipped),
            "at": at,
            "draft": draft,
            "person": acting.applicant,
        },
    )
    if not changed:
        raise NotTheirs


def consent(
    *, acting: Acting, draft: UUID, at: datetime, resources: Collection[str], refused: Collection[str] = ()
) -> None:
    """Allow look-ups in some resources and refuse others: what a refused one gives is asked, and forgotten if it was known.

    Raises NotTheirs.
    """
    given = {"given": sorted(resources), "refused": sorted(refused)}
    if not records.execute(CONSENT, {**given, "at": at, "draft": draft, "person": acting.applicant}):
        raise NotTheirs
    if resources or refused:
        ledger.append([acting.entry("consent", f"draft:{draft}", **given)], at)


def offer_certificates(*, acting: Acting, draft: UUID, papers: Collection[Learned]) -> None:
    """Keep beside a draft the certificates that the person holds now, in place of those that they held before.

    Each is of the kind ``wallet``, its ``via`` the kind of certificate and its number with a ``#`` between.
    """
    offered = {
        one.via: {"kind": OFFERED, "at": one.at.isoformat(), "facts": dict(one.facts)} for one in papers
    }
    records.execute(OFFER, {"offered": records.jsonb(offered), "draft": draft, "person": acting.applicant})


def discard_draft(*, acting: Acting, draft: UUID, at: datetime) -> bool:
    """Throw a draft away, and what was sent with it; whether there was one. For a while it can be restored."""
    return bool(records.execute(DISCARD, [draft, acting.applicant, at]))


def restore_draft(*, acting: Acting, draft: UUID) -> None:
    """Have back a draft that was thrown away, just as it was, documents included. Raises NotTheirs."""
    if not records.execute(RESTORE, [draft, acting.applicant]):
        raise NotTheirs


def forget_discarded_drafts(*, at: datetime) -> None:
    """Delete for good what was thrown away a while ago."""
    records.execute(FORGET, [at - KEPT])


def _kept(typed: Mapping[str, object]) -> dict[str, object]:
    """What can be kept of what was typed: PostgreSQL's jsonb takes no NUL, and no answer is a book."""
    return {
        str(field): value.replace("\x00", "")[:LONGEST] if isinstance(value, str) else value
        for field, value in typed.items()
    }
