"""What a person does after submission: answer what is asked late or returned, and withdraw."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from qipan import records
from qipan.adapters.working_days import WORKING_DAYS
from qipan.applications import opening
from qipan.applications.assuring import is_theirs
from qipan.applications.drafting import asking_of
from qipan.applications.errors import NotTheirs, UnableToAnswer
from qipan.applications.facts import FactSource, learn
from qipan.applications.intake import failure_of, read
from qipan.applications.later import advance_later
from qipan.applications.locked import (
    LockedApplication,
    LockedCase,
    cases_of,
    change,
    lock_application,
    lock_case,
)
from qipan.applications.models import Application
from qipan.applications.plans import stored
from qipan.core.checks import CheckFailure
from qipan.core.declarations import Library
from qipan.core.elements import NO_CHECKS, Checks, Field, Value
from qipan.core.lifecycle import TRANSITIONS, ApplicationState, CaseAct, CaseState
from qipan.core.worktime import working_days
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

OPEN_CORRECTION = """
SELECT id, fields, evidence, asked_at,
  ARRAY(SELECT DISTINCT u.evidence FROM uploads u WHERE u.application = %s AND u.service = %s AND u.sent_at >= asked_at) AS sent
FROM corrections WHERE case_id = %s AND answered_at IS NULL
"""


class _Correction(NamedTuple):
    id: int
    fields: tuple[str, ...]
    evidence: tuple[str, ...]
    asked_at: datetime
    sent: tuple[str, ...]


def answer_missing(*, acting: Acting, application: UUID, answers: Mapping[str, object], at: datetime) -> None:
    """Answer what no source could give; every missing field at once. Raises NotTheirs, UnableToAnswer."""
    locked = lock_application(application)
    if (
        not is_theirs(acting, locked.person, locked.version, locked.event)
        or locked.state != ApplicationState.ASKING
    ):
        raise NotTheirs
    checks = dict.fromkeys(locked.missing, NO_CHECKS)
    values = _good(locked, answers, checks, at)
    learn(application, FactSource("answer"), values, at)
    Application.objects.filter(id=application).update(state=ApplicationState.RUNNING, missing=[])
    ledger.append(
        [acting.entry("answer_missing", f"application:{application}", fields=sorted(map(str, values)))], at
    )
    advance_later(application)


def answer_correction(*, acting: Acting, case: UUID, answers: Mapping[str, object], at: datetime) -> None:
    """Put right what was returned; the clock goes on, later by the days it stood. Raises NotTheirs, UnableToAnswer."""
    locked = lock_case(case)
    if not is_theirs(acting, locked.person, locked.version, locked.event):
        raise NotTheirs
    correction = records.first(_Correction, OPEN_CORRECTION, [locked.application, locked.service, case])
    if correction is None:
        raise NotTheirs
    unsent = [(locked.service, name) for name in correction.evidence if name not in correction.sent]
    values = _good(locked, answers, _service_checks(locked, correction.fields), at, unsent)
    learn(locked.application, FactSource("answer"), values, at)
    change(locked, CaseAct.ANSWER, at, **_later(locked, correction.asked_at, at))
    records.execute("UPDATE corrections SET answered_at = %s WHERE id = %s", [at, correction.id])
    details = {"fields": sorted(map(str, values))}
    ledger.append([acting.entry("answer_correction", locked.subject, **details)], at)
    advance_later(locked.application)


def withdraw_case(*, acting: Acting, case: UUID, at: datetime, reason: str = "") -> None:
    """Withdraw one case before it is decided (撤回). Raises NotTheirs, NotInThisState."""
    locked = lock_case(case)
    if not is_theirs(acting, locked.person, locked.version, locked.event):
        raise NotTheirs
    _withdraw(acting, locked, reason, at)
    advance_later(locked.application)


def withdraw_application(*, acting: Acting, application: UUID, at: datetime, reason: str = "") -> None:
    """Withdraw every case that is not decided yet. Raises NotTheirs, also when there is none."""
    locked = lock_application(application)
    if not is_theirs(acting, locked.person, locked.version, locked.event):
        raise NotTheirs
    undecided = [
        case for case in cases_of(application) if CaseAct.WITHDRAW in TRANSITIONS[CaseState(case.state)]
    ]
    if not undecided:
        raise NotTheirs
    for case in undecided:
        _withdraw(acting, case, reason, at)
    ledger.append([acting.entry("withdraw_application", f"application:{application}")], at)
    advance_later(application)


def _withdraw(acting: Acting, case: LockedCase, reason: str, at: datetime) -> None:
    change(case, CaseAct.WITHDRAW, at, reason=reason.replace("\x00", "")[:2000])
    ledger.append([acting.entry("withdraw_case", case.subject)], at)


def _good(
    locked: LockedApplication | LockedCase,
    answers: Mapping[str, object],
    checks: Mapping[str, Checks],
    at: datetime,
    unsent: Sequence[tuple[str, str]] = (),
) -> dict[Field, Value]:
    """Read and check the answers to these fields and no others; raises UnableToAnswer with everything wrong at once."""
    asking = asking_of(locked.version, locked.event, timezone.localdate(at))
    good: dict[Field, Value] = {}
    wrong: list[tuple[str, CheckFailure]] = []
    for name, check in checks.items():
        field = Field.parse(name)
        element = asking.element(field)
        value = read(answers.get(name), element) if element else None
        failure = value if isinstance(value, CheckFailure) else None
        if value is not None and not isinstance(value, CheckFailure):
            good[field] = value
            failure = failure_of(asking, field, value, check)
        if failure:
            wrong.append((name, failure))
    unanswered = [name for name in checks if Field.parse(name) not in good and name not in dict(wrong)]
    if unanswered or wrong or unsent:
        raise UnableToAnswer(unanswered=unanswered, invalid=wrong, documents=unsent)
    return good


def _service_checks(case: LockedCase, names: Sequence[str]) -> dict[str, Checks]:
    """The checks that the service puts on its fields, by the event's fields."""
    planned = stored(case.plan).service(case.service)
    parties = {party: own for own, party in planned.parties} if planned else {}
    library = _library(case)
    own_checks = {need.field: need.checks for need in library.services[case.service].needs}
    fields = {name: Field.parse(name) for name in names}
    return {
        name: own_checks.get(Field(parties.get(field.party, field.party), field.word), NO_CHECKS)
        for name, field in fields.items()
    }


def _library(case: LockedCase) -> Library:
    return asking_of(case.version, case.event, date.min).library


def _later(case: LockedCase, asked_at: datetime, at: datetime) -> dict[str, object]:
    """Move the due dates by the working days for which the clock stood."""
    stood = working_days(timezone.localdate(asked_at), timezone.localdate(at), WORKING_DAYS)
    paused = case.paused_days + stood
    limits = _library(case).services[case.service].limits
    due, statutory = opening.clocks(limits, case.ready_at or at, paused)
    return {"paused_days": paused, "due_on": due, "statutory_due_on": statutory}
