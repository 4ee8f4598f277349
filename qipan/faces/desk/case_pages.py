"""What the page of a case shows: its own service's fields and documents, each with where it came from, and what can be done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from qipan.applications.case_views import CaseView, ShownFact, ShownOutput
from qipan.applications.forms import FormDocument, FormQuestion
from qipan.core.checks import CheckFailure
from qipan.core.declarations import Library, MeetKind, Service
from qipan.core.elements import Element, Field
from qipan.core.walls import Verdict
from qipan.faces.desk.clocks import Clock, clock_of
from qipan.faces.desk.state_words import case_state
from qipan.faces.desk.trail_words import Done, done, filed_words
from qipan.faces.look.check_words import missing, sentence
from qipan.faces.look.controls import Control, control
from qipan.faces.look.state_words import Said
from qipan.faces.look.titles import Titles
from qipan.faces.look.values import shown_again, shown_as_typed
from qipan.faces.look.wall_words import ruled


class FactLine(NamedTuple):
    """A field of the case; `claim` is what the person says instead, `marked` whether it was to be corrected.

    `withheld` says why it is masked or left out; it is empty for facts.
    """

    field: str
    title: str
    shown: str
    source: str
    learned_at: datetime
    claim: str
    marked: bool
    withheld: str


class PartyFacts(NamedTuple):
    """The fields about one party."""

    title: str
    facts: tuple[FactLine, ...]


class DocumentLine(NamedTuple):
    """A document of the case and how it is met; `uploads` are (id, file name, size)."""

    evidence: str
    title: str
    how: str
    met: bool
    uploads: tuple[tuple[UUID, str, str], ...]
    marked: bool


class CorrectionLine(NamedTuple):
    """A correction that was asked for."""

    message: str
    wanted: str
    asked_at: datetime
    answered_at: datetime | None


class OutputLine(NamedTuple):
    """What a grant gave."""

    title: str
    shown: str


class Terms(NamedTuple):
    """What the service declares about itself."""

    conditions: tuple[str, ...]
    legal_basis: tuple[str, ...]
    promised: int
    statutory: int
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that the page shows."""

    id: UUID
    number: str
    title: str
    event: str
    state: Said
    clock: Clock
    statutory: str
    view: CaseView
    parties: tuple[PartyFacts, ...]
    documents: tuple[DocumentLine, ...]
    corrections: tuple[CorrectionLine, ...]
    granted: tuple[OutputLine, ...]
    asked: tuple[Control, ...]
    history: tuple[Done, ...]
    terms: Terms
    filed: str

    def may(self, act: str) -> bool:
        """Whether the case's state allows an official this act."""
        return act in self.view.acts

    @property
    def contested(self) -> bool:
        """Whether the person says that something known is not right."""
        return any(fact.claim for party in self.parties for fact in party.facts)


class Entered(NamedTuple):
    """Outputs as an official typed them, with what is wrong: fields without a value, and (field, failure)."""

    values: Mapping[str, str] = {}
    missing: Sequence[str] = ()
    invalid: Sequence[tuple[str, CheckFailure]] = ()


