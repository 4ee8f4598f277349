"""Submitting a form: once, complete, and checked to the last answer.

Note [Submitting while documents come and go]
Whoever types into a draft, sends a document for it or removes one changes the draft's row, and whoever throws it away removes it. The
statement that submits takes the row as it was read, or writes nothing; then all is read and checked again. So what is
submitted is what was checked, and every document is the application's or still the draft's.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from qipan import records
from qipan.applications.agreements import agreed_fields
from qipan.applications.assuring import assure
from qipan.applications.drafting import (
    IDENTITY,
    Kept,
    asking_of,
    kept_facts,
    lack,
    still_known,
    values_in,
    wallet_in,
)
from qipan.applications.errors import NotTheirs, UnableToStart, UnableToSubmit
from qipan.applications.insertion import Submission, insert
from qipan.applications.intake import Answered, Asking, Identity, identity_facts, take_in
from qipan.applications.planning import resources_of
from qipan.applications.rows import Learned, Submitted
from qipan.core.declarations import MeetKind
from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge
from qipan.core.planner.knowledge import HeldCertificate
from qipan.people.actors import Acting

READ = f"""
SELECT {IDENTITY}, (SELECT coalesce(max(number), 0) FROM library_versions) AS current_version,
  d.id AS draft, d.event, d.version, d.answers, d.claims, d.facts, d.consents, d.without, d.lacking, d.skipped,
  ARRAY(SELECT DISTINCT u.service || ' ' || u.evidence FROM uploads u WHERE u.draft = d.id) AS sent,
  a.id AS application, a.number, d.xmin::text AS written_by
FROM persons p LEFT JOIN persons r ON r.id = p.represented_by LEFT JOIN drafts d ON d.id = %(draft)s AND d.person = p.id
  LEFT JOIN applications a ON a.person = p.id AND a.idempotency_key = %(key)s
