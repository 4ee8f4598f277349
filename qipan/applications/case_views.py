"""A case as officials see it: plain values, worded in their language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from qipan.applications import crossings, plans
from qipan.applications import outputs as giving
from qipan.applications.drafting import asking_of
from qipan.applications.forms import FormDocument, Option, as_typed, shown, words_of
from qipan.applications.intake import Asking
from qipan.applications.outputs import Situation
from qipan.applications.rows import CaseFact, CorrectionRow, EntryRow, Filed, UploadRow
from qipan.core import valve
from qipan.core.elements import NO_CHECKS, Checks, ElementType, Field, Value
from qipan.core.lifecycle import CaseAct, CaseState, allowed_acts
from qipan.core.masking import Masked
from qipan.core.plan import PlannedService
from qipan.core.valve import Shown


class CaseRow(NamedTuple):
    """A case as its statement gives it."""

    id: UUID
    number: str
    application: UUID
    event: str
    version: int
    plan: str
    trouble: str
    service: str
    agency: str
    region: str
    state: str
    ready_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    delivered_at: datetime | None
    due_on: date | None
    statutory_due_on: date | None
    paused_days: int
    automatic: bool
    reason: str
    outputs: Mapping[str, Value]
    facts: str
    corrections: str
    uploads: str
    history: str
    filed: str


class ShownFact(NamedTuple):
    """A fact of the case and where it came from; ``claim`` is what the person says instead.

    ``verdict`` and ``rule`` are the valve's: what is masked or refused is no fact to go by.
    """

    field: str
    party: str
    party_title: str
    title: str
    shown: str
    kind: str
    via: str
    via_title: str
    agency_title: str
    learned_at: datetime
    claim: str
    verdict: str
    rule: str


class ShownOutput(NamedTuple):
    """What a grant gives: ``shown`` once granted; ``by_rule`` where nobody needs to enter it, ``suggested`` what the rule gives,
    as it stands in a form, empty where that comes with the grant (a number of its own).
    """

    field: str
    party_title: str
    title: str
    type: ElementType
    options: tuple[Option, ...]
    checks: Checks
    by_rule: bool
    rule: str
    suggested: str
    shown: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case. ``acts`` are those that its state allows an official; ``safe`` to grant in a batch."""

    id: UUID
    number: str
    event: str
    event_title: str
    version: int
    service: str
    service_title: str
    agency: str
    state: str
    acts: tuple[CaseAct, ...]
    safe: bool
    ready_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    delivered_at: datetime | None
    due_on: date | None
    statutory_due_on: date | None
    paused_days: int
    automatic: bool
    reason: str
    trouble: str
    facts: tuple[ShownFact, ...]
    documents: tuple[FormDocument, ...]
    outputs: tuple[ShownOutput, ...]
    corrections: tuple[CorrectionRow, ...]
    history: tuple[EntryRow, ...]
    filed: Filed | None = None


_THEIRS = frozenset(CaseAct) - {CaseAct.OPEN, CaseAct.ANSWER, CaseAct.WITHDRAW, CaseAct.STOP}


def case_view(
    row: CaseRow,
    *,
    facts: Sequence[CaseFact],
    corrections: tuple[CorrectionRow, ...],
    uploads: Sequence[UploadRow],
    history: tuple[EntryRow, ...],
    filed: Filed | None,
    language: str,
    today: date,
) -> CaseView:
    """Put a case together."""
    asking = asking_of(row.version, row.event, today)
    service = asking.library.services[row.service]
    outputs = _outputs(asking, row, facts, language)
    claimed = any(fact.kind == "claim" for fact in facts)
    return CaseView(
        id=row.id,
        number=row.number,
        event=row.event,
        event_title=asking.event.title.say(language),
        version=row.version,
        service=row.service,
        service_title=service.title.say(language),
        agency=row.agency,
        state=row.state,
        acts=tuple(act for act in allowed_acts(CaseState(row.state)) if act in _THEIRS),
        safe=not claimed and all(output.by_rule for output in outputs),
        ready_at=row.ready_at,
        accepted_at=row.accepted_at,
        decided_at=row.decided_at,
        delivered_at=row.delivered_at,
        due_on=row.due_on,
        statutory_due_on=row.statutory_due_on,
        paused_days=row.paused_days,
        automatic=row.automatic,
        reason=row.reason,
        trouble=row.trouble,
        facts=_facts(asking, row, facts, language),
        documents=_documents(asking, row, uploads, language),
        outputs=outputs,
        corrections=corrections,
        history=history,
        filed=filed,
    )