class Reading:
    """A case being put into words."""

    def __init__(self, view: CaseView, library: Library, language: str, today: date) -> None:
        self.view, self.library, self.language, self.today = view, library, language, today
        self.titles = Titles(library, library.events[view.event], language)
        self.service: Service = library.services[view.service]

    def page(self, entered: Entered | None = None) -> CasePage:
        """The whole page; `entered` is what was just typed and did not pass."""
        view = self.view
        return CasePage(
            id=view.id,
            number=view.number,
            title=view.service_title,
            event=view.event_title,
            state=case_state(view.state),
            clock=clock_of(view.state, view.due_on, self.today),
            statutory=clock_of("", view.statutory_due_on, self.today).day,
            view=view,
            parties=self._parties(),
            documents=tuple(self._document(each) for each in view.documents),
            corrections=self._corrections(),
            granted=tuple(
                OutputLine(self._title(one), self._again(one.field, one.shown))
                for one in view.outputs
                if one.shown
            ),
            asked=tuple(
                self.output(one, entered or Entered()) for one in view.outputs if "grant" in view.acts
            ),
            history=tuple(done(entry, self.titles) for entry in reversed(view.history)),
            terms=self._terms(),
            filed=filed_words(view.filed) if view.filed else "",
        )

    def output(self, one: ShownOutput, entered: Entered) -> Control:
        """The control for one output."""
        element = self._element(one.field)
        question = FormQuestion(
            field=one.field,
            party=one.field.partition(".")[0],
            title=self._title(one),
            question="",
            hint=_hint(one, element, self.language),
            type=one.type,
            options=one.options,
            checks=one.checks,
            decides=False,
            value=entered.values.get(one.field, one.suggested),
            failure=None,
            needed_by=(),
            reasons=(),
        )
        made = control(question, today=self.today, error=self._error(one.field, element, entered))
        return replace(made, optional=one.by_rule and not one.suggested)

    def _error(self, field: str, element: Element | None, entered: Entered) -> str:
        failure = dict(entered.invalid).get(field)
        if failure is not None and element is not None:
            return sentence(failure, element, self.language)
        return missing() if field in entered.missing else ""

    def _parties(self) -> tuple[PartyFacts, ...]:
        marked = {field for one in self.view.corrections if one.answered_at is None for field in one.fields}
        groups = groupby(sorted(self.view.facts, key=self._party_order), key=lambda fact: fact.party_title)
        return tuple(
            PartyFacts(title, tuple(self._fact(fact, marked) for fact in facts)) for title, facts in groups
        )

    def _party_order(self, fact: ShownFact) -> int:
        return list(self.titles.event.parties).index(fact.party)

    def _fact(self, fact: ShownFact, marked: set[str]) -> FactLine:
        return FactLine(
            fact.field,
            fact.title,
            self._again(fact.field, fact.shown) if fact.verdict == Verdict.PASS else fact.shown,
            _source(fact),
            fact.learned_at,
            self._typed(fact.field, fact.claim) if fact.claim else "",
            fact.field in marked,
            "" if fact.verdict == Verdict.PASS else ruled(fact.verdict, fact.rule, self.language),
        )

    def _document(self, document: FormDocument) -> DocumentLine:
        open_ones = [one for one in self.view.corrections if one.answered_at is None]
        uploaded = document.met_by is MeetKind.UPLOAD
        return DocumentLine(
            document.evidence,
            document.title,
            self._how(document),
            not uploaded or bool(document.uploads),
            tuple((one.id, one.filename, size_said(one.size)) for one in document.uploads),
            any(document.evidence in one.evidence for one in open_ones),
        )

    def _how(self, document: FormDocument) -> str:
        if document.met_by is MeetKind.UPLOAD:
            return _("申请人上传") if document.uploads else _("还没有上传")
        if document.met_by is MeetKind.CERTIFICATE:
            named = [self.titles.certificate(name.partition("(")[0]) for name in document.via]
            return _("电子证照：%(names)s") % {"names": self.titles.listed(named)}
        return _("核对数据：%(fields)s") % {
            "fields": self.titles.listed(map(self.titles.field_named, document.via))
        }

    def _corrections(self) -> tuple[CorrectionLine, ...]:
        return tuple(
            CorrectionLine(
                one.message,
                self.titles.listed(
                    [
                        *map(self.titles.field_named, one.fields),
                        *(self.titles.evidence(self.view.service, name) for name in one.evidence),
                    ],
                    most=12,
                ),
                one.asked_at,
                one.answered_at,
            )
            for one in reversed(self.view.corrections)
        )

    def _terms(self) -> Terms:
        service = self.service
        return Terms(
            tuple(each.say(self.language) for each in service.conditions),
            service.legal_basis,
            service.limits.promised,
            service.limits.statutory,
            tuple(each.say(self.language) for each in service.results),
        )

    def _title(self, one: ShownOutput) -> str:
        return self.titles.field_named(one.field)

    def _again(self, field: str, shown: str) -> str:
        return shown_again(shown, self._element(field))

    def _typed(self, field: str, typed: str) -> str:
        return shown_as_typed(typed, self._element(field), self.library.codes, self.language)

    def _element(self, field: str) -> Element | None:
        named = Field.parse(field)
        slot = self.titles.event.parties.get(named.party)
        return self.library.elements.get(f"{slot.kind}.{named.word}") if slot else None


def size_said(size: int) -> str:
    """The size of a file, roughly."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} kB"  # noqa: PLR2004


def errors_of(asked: Iterable[Control]) -> list[tuple[str, str]]:
    """The errors for the summary above a form."""
    return [(one.id, f"{one.label} {one.error}") for one in asked if one.error]


def _hint(one: ShownOutput, element: Element | None, language: str) -> str:
    if one.by_rule and not one.suggested:
        return _("不填的话，批准时由系统编号。")
    if one.by_rule:
        return ""
    return element.hint.say(language) if element and element.hint else ""


def _source(fact: ShownFact) -> str:
    if fact.kind == "identity":
        return _("申请人的登录身份")
    if fact.kind == "answer":
        return _("申请人填写")
    if not fact.via_title:
        return fact.via
    return _("%(agency)s《%(register)s》") % {
        "agency": fact.agency_title,
        "register": fact.via_title.strip("《》"),
    }
