"""What officials do with a case. Each act is one function; each needs the case to be theirs and in a state that allows it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qipan import records
from qipan.applications import deciding
from qipan.applications import outputs as giving
from qipan.applications.errors import NotTheirs, UnableToAct, UnableToGrant, Unreasoned
from qipan.applications.later import advance_later
from qipan.applications.locked import LockedCase, change, lock_applications_of, lock_case
from qipan.applications.models import Application
from qipan.applications.plans import stored
from qipan.core.lifecycle import CaseAct, CaseState
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

ASK = """
INSERT INTO corrections (case_id, fields, evidence, message, official, asked_at) VALUES (%s, %s, %s, %s, %s, %s)
"""
CLAIMED = """
SELECT count(*) FROM facts WHERE application = %s AND kind = 'claim' AND field = ANY(%s)
"""
LONGEST = 2000


class BatchResult(NamedTuple):
    """What became of one case of a batch; ``problem`` None: it was done."""

    case: UUID
    problem: UnableToAct | None


def accept_case(*, acting: Acting, case: UUID, at: datetime) -> None:
    """Accept a case (受理). Raises NotTheirs, NotInThisState."""
    _accept(acting, _theirs(acting, case), at)


def review_case(*, acting: Acting, case: UUID, at: datetime) -> None:
    """Take an accepted case up for review (审查). Raises NotTheirs, NotInThisState."""
    locked = change(_theirs(acting, case), CaseAct.REVIEW, at, handler=acting.actor.id)
    ledger.append([acting.entry("review_case", locked.subject)], at)


def decline_case(*, acting: Acting, case: UUID, reason: str, at: datetime) -> None:
    """Do not accept a case (不予受理), and say why. Raises NotTheirs, NotInThisState, Unreasoned."""
    _end(acting, case, act=CaseAct.DECLINE, name="decline_case", reason=reason, at=at)


def refuse_case(*, acting: Acting, case: UUID, reason: str, at: datetime) -> None:
    """Refuse an accepted case (不予), and say why. Raises NotTheirs, NotInThisState, Unreasoned."""
    _end(acting, case, act=CaseAct.REFUSE, name="refuse_case", reason=reason, at=at)


def return_for_correction(
    *,
    acting: Acting,
    case: UUID,
    message: str,
    at: datetime,
    fields: Collection[str] = (),
    evidence: Collection[str] = (),
) -> None:
    """Ask the person to put fields or documents right (补正); the clock stops. Only the service's own may be marked.

    Raises NotTheirs, NotInThisState, Unreasoned.
    """
    said = _reasoned(message)
    locked = _theirs(acting, case)
    planned = stored(locked.plan).service(locked.service)
    own = {str(field) for field in planned.needs} if planned else set()
    if not set(fields) <= own:
        raise NotTheirs
    locked = change(locked, CaseAct.RETURN, at, handler=acting.actor.id)
    records.execute(ASK, [case, sorted(fields), sorted(evidence), said, acting.actor.id, at])
    details = {"fields": sorted(fields), "evidence": sorted(evidence)}
    ledger.append([acting.entry("return_for_correction", locked.subject, **details)], at)


def grant_case(
    *, acting: Acting, case: UUID, at: datetime, outputs: Mapping[str, object] | None = None
) -> None:
    """Grant an accepted case (准予); outputs that no rule gives must be entered.

    Raises NotTheirs, NotInThisState and UnableToGrant.
    """
    locked = _theirs(acting, case)
    one = deciding.decision(locked, deciding.facts_for(locked), at)
    deciding.grant(one, acting, outputs or {}, at)
    advance_later(locked.application)


def deliver_case(*, acting: Acting, case: UUID, at: datetime) -> None:
    """Hand over what was granted (送达). Raises NotTheirs, NotInThisState."""
    locked = change(_theirs(acting, case), CaseAct.DELIVER, at, delivered_at=at)
    ledger.append([acting.entry("deliver_case", locked.subject)], at)
    advance_later(locked.application)


def accept_cases(*, acting: Acting, cases: Sequence[UUID], at: datetime) -> tuple[BatchResult, ...]:
    """Accept several cases; what cannot be accepted is left as it is, with its reason."""
    return _each(cases, lambda case: accept_case(acting=acting, case=case, at=at))


def grant_cases(*, acting: Acting, cases: Sequence[UUID], at: datetime) -> tuple[BatchResult, ...]:
    """Grant several cases, as far as that is safe: every output follows from its rule, and no fact is contested.

    A case that is only submitted is accepted on the way.
    """
    return _each(cases, lambda case: _grant_safely(acting, case, at))


def retry_application(*, acting: Acting, case: UUID, at: datetime) -> None:
    """Try the failed look-ups of a case's application again. Raises NotTheirs."""
    locked = _theirs(acting, case, stuck=True)
    application = Application.objects.values("without").get(id=locked.application)
    without = [name for name in application["without"] if "(" not in name]
    Application.objects.filter(id=locked.application).update(without=without, trouble="")
    ledger.append([acting.entry("retry_application", f"application:{locked.application}")], at)
    advance_later(locked.application)


def _accept(acting: Acting, locked: LockedCase, at: datetime) -> LockedCase:
    accepted = change(locked, CaseAct.ACCEPT, at, accepted_at=at, handler=acting.actor.id)
    ledger.append([acting.entry("accept_case", accepted.subject)], at)
    return accepted


def _end(acting: Acting, case: UUID, *, act: CaseAct, name: str, reason: str, at: datetime) -> None:
    said = _reasoned(reason)
    locked = change(_theirs(acting, case), act, at, decided_at=at, reason=said, handler=acting.actor.id)
    ledger.append([acting.entry(name, locked.subject)], at)
    advance_later(locked.application)


def _grant_safely(acting: Acting, case: UUID, at: datetime) -> None:
    locked = _theirs(acting, case)
    if locked.state == CaseState.SUBMITTED:
        locked = _accept(acting, locked, at)
    one = deciding.decision(locked, deciding.facts_for(locked), at)
    missing = giving.needs_entry(one.situation)
    if missing:
        raise UnableToGrant(missing=[str(one.of_event(field)) for field in missing])
    needs = [str(need.field) for need in one.service.needs]
    if records.number(CLAIMED, [locked.application, needs]):
        raise UnableToGrant
    deciding.grant(one, acting, {}, at)
    advance_later(locked.application)


def _each(cases: Sequence[UUID], act: Callable[[UUID], None]) -> tuple[BatchResult, ...]:
    """Act on each case in a savepoint of its own."""
    lock_applications_of(cases)
    return tuple(BatchResult(case, _problem(case, act)) for case in dict.fromkeys(cases))


def _problem(case: UUID, act: Callable[[UUID], None]) -> UnableToAct | None:
    try:
        with records.savepoint():
            act(case)
    except UnableToAct as problem:
        return problem
    return None


def _theirs(acting: Acting, case: UUID, *, stuck: bool = False) -> LockedCase:
    """Lock a case that this official handles; any other, and one that has not reached them, looks as if it was not there."""
    locked = lock_case(case)
    here = locked.state != CaseState.WAITING or stuck
    if not (here and acting.handles(locked.agency, locked.service)):
        raise NotTheirs
    return locked


def _reasoned(text: str) -> str:
    said = text.replace("\x00", "").strip()[:LONGEST]
    if not said:
        raise Unreasoned
    return said
