"""Running an application: what became possible is done, what became impossible is stopped, what is missing is asked.

Everything here can be repeated: a step that is done already finds nothing to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from qipan import records
from qipan.applications import deciding, opening, plans
from qipan.applications.agreements import agreed_fields
from qipan.applications.drafting import asking_of, lack, lack_text
from qipan.applications.facts import FactSource, KnownFact, facts_of, learn, papers_of, values_of
from qipan.applications.intake import Asking, field_of
from qipan.applications.locked import LockedApplication, LockedCase, cases_of, change, lock_application
from qipan.applications.lookups import LookedUp
from qipan.applications.models import Application
from qipan.applications.planning import plan_for
from qipan.applications.plans import Planned
from qipan.applications.recording import For, record_calls
from qipan.applications.wallet import CERTIFICATE, held
from qipan.core.elements import Field, Value
from qipan.core.lifecycle import ENDED, FAILED, SUCCEEDED, ApplicationState, CaseAct, CaseState
from qipan.core.plan import Fetch, Reason
from qipan.core.planner import Knowledge
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM

TRIES = 3  # of one look-up, before the plan goes on without it
OVER = frozenset({ApplicationState.FINISHED, ApplicationState.WITHDRAWN})
UNDONE = frozenset({"refused", "false", "absent", "skipped", "not-given"})
FAILURES = """
SELECT step, count(*) AS failed FROM calls
WHERE application = %s AND outcome IN ('down', 'nonsense') GROUP BY step
"""
CLAIMED = """
SELECT DISTINCT field FROM facts WHERE application = %s AND kind = 'claim'
"""


class Settled(NamedTuple):
    """Where an application stands, and the look-ups that may run now; ``failed`` counts their failures so far."""

    application: LockedApplication
    asking: Asking
    facts: Mapping[Field, Value]
    fetches: tuple[Fetch, ...]
    failed: Mapping[str, int]


class _Failed(NamedTuple):
    step: str
    failed: int


class _Key(NamedTuple):
    key: str


def settle_application(*, application: UUID, at: datetime, looked_up: Sequence[LookedUp] = ()) -> Settled:
    """Put look-ups on record, then do everything that follows, until nothing more does. Raises NotTheirs."""
    locked = lock_application(application)
    asking = asking_of(locked.version, locked.event, timezone.localdate(at))
    if looked_up:
        locked = _record(locked, looked_up, at)
    while True:
        state = _state(locked, asking)
        if locked.state in OVER or not _take_step(state, at):
            break
    if locked.state not in OVER:
        _conclude(state, at)
    fetches = () if locked.state in OVER else _ready_fetches(state)
    failed = {row.step: row.failed for row in _failures(locked)}
    return Settled(locked, asking, state.values, fetches, failed)


class _State(NamedTuple):
    """An application at one moment: ``planned`` is what is still to do, ``promised`` the whole as if nothing was done."""

    application: LockedApplication
    asking: Asking
    facts: list[KnownFact]
    values: Mapping[Field, Value]
    cases: list[LockedCase]
    planned: Planned
    knowledge: Knowledge

    @property
    def promised(self) -> Planned:
        """The plan as if no service had been decided."""
        facts = {field_of(fact.field): fact.value for fact in self.facts if fact.kind != "service"}
        knowledge = replace(self.knowledge, facts=facts, granted=frozenset(), refused=frozenset())
        return plan_for(self.application.version, self.application.event, knowledge)


def _state(locked: LockedApplication, asking: Asking) -> _State:
    facts, cases = facts_of(locked.id), cases_of(locked.id)
    values = values_of(facts)
    knowledge = Knowledge(
        facts=values,
        wallet=held(papers_of(locked.id)) if any(fact.kind == CERTIFICATE for fact in facts) else frozenset(),
        stated=frozenset(field_of(fact.field) for fact in facts if fact.kind == "answer"),
        without=frozenset(locked.without),
        lacking=frozenset(map(lack, locked.lacking)),
        skipped=frozenset(locked.skipped),
        granted=frozenset(case.service for case in cases if case.state in SUCCEEDED),
        refused=frozenset(case.service for case in cases if case.state in FAILED),
        identified=True,
        today=asking.today,
        agreed=agreed_fields(locked.version, locked.event, asking.today),
    )
    planned = plan_for(locked.version, locked.event, knowledge)
    return _State(locked, asking, facts, values, cases, planned, knowledge)


# Look-ups


def _record(locked: LockedApplication, looked_up: Sequence[LookedUp], at: datetime) -> LockedApplication:
    record_calls(For(locked.person, application=locked.id), SYSTEM, looked_up, at)
    for one in looked_up:
        learn(locked.id, FactSource("resource", one.step), one.values, at)
    failed = {row.step: row.failed for row in _failures(locked)}
    given_up = {one.step for one in looked_up if failed.get(one.step, 0) >= TRIES or one.outcome == "refused"}
    lacking = {lack_text(one.step, field) for one in looked_up if not one.failed for field in one.lacking}
    changed = locked._replace(
        without=tuple(sorted({*locked.without, *given_up})),
        lacking=tuple(sorted({*locked.lacking, *lacking})),
    )
    if changed != locked:
        Application.objects.filter(id=locked.id).update(
            without=list(changed.without), lacking=list(changed.lacking)
        )
    return changed


def _failures(locked: LockedApplication) -> list[_Failed]:
    return records.rows(_Failed, FAILURES, [locked.id])


def _ready_fetches(state: _State) -> tuple[Fetch, ...]:
    return tuple(
        fetch
        for fetch in state.planned.plan.fetches
        if fetch.resource in state.application.consents
        and all(key in state.values for key, _ in fetch.keys)
        and not all(field in state.values for field, _ in fetch.facts)
    )


# Steps


def _take_step(state: _State, at: datetime) -> bool:
    """Do what can be done at once; whether anything was, so that more may follow."""
    return any(
        [_begin_cases(state, at), _open_cases(state, at), _stop_cases(state, at), _grant_cases(state, at)]
    )


def _begin_cases(state: _State, at: datetime) -> bool:
    """Begin cases of services that a condition, now settled, brought into the plan."""
    begun = {case.service for case in state.cases}
    new = opening.new_cases(state.asking, state.planned.plan, state.values, at, begun)
    if not new:
        return False
    statement = opening.INSERT_CASES.format(application="%(application)s", created="")
    records.execute(statement, {"application": state.application.id, "cases": opening.document(new)})
    ledger.append(opening.entries_of(SYSTEM, new), at)
    return True


def _open_cases(state: _State, at: datetime) -> bool:
    ready = [
        case
        for case in state.cases
        if case.state == CaseState.WAITING
        and (planned := state.planned.service(case.service)) is not None
        and opening.is_ready(state.asking, state.planned.plan, planned, state.values)
    ]
    for case in ready:
        limits = state.asking.library.services[case.service].limits
        due, statutory = opening.clocks(limits, at)
        region, agency = opening.place_of(state.asking, case.service, state.values, at)
        place = {"agency": agency, "region": region}
        change(case, CaseAct.OPEN, at, ready_at=at, due_on=due, statutory_due_on=statutory, **place)
    entries = [
        SYSTEM.entry("open_case", case.subject, service=case.service, agency=case.agency) for case in ready
    ]
    ledger.append(entries, at)
    return bool(ready)


def _stop_cases(state: _State, at: datetime) -> bool:
    """Stop what waits for something that will not come, and what a condition, now settled, leaves out."""
    left = {
        each.service: each.reason
        for each in state.planned.plan.left
        if each.what == "service" and each.settled
    }
    stopped = []
    for case in state.cases:
        reason = left.get(case.service)
        if case.state == CaseState.WAITING and reason is not None and reason.code in UNDONE:
            change(case, CaseAct.STOP, at, reason=reason.code, stopped_by=_stopped_by(reason))
            details = {"reason": reason.code, "services": reason.services}
            stopped.append(SYSTEM.entry("stop_case", case.subject, **details))
    ledger.append(stopped, at)
    return bool(stopped)


def _stopped_by(reason: Reason) -> str:
    return " ".join(reason.services) if reason.code in {"refused", "not-given"} else ""


def _grant_cases(state: _State, at: datetime) -> bool:
    """Grant what a declared rule grants at once, unless the person says that a fact in it is not right."""
    submitted = [
        case
        for case in state.cases
        if case.state == CaseState.SUBMITTED
        and state.asking.library.services[case.service].automatic is not None
    ]
    if not submitted:
        return False
    claimed = {row.key for row in records.rows(_Key, CLAIMED, [state.application.id])}
    granted = False
    for case in submitted:
        one = deciding.decision(case, state.values, at)
        needs = {str(need.field) for need in one.service.needs}
        if not needs & claimed and deciding.is_automatic(one):
            accepted = change(case, CaseAct.ACCEPT, at, accepted_at=at)
            ledger.append([SYSTEM.entry("accept_case", case.subject, automatic=True)], at)
            deciding.grant(one._replace(case=accepted), SYSTEM, {}, at, automatic=True)
            granted = True
    return granted


# Where it stands


def _conclude(state: _State, at: datetime) -> None:
    """Write down where the application stands: asking, running, in trouble, or finished."""
    application = state.application
    over = bool(state.cases) and all(case.state in ENDED for case in state.cases)
    missing = [] if over else [str(question.field) for question in state.planned.plan.questions]
    trouble = "" if over else _trouble(state)
    now = (
        ApplicationState.FINISHED
        if over
        else ApplicationState.ASKING
        if missing
        else ApplicationState.RUNNING
    )
    if now != application.state:
        ledger.append([SYSTEM.entry("turn_" + now, f"application:{application.id}", missing=missing)], at)
    plan = _promise(state, at)
    Application.objects.filter(id=application.id).update(
        state=now, missing=missing, trouble=trouble, plan=plan, closed_at=at if over else None
    )


def _trouble(state: _State) -> str:
    """Name a source without which a service cannot go on and about which the person cannot be asked."""
    waiting = {case.service for case in state.cases if case.state == CaseState.WAITING}
    for left in state.planned.plan.left:
        if (
            left.what == "service"
            and left.service in waiting
            and left.settled
            and left.reason.code not in UNDONE
        ):
            return " ".join([left.reason.code, *left.reason.resources])
    return ""


def _promise(state: _State, at: datetime) -> str:
    """Keep the plan that was promised, unless it no longer says what each service in hand needs."""
    promised, kept = state.promised, plans.stored(state.application.plan)
    if promised.digest == kept.digest or promised.visible == kept.visible:
        return kept.digest
    in_hand = {case.service for case in state.cases if case.state != CaseState.WAITING}
    if not in_hand <= {each.service for each in promised.plan.services}:
        return kept.digest
    plans.store(promised)
    ledger.append([SYSTEM.entry("replan", f"application:{state.application.id}", plan=promised.digest)], at)
    return promised.digest
