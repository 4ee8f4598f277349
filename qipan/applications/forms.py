"""The form as people see it: plain values for pages and API alike, worded in the reader's language.

A pure function of the library, the plan and the draft. Reasons and failures stay data: the faces word them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from qipan.applications.intake import Answered, Asking
from qipan.applications.planning import condition_fields
from qipan.applications.rows import Fact, UploadRow
from qipan.core.checks import CheckFailure
from qipan.core.declarations import CertificateType, MeetKind, Resource, Service
from qipan.core.elements import Checks, ElementType, Field, Value
from qipan.core.masking import masked
from qipan.core.plan import Fetch, Left, Plan, Problem, Question, Reason, Saving


class Option(NamedTuple):
    """One value that a code or a truth may take."""

    value: str
    label: str


class FormQuestion(NamedTuple):
    """A question; ``value`` is what was typed, ``failure`` what is wrong with it. ``question`` is said instead of a title.

    ``decides`` stays true of an answer by which the form may change again, also when nothing turns on it any more.
    """

    field: str
    party: str
    title: str
    question: str
    hint: str
    type: ElementType
    options: tuple[Option, ...]
    checks: Checks
    decides: bool
    value: str
    failure: CheckFailure | None
    needed_by: tuple[str, ...]
    reasons: tuple[Reason, ...]


class FormGroup(NamedTuple):
    """The questions about one party; ``title`` names the party."""

    party: str
    title: str
    questions: tuple[FormQuestion, ...]


class FormKnown(NamedTuple):
    """A fact that is known already; ``shown`` is masked by its grade, ``claim`` what the person says instead."""

    field: str
    party: str
    title: str
    shown: str
    kind: str
    via: str
    via_title: str
    agency_title: str
    claim: str
    needed_by: tuple[str, ...]


class FormLookup(NamedTuple):
    """A look-up that the plan makes. ``state``: to-consent · ready · done · refused · failed."""

    step: str
    resource: str
    title: str
    agency_title: str
    fields: tuple[str, ...]
    legal_basis: tuple[str, ...]
    state: str


class FormDocument(NamedTuple):
    """A document and how it is met; only an ``upload`` is the person's to send."""

    service: str
    evidence: str
    title: str
    service_title: str
    met_by: MeetKind
    via: tuple[str, ...]
    uploads: tuple[UploadRow, ...]


class FormService(NamedTuple):
    """A service bundled here; ``skipped`` when the person leaves it out."""

    service: str
    title: str
    agency: str
    agency_title: str
    optional: bool
    skipped: bool
    starts_after: int
    ends_after: int


