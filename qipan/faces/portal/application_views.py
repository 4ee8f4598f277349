"""What the pages of a submitted application show: where each case stands, what is owed, and what came of it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from qipan.adapters.working_days import WORKING_DAYS
from qipan.applications.rows import ApplicationDetail, CaseOfApplication, CorrectionRow
from qipan.core.elements import Field
from qipan.core.lifecycle import ENDED, SUCCEEDED, TRANSITIONS, ApplicationState, CaseAct, CaseState
from qipan.core.plan import Plan
from qipan.core.worktime import due_on
from qipan.faces.look.lanes import Step, Track, draw
from qipan.faces.look.state_words import Said, application_state, case_state
from qipan.faces.look.titles import Titles
from qipan.faces.look.values import shown
from qipan.faces.portal.draft_views import element_of
from qipan.faces.portal.estimates import START, in_order, last_day

RATEABLE = (SUCCEEDED | {CaseState.REFUSED, CaseState.NOT_ACCEPTED}) & (ENDED | SUCCEEDED)


class CaseLine(NamedTuple):
    """One row of the progress. The first row is the start, and has a `note` alone."""

    start: bool
    note: str = ""
    id: UUID | None = None
    title: str = ""
    agency: str = ""
    state: Said = Said("", "neutral")
    lines: tuple[str, ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    certificates: tuple[str, ...] = ()
    done_on: str = ""
    rating: int | None = None
    can_rate: bool = False


class CorrectionNotice(NamedTuple):
    """What an agency wants put right."""

    id: UUID
    title: str
    agency: str
    message: str


class ApplicationPage(NamedTuple):
    """All that the progress shows; `stamp` changes when anything of it does."""

    number: str
    title: str
    state: Said
    open: bool
    progress: str
    submitted_at: str
    due: str
    asking: int
    corrections: tuple[CorrectionNotice, ...]
    track: Track
    rows: int
    has_results: bool
    withdrawable: tuple[tuple[UUID, str], ...]
    stamp: str


def application_page(detail: ApplicationDetail, titles: Titles) -> ApplicationPage:
    """Put the progress together."""
    cases = {case.service: case for case in detail.cases}
    corrections = {one.case: one for one in detail.corrections if one.answered_at is None}
    lines = {
        name: _case_line(case, detail.plan, corrections.get(case.id), titles) for name, case in cases.items()
    }
    is_open = detail.state in {ApplicationState.RUNNING, ApplicationState.ASKING}
    track = _track(detail, lines)
    return ApplicationPage(
        number=detail.number,
        title=titles.event.title.say(titles.language),
        state=application_state(detail.state, awaits_person=bool(corrections)),
        open=is_open,
        progress=progress_words(sum(_ended(case) for case in detail.cases), len(detail.cases)),
        submitted_at=date_format(timezone.localtime(detail.submitted_at), "DATETIME_FORMAT"),
        due=_promised(detail),
        asking=len(detail.missing) if detail.state == ApplicationState.ASKING else 0,
        corrections=tuple(_notice(one, cases, titles) for one in corrections.values()),
        track=track,
        rows=len(track.rows),
        has_results=any(case.state in SUCCEEDED for case in detail.cases),
        withdrawable=tuple(
            (case.id, titles.service(case.service))
            for case in detail.cases
            if CaseAct.WITHDRAW in TRANSITIONS[CaseState(case.state)]
        ),
        stamp=_stamp(detail),
    )


def results(detail: ApplicationDetail, titles: Titles) -> tuple[CaseLine, ...]:
    """The cases that were granted, with what they gave."""
    return tuple(
        _case_line(case, detail.plan, None, titles) for case in detail.cases if case.state in SUCCEEDED
    )


def progress_words(ended: int, cases: int) -> str:
    """How far an application is."""
    return _("办完 %(ended)s 件，共 %(cases)s 件") % {"ended": ended, "cases": cases}


def agency_name(case: CaseOfApplication, titles: Titles) -> str:
    """The agency that handles a case, by its own name."""
    return (case.agency_zh if titles.chinese else case.agency_en or case.agency_zh) or case.agency


def _ended(case: CaseOfApplication) -> bool:
    return CaseState(case.state) in ENDED


def _track(detail: ApplicationDetail, lines: Mapping[str, CaseLine]) -> Track:
    steps = [Step(START, (), START, CaseLine(start=True, note=_start_note(detail)))]
    planned = {service.service: service for service in in_order(detail.plan)}
    for name in (*planned, *(name for name in lines if name not in planned)):
        if name in lines:
            waits = planned[name].waits_for if name in planned else ()
            line = lines[name]
            steps.append(Step(name, waits or (START,), line.state.tone, line))
    return draw(steps, {START, *detail.plan.critical_path})


def _start_note(detail: ApplicationDetail) -> str:
    done = sum(call.outcome in {"ok", "none"} for call in detail.calls)
    failed = len(
        {call.step for call in detail.calls if call.outcome in {"down", "nonsense"}}
        - {call.step for call in detail.calls if call.outcome in {"ok", "none"}}
    )
    said = _("替您到各部门查了 %(done)s 次，查到的都没有让您填。") % {"done": done} if done else ""
    if failed:
        said += _("有 %(failed)s 处暂时查不通，正在再试。") % {"failed": failed}
    return said


def _case_line(
    case: CaseOfApplication, plan: Plan, correction: CorrectionRow | None, titles: Titles
) -> CaseLine:
    state = CaseState(case.state)
    decided = case.delivered_at or case.decided_at
    issued = titles.library.services[case.service].issues if state in SUCCEEDED else ()
    return CaseLine(
        start=False,
        id=case.id,
        title=titles.service(case.service),
        agency=agency_name(case, titles),
        state=case_state(case.state),
        lines=tuple(_lines(case, plan, correction, titles)),
        results=_outputs(case, titles),
        certificates=tuple(titles.certificate(name) for name in issued),
        done_on=date_format(timezone.localdate(decided)) if decided else "",
        rating=case.rating,
        can_rate=case.rating is None and state in RATEABLE,
    )


def _lines(
    case: CaseOfApplication, plan: Plan, correction: CorrectionRow | None, titles: Titles
) -> Iterable[str]:
    state = CaseState(case.state)
    if state is CaseState.WAITING:
        waits = next((one.waits_for for one in plan.services if one.service == case.service), ())
        if waits:
            yield _("等这些办好就开始：%(services)s") % {
                "services": titles.listed(map(titles.service, waits))
            }
    elif state is CaseState.STOPPED:
        yield _("因为“%(service)s”没有办成，这一件办不了了。") % {"service": titles.service(case.stopped_by)}
    elif state in {CaseState.REFUSED, CaseState.NOT_ACCEPTED}:
        yield _("原因：%(reason)s") % {"reason": case.reason}
        yield _("不同意的话，可以在 60 日内申请行政复议，或者在 6 个月内提起行政诉讼。")
    elif state in SUCCEEDED and case.decided_at:
        day = date_format(timezone.localdate(case.decided_at))
        yield _("%(day)s自动办结") % {"day": day} if case.automatic else _("%(day)s批准") % {"day": day}
    elif correction is not None:
        yield _("补正期间不计时。")
    elif case.due_on and state not in ENDED:
        yield _("最晚%(day)s办好") % {"day": date_format(case.due_on)}


def _outputs(case: CaseOfApplication, titles: Titles) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            titles.field(Field.parse(name)),
            shown(value, element_of(titles, name), titles.library.codes, titles.language),
        )
        for name, value in case.outputs.items()
    )


def _notice(
    correction: CorrectionRow, cases: Mapping[str, CaseOfApplication], titles: Titles
) -> CorrectionNotice:
    case = cases[correction.service]
    return CorrectionNotice(
        case.id, titles.service(case.service), agency_name(case, titles), correction.message
    )


def _promised(detail: ApplicationDetail) -> str:
    """When the last case will be done, as promised at submission; empty once something has come in between."""
    states = {CaseState(case.state) for case in detail.cases}
    if not states <= {
        CaseState.WAITING,
        CaseState.SUBMITTED,
        CaseState.ACCEPTED,
        CaseState.REVIEWING,
        *SUCCEEDED,
    }:
        return ""
    submitted = timezone.localdate(detail.submitted_at)
    return date_format(due_on(submitted, last_day(detail.plan), WORKING_DAYS))


def _stamp(detail: ApplicationDetail) -> str:
    states = [(case.service, case.state, case.rating, len(case.outputs)) for case in detail.cases]
    moving = (
        detail.state,
        states,
        len(detail.calls),
        [one.answered_at is None for one in detail.corrections],
    )
    return hashlib.blake2b(repr(moving).encode(), digest_size=8).hexdigest()