def _facts(asking: Asking, row: CaseRow, facts: Sequence[CaseFact], language: str) -> tuple[ShownFact, ...]:
    """Show what the service needs, in the order in which its form asks it."""
    words = words_of(asking, language)
    claims = {fact.field: str(fact.value) for fact in facts if fact.kind == "claim"}
    planned = plans.stored(row.plan).service(row.service)
    known = {fact.field: fact for fact in facts if fact.kind != "claim"}
    found = []
    for field in planned.needs if planned else ():
        fact = known.get(str(field))
        if fact is None:
            continue
        let = _let(asking, row, fact)
        via_title, agency_title = words.source(fact.kind, fact.via)
        found.append(
            ShownFact(
                field=fact.field,
                party=field.party,
                party_title=words.party(field.party),
                title=words.field(field),
                shown=_said(asking, field, let, language),
                kind=fact.kind,
                via=fact.via,
                via_title=via_title,
                agency_title=agency_title,
                learned_at=fact.learned_at,
                claim=claims.get(fact.field, "") if let.decision.passes else "",
                verdict=str(let.decision.verdict),
                rule=let.decision.rule,
            )
        )
    return tuple(found)


def _let(asking: Asking, row: CaseRow, fact: CaseFact) -> Shown:
    """What the valve lets the agency of the case see of a fact."""
    here = crossings.handling(asking.library, row.service, fact.kind, fact.via)
    return valve.show(fact.value, asking.element(Field.parse(fact.field)), here)


def _said(asking: Asking, field: Field, let: Shown, language: str) -> str:
    match let.value:
        case None:
            return ""
        case Masked(text, _):
            return text
        case value:
            return shown(asking, field, value, language, mask=False)


def _documents(
    asking: Asking, row: CaseRow, uploads: Sequence[UploadRow], language: str
) -> tuple[FormDocument, ...]:
    service = asking.library.services[row.service]
    titles = {evidence.name: evidence.title.say(language) for evidence in service.evidence}
    return tuple(
        FormDocument(
            row.service,
            each.evidence,
            titles.get(each.evidence, each.evidence),
            service.title.say(language),
            each.met_by,
            each.via,
            tuple(sent for sent in uploads if sent.evidence == each.evidence),
        )
        for each in plans.stored(row.plan).plan.evidence
        if each.service == row.service
    )


def _outputs(
    asking: Asking, row: CaseRow, facts: Sequence[CaseFact], language: str
) -> tuple[ShownOutput, ...]:
    planned = plans.stored(row.plan).service(row.service)
    if planned is None:
        return ()
    situation = _situation(asking, row, planned, facts)
    to_enter = giving.needs_entry(situation)
    words = words_of(asking, language)
    parties = dict(planned.parties)
    found = []
    for output in situation.service.gives:
        field = Field(parties.get(output.field.party, output.field.party), output.field.word)
        element = asking.element(field)
        if field not in planned.gives or element is None:
            continue
        value = row.outputs.get(str(field))
        found.append(
            ShownOutput(
                field=str(field),
                party_title=words.party(field.party),
                title=words.field(field),
                type=element.type,
                options=words.options(field, NO_CHECKS),
                checks=element.checks,
                by_rule=output.field not in to_enter,
                rule=str(output.assign.kind) if output.assign else "",
                suggested=as_typed(giving.foreseen(output, situation)),
                shown="" if value is None else shown(asking, field, value, language, mask=False),
            )
        )
    return tuple(found)


def _situation(asking: Asking, row: CaseRow, planned: PlannedService, facts: Sequence[CaseFact]) -> Situation:
    """The case's situation by what its officials may see; a rule that needs more than that is not for them to foresee."""
    parties = {party: own for own, party in planned.parties}
    known: dict[Field, Value] = {}
    for fact in facts:
        field = Field.parse(fact.field)
        if fact.kind != "claim" and field.party in parties and _let(asking, row, fact).decision.passes:
            known[Field(parties[field.party], field.word)] = fact.value
    service = asking.library.services[row.service]
    present: dict[str, bool | None] = {name: name in dict(planned.parties) for name in service.parties}
    return Situation(service, known, present, row.region, asking.today)