@dataclass(frozen=True, slots=True)
class FormView:
    """The whole form. ``complete`` when nothing is left to answer, put right or send."""

    event: str
    title: str
    version: int
    plan: Plan
    deciding: tuple[FormQuestion, ...]
    groups: tuple[FormGroup, ...]
    known: tuple[FormKnown, ...]
    lookups: tuple[FormLookup, ...]
    documents: tuple[FormDocument, ...]
    services: tuple[FormService, ...]
    left: tuple[Left, ...]
    savings: Mapping[str, Saving]
    problems: tuple[Problem, ...]

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        """Every question, what decides first."""
        return (*self.deciding, *(each for group in self.groups for each in group.questions))

    @property
    def unanswered(self) -> tuple[FormQuestion, ...]:
        """The questions that still lack a good answer."""
        return tuple(each for each in self.questions if not each.value or each.failure)

    @property
    def unsent(self) -> tuple[FormDocument, ...]:
        """The documents that are still to be sent."""
        return tuple(each for each in self.documents if each.met_by is MeetKind.UPLOAD and not each.uploads)

    @property
    def complete(self) -> bool:
        """Whether this can be submitted."""
        return not self.unanswered and not self.unsent


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form shows besides its plan: as typed, as looked up, as sent."""

    typed: Mapping[str, object]
    facts: Sequence[Fact] = ()
    claims: Mapping[str, str] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    uploads: Sequence[UploadRow] = ()


def form_view(asking: Asking, answered: Answered, filled: Filled, language: str) -> FormView:
    """Put the form together."""
    plan = answered.planned.plan
    worded = words_of(asking, language)
    deciding = condition_fields(asking.version, asking.event.name)
    questions = [
        _question(each, answered, filled, worded, decides=each.field in deciding)
        for each in answered.questions
    ]
    return FormView(
        event=asking.event.name,
        title=asking.event.title.say(language),
        version=asking.version,
        plan=plan,
        deciding=tuple(each for each in questions if each.decides),
        groups=_groups([each for each in questions if not each.decides], worded),
        known=_known(plan, filled, worded),
        lookups=_lookups(plan, filled, worded),
        documents=_documents(plan, filled, worded),
        services=_services(plan, filled, worded),
        left=plan.left,
        savings=plan.savings,
        problems=plan.problems,
    )


class Words:
    """Titles in one language."""

    def __init__(self, asking: Asking, language: str) -> None:
        self.asking, self.language = asking, language
        self.library, self.event = asking.library, asking.event

    def party(self, name: str) -> str:
        slot = self.event.parties[name]
        return slot.title.say(self.language) if slot.title else name

    def field(self, field: Field) -> str:
        element = self.asking.element(field)
        return element.title.say(self.language) if element else str(field)

    def agency(self, kind: str) -> str:
        agency = self.library.agencies.get(kind)
        return agency.title.say(self.language) if agency else kind

    def source(self, kind: str, via: str) -> tuple[str, str]:
        """The title of a fact's source, and of the agency behind it."""
        sections: Mapping[str, Mapping[str, Resource | CertificateType | Service]] = {
            "resource": self.library.resources,
            "certificate": self.library.certificates,
            "service": self.library.services,
        }
        found = sections.get(kind, {}).get(via.partition("(")[0])
        return (found.title.say(self.language), self.agency(found.agency)) if found else ("", "")

    def options(self, field: Field, checks: Checks) -> tuple[Option, ...]:
        element = self.asking.element(field)
        codes = self.library.codes.get(element.codes) if element and element.codes else None
        if codes is None:
            return tuple(Option(str(value), str(value)) for value in checks.one_of or ())
        allowed = {str(value) for value in checks.one_of} if checks.one_of is not None else None
        return tuple(
            Option(value, title.say(self.language))
            for value, title in codes.values.items()
            if allowed is None or value in allowed
        )


def words_of(asking: Asking, language: str) -> Words:
    """The titles of an event's library."""
    return Words(asking, language)


def _question(
    asked: Question, answered: Answered, filled: Filled, worded: Words, *, decides: bool
) -> FormQuestion:
    element = worded.library.elements[asked.element]
    return FormQuestion(
        field=str(asked.field),
        party=asked.field.party,
        title=element.title.say(worded.language),
        question=element.question.say(worded.language) if element.question else "",
        hint=element.hint.say(worded.language) if element.hint else "",
        type=element.type,
        options=worded.options(asked.field, asked.checks),
        checks=asked.checks,
        decides=asked.decides or decides,
        value=as_typed(filled.typed.get(str(asked.field))),
        failure=answered.failures.get(asked.field),
        needed_by=asked.needed_by,
        reasons=asked.reasons,
    )