WHERE p.id = %(person)s
"""
EXISTING = """
SELECT number, id AS application, false AS created FROM applications WHERE person = %s AND idempotency_key = %s
"""
LONGEST_KEY = 200
ATTEMPTS = 20  # at a draft that changes whenever it has just been read


class _Start(NamedTuple):
    name: str
    id_number: str
    phone: str
    enterprise: str
    credit_code: str
    current_version: int
    draft: UUID | None
    event: str | None
    version: int | None
    answers: Mapping[str, object] | None
    claims: Mapping[str, str] | None
    facts: Kept | None
    consents: tuple[str, ...] | None
    without: tuple[str, ...] | None
    lacking: tuple[str, ...] | None
    skipped: tuple[str, ...] | None
    sent: tuple[str, ...]
    application: UUID | None
    number: str | None
    written_by: str | None


class _Content(NamedTuple):
    """What is being submitted; ``sent`` names the documents as ``service evidence``."""

    event: str
    version: int
    answers: Mapping[str, object]
    consents: frozenset[str]
    skipped: frozenset[str]
    claims: Mapping[str, str] = {}
    facts: Kept = {}
    without: frozenset[str] = frozenset()
    lacking: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()


def submit_application(
    *,
    acting: Acting,
    person: int,
    idempotency_key: str,
    at: datetime,
    draft: UUID | None = None,
    event: str = "",
    answers: Mapping[str, object] | None = None,
    consents: Collection[str] = (),
    skipped: Collection[str] = (),
) -> Submitted:
    """Submit a draft, or an event's answers at once; the same key always gives the same application.

    Look-ups that nobody consented to are not made: what they would give must have been answered. It needs no transaction around it.
    See Note [Exactly one application] and Note [One statement, one transaction]. Raises NotTheirs, UnableToStart,
    NotCovered, NotKnownWell and UnableToSubmit.
    """
    if not acting.may_apply_for(person):
        raise NotTheirs
    key = f"draft:{draft}" if draft else f"key:{idempotency_key[:LONGEST_KEY]}"
    for _attempt in range(ATTEMPTS):
        asked = {"draft": draft, "person": person, "key": key}
        start = records.prepared(_Start, READ, asked)
        if start is None or (draft is not None and start.draft is None):
            raise NotTheirs
        if start.application is not None and start.number is not None:
            return Submitted(start.number, start.application, created=False)
        given = _Content(event, start.current_version, answers or {}, frozenset(consents), frozenset(skipped))
        content = _with_draft(given, start)
        submission = _submission(start, content, acting=acting, person=person, key=key, at=at)
        done = insert(submission, at) or records.first(Submitted, EXISTING, [person, key])
        if done is not None:
            return done
    raise UnableToSubmit


def _with_draft(given: _Content, start: _Start) -> _Content:
    """Put what is given on top of what the draft holds."""
    if start.draft is None:
        return given
    return _Content(
        start.event or "",
        start.version or 0,
        {**(start.answers or {}), **given.answers},
        frozenset(start.consents or ()) | given.consents,
        frozenset(start.skipped or ()) | given.skipped,
        start.claims or {},
        start.facts or {},
        frozenset(start.without or ()) - given.consents,
        tuple(start.lacking or ()),
        frozenset(start.sent),
    )


def _submission(
    start: _Start, content: _Content, *, acting: Acting, person: int, key: str, at: datetime
) -> Submission:
    asking = _asking(content, at)
    assure(acting, asking.version, asking.event.name)
    identity = identity_facts(asking.event, _identity(start))
    without = content.without | (resources_of(asking.version, asking.event.name) - content.consents)
    looked_up = still_known(asking, identity, kept_facts(content.facts), content.answers)
    base = {**values_in(looked_up), **identity}
    answered = _complete(asking, content, base, without, wallet_in(looked_up))
    return Submission(
        acting=acting,
        person=person,
        key=key,
        draft=start.draft,
        written_by=start.written_by,
        asking=asking,
        answered=answered,
        values={**base, **answered.values},
        learned=[
            Learned("identity", "", _written(identity), at),
            *looked_up,
            Learned("answer", "", _written(answered.values), at),
            Learned("claim", "", content.claims, at),
        ],
        consents=sorted(content.consents),
        without=sorted(without),
        lacking=content.lacking,
        skipped=sorted(content.skipped),
    )


def _identity(start: _Start) -> Identity:
    return Identity(start.name, start.id_number, start.phone, start.enterprise, start.credit_code)


def _asking(content: _Content, at: datetime) -> Asking:
    if content.version == 0:
        raise UnableToStart(reason="no-library")
    try:
        return asking_of(content.version, content.event, timezone.localdate(at))
    except KeyError as missing:
        raise UnableToStart(reason="no-event", event=content.event) from missing


def _complete(
    asking: Asking,
    content: _Content,
    base: Mapping[Field, Value],
    without: frozenset[str],
    wallet: frozenset[HeldCertificate],
) -> Answered:
    """Take in the answers; raises UnableToSubmit with everything that is missing or wrong at once."""
    knowledge = Knowledge(
        facts=base,
        wallet=wallet,
        without=without,
        lacking=frozenset(map(lack, content.lacking)),
        skipped=content.skipped,
        identified=True,
        today=asking.today,
        agreed=agreed_fields(asking.version, asking.event.name, asking.today),
    )
    answered = take_in(asking, knowledge, content.answers)
    unsent = [
        (each.service, each.evidence)
        for each in answered.planned.plan.evidence
        if each.met_by is MeetKind.UPLOAD and f"{each.service} {each.evidence}" not in content.sent
    ]
    if answered.unanswered or answered.failures or unsent:
        failures = [(str(field), failure) for field, failure in answered.failures.items()]
        raise UnableToSubmit(
            unanswered=list(map(str, answered.unanswered)), invalid=failures, documents=unsent
        )
    return answered


def _written(facts: Mapping[Field, Value]) -> dict[str, Value]:
    return {str(field): value for field, value in facts.items()}