def as_typed(value: object) -> str:
    """Give an answer as it stands in a form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _groups(questions: Sequence[FormQuestion], worded: Words) -> tuple[FormGroup, ...]:
    """Group questions by party, in the order in which the event names its parties."""
    by_party = {
        party: tuple(each for each in questions if each.party == party) for party in worded.event.parties
    }
    return tuple(FormGroup(party, worded.party(party), asked) for party, asked in by_party.items() if asked)


def _known(plan: Plan, filled: Filled, worded: Words) -> tuple[FormKnown, ...]:
    needed_by: dict[Field, list[str]] = {}
    for service in plan.services:
        for need in service.needs:
            needed_by.setdefault(need, []).append(service.service)
    return tuple(
        _fact(fact, filled, tuple(needed_by.get(Field.parse(fact.field), ())), worded)
        for fact in filled.facts
    )


def _fact(fact: Fact, filled: Filled, needed_by: tuple[str, ...], worded: Words) -> FormKnown:
    field = Field.parse(fact.field)
    via_title, agency_title = worded.source(fact.kind, fact.via)
    return FormKnown(
        field=fact.field,
        party=field.party,
        title=worded.field(field),
        shown=shown(worded.asking, field, fact.value, worded.language),
        kind=fact.kind,
        via=fact.via,
        via_title=via_title,
        agency_title=agency_title,
        claim=filled.claims.get(fact.field, ""),
        needed_by=needed_by,
    )


def shown(asking: Asking, field: Field, value: Value, language: str, *, mask: bool = True) -> str:
    """Say a value in words: a code by its title, a truth as 是 or 否; a text masked by its grade where asked.

    A quantity or a day that is masked says nothing to whoever should recognise it, and hides little.
    """
    element = asking.element(field)
    if element is None:
        return as_typed(value)
    if element.type is ElementType.BOOLEAN:
        return {("zh", True): "是", ("zh", False): "否", ("en", True): "Yes", ("en", False): "No"}[
            "zh" if language.startswith("zh") else "en", bool(value)
        ]
    codes = asking.library.codes.get(element.codes) if element.codes else None
    title = codes.values.get(str(value)) if codes else None
    if title is not None:
        return title.say(language)
    return masked(value, element.grade) if mask and element.type is ElementType.TEXT else as_typed(value)


def _lookups(plan: Plan, filled: Filled, worded: Words) -> tuple[FormLookup, ...]:
    done = {fact.via for fact in filled.facts if fact.kind == "resource"}
    planned = {fetch.name: _lookup(fetch, filled, worded) for fetch in plan.fetches}
    past = sorted((done | filled.failed) - planned.keys())
    return (*(_past(name, done, filled, worded) for name in past), *planned.values())


def _lookup(fetch: Fetch, filled: Filled, worded: Words) -> FormLookup:
    resource = worded.library.resources[fetch.resource]
    fields = tuple(worded.field(field) for field, _own in fetch.facts)
    state = "ready" if fetch.resource in filled.consents else "to-consent"
    return _in_words(fetch.name, resource, fields, state, worded)


def _past(name: str, done: set[str], filled: Filled, worded: Words) -> FormLookup:
    resource = worded.library.resources[name.partition("(")[0]]
    fields = tuple(worded.field(Field.parse(fact.field)) for fact in filled.facts if fact.via == name)
    state = "done" if name in done else "refused" if resource.name in filled.without else "failed"
    return _in_words(name, resource, fields, state, worded)


def _in_words(
    step: str, resource: Resource, fields: tuple[str, ...], state: str, worded: Words
) -> FormLookup:
    title, agency = resource.title.say(worded.language), worded.agency(resource.agency)
    return FormLookup(step, resource.name, title, agency, fields, resource.legal_basis, state)


def _documents(plan: Plan, filled: Filled, worded: Words) -> tuple[FormDocument, ...]:
    services = worded.library.services
    titles = {
        (each.service, evidence.name): evidence.title
        for each in plan.services
        for evidence in services[each.service].evidence
    }
    return tuple(
        FormDocument(
            each.service,
            each.evidence,
            titles[each.service, each.evidence].say(worded.language),
            services[each.service].title.say(worded.language),
            each.met_by,
            each.via,
            tuple(
                sent
                for sent in filled.uploads
                if (sent.service, sent.evidence) == (each.service, each.evidence)
            ),
        )
        for each in plan.evidence
    )


def _services(plan: Plan, filled: Filled, worded: Words) -> tuple[FormService, ...]:
    planned = {each.service: each for each in plan.services}
    optional = {use.service: use.optional for use in worded.event.services}
    left_out = [
        name for name in sorted(filled.skipped) if name not in planned and name in worded.library.services
    ]
    bundled = [name for name in optional if name in planned or name in left_out]
    found = []
    for name in bundled:
        service, here = worded.library.services[name], planned.get(name)
        found.append(
            FormService(
                name,
                service.title.say(worded.language),
                service.agency,
                worded.agency(service.agency),
                optional[name],
                here is None,
                here.starts_after[0] if here else 0,
                here.ends_after[0] if here else 0,
            )
        )
    return tuple(found)
