"""What the pages of a draft show: consent, the form, and the answers to check."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from qipan.applications.forms import FormDocument, FormKnown, FormQuestion, FormView
from qipan.core.declarations import MeetKind
from qipan.core.elements import Element, Field
from qipan.core.plan import Fetch
from qipan.faces.look.check_words import missing, sentence
from qipan.faces.look.controls import Control, control
from qipan.faces.look.reason_words import reason_sentence
from qipan.faces.look.titles import Titles
from qipan.faces.look.values import shown_again, shown_as_typed


class AskedLookup(NamedTuple):
    """One source to consent to, with all that would be looked up in it: parties, each with its facts."""

    resource: str
    title: str
    agency: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    services: tuple[str, ...]
    legal_basis: tuple[str, ...]


class ConsentPage(NamedTuple):
    """What would be looked up now, and what may have to be, depending on what is found."""

    title: str
    now: tuple[AskedLookup, ...]
    perhaps: tuple[AskedLookup, ...]


class Asked(NamedTuple):
    """A question on the page: its control, why it is asked, and whether an answer changes the others."""

    control: Control
    why: tuple[str, ...]


class Group(NamedTuple):
    """Questions about one party."""

    title: str
    questions: tuple[Asked, ...]


class Known(NamedTuple):
    """A fact that nobody has to type; `claim` is what the person says instead."""

    field: str
    title: str
    shown: str
    source: str
    claim: str


class KnownGroup(NamedTuple):
    """Known facts about one party."""

    title: str
    facts: tuple[Known, ...]


class Document(NamedTuple):
    """A document to send, with what was sent."""

    id: str
    service: str
    evidence: str
    title: str
    wanted_by: str
    sent: tuple[tuple[UUID, str, str], ...]
    error: str


class Spared(NamedTuple):
    """A document that need not be sent, and what stands in for it."""

    title: str
    instead: str


class FormPage(NamedTuple):
    """All that the form shows."""

    title: str
    deciding: tuple[Asked, ...]
    groups: tuple[Group, ...]
    known: tuple[KnownGroup, ...]
    known_count: int
    documents: tuple[Document, ...]
    spared: tuple[Spared, ...]
    optional: tuple[tuple[str, str, bool], ...]
    services: tuple[str, ...]
    failed: tuple[str, ...]
    errors: tuple[tuple[str, str], ...]
    complete: bool

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every question."""
        return (*self.deciding, *(question for group in self.groups for question in group.questions))


def consent_page(form: FormView, titles: Titles, possible: Collection[str]) -> ConsentPage:
    """Ask once for everything: `possible` names the undecided resources that the event may use, whatever comes to light."""
    now = asked_lookups(form, titles)
    perhaps = sorted(set(possible) - {lookup.resource for lookup in now})
    return ConsentPage(form.title, now, tuple(_possible(name, titles) for name in perhaps))


def asked_lookups(
    form: FormView, titles: Titles, states: Sequence[str] = ("to-consent",)
) -> tuple[AskedLookup, ...]:
    """The sources to ask leave for, each once."""
    asked = {lookup.step for lookup in form.lookups if lookup.state in states}
    found: dict[str, list[Fetch]] = {}
    for fetch in form.plan.fetches:
        if fetch.name in asked:
            found.setdefault(fetch.resource, []).append(fetch)
    return tuple(_asked_lookup(resource, fetches, titles) for resource, fetches in found.items())


def _asked_lookup(resource: str, fetches: Sequence[Fetch], titles: Titles) -> AskedLookup:
    services = dict.fromkeys(name for fetch in fetches for name in fetch.needed_by)
    fields = dict.fromkeys(field for fetch in fetches for field, _own in fetch.facts)
    return AskedLookup(
        resource,
        titles.resource(resource),
        titles.agency(titles.library.resources[resource].agency),
        by_party(fields, titles),
        tuple(map(titles.service, services)),
        titles.library.resources[resource].legal_basis,
    )


def by_party(fields: Iterable[Field], titles: Titles) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Facts in words, gathered under the party that they are about."""
    gathered: dict[str, list[str]] = {}
    for field in fields:
        gathered.setdefault(field.party, []).append(titles.element(field))
    return tuple((titles.party(party), tuple(words)) for party, words in gathered.items())


def _possible(resource: str, titles: Titles) -> AskedLookup:
    """A source that the plan may yet come to: of whom it would be asked is not settled, what it gives is."""
    declared, elements = titles.library.resources[resource], titles.library.elements
    names = (f"{declared.parties[field.party].kind}.{field.word}" for field in declared.gives)
    given = tuple(dict.fromkeys(elements[name].title.say(titles.language) for name in names))
    return AskedLookup(
        resource,
        titles.resource(resource),
        titles.agency(declared.agency),
        (("", given),),
        (),
        declared.legal_basis,
    )


def with_typed(form: FormView, typed: Mapping[str, object], chosen: Collection[str] | None) -> FormView:
    """The form with what was typed in it but not saved; ``chosen`` are the optional services that were ticked."""

    def again(question: FormQuestion) -> FormQuestion:
        value = str(typed.get(question.field, question.value))
        return question if value == question.value else question._replace(value=value, failure=None)

    return replace(
        form,
        deciding=tuple(map(again, form.deciding)),
        groups=tuple(group._replace(questions=tuple(map(again, group.questions))) for group in form.groups),
        services=tuple(
            one._replace(skipped=one.optional and one.service not in chosen) if chosen is not None else one
            for one in form.services
        ),
    )


def form_page(form: FormView, titles: Titles, today: date, *, strict: bool = False) -> FormPage:
    """Put the form together; where strict, every open question and unsent document is an error."""
    deciding = tuple(_asked(each, titles, today, strict=strict) for each in form.deciding)
    groups = tuple(
        Group(group.title, tuple(_asked(each, titles, today, strict=strict) for each in group.questions))
        for group in form.groups
    )
    documents = tuple(
        _document(each, strict=strict) for each in form.documents if each.met_by is MeetKind.UPLOAD
    )
    return FormPage(
        title=form.title,
        deciding=deciding,
        groups=groups,
        known=_known(form.known, titles),
        known_count=len(form.known),
        documents=documents,
        spared=tuple(
            _spared(each, titles, _held(form))
            for each in form.documents
            if each.met_by is not MeetKind.UPLOAD
        ),
        optional=tuple((one.service, one.title, one.skipped) for one in form.services if one.optional),
        services=tuple(one.title for one in form.services if not one.skipped),
        failed=tuple(dict.fromkeys(one.title for one in form.lookups if one.state == "failed")),
        errors=(
            *_question_errors((deciding, *(group.questions for group in groups))),
            *_document_errors(documents),
        ),
        complete=form.complete,
    )


def _asked(question: FormQuestion, titles: Titles, today: date, *, strict: bool) -> Asked:
    own = question.party == titles.event.applicant
    asked = control(question, today=today, error=_error(question, titles, strict=strict), own=own)
    return Asked(asked, tuple(reason_sentence(reason, titles) for reason in question.reasons))


def _error(question: FormQuestion, titles: Titles, *, strict: bool) -> str:
    element = element_of(titles, question.field)
    if question.failure and element:
        return sentence(question.failure, element, titles.language)
    return missing() if strict and not question.value else ""


def _question_errors(groups: Iterable[Iterable[Asked]]) -> Iterable[tuple[str, str]]:
    for group in groups:
        for asked in group:
            if asked.control.error:
                yield (
                    asked.control.id,
                    _("“%(label)s”%(error)s") % {"label": asked.control.label, "error": asked.control.error},
                )


def _document_errors(documents: Iterable[Document]) -> Iterable[tuple[str, str]]:
    return (
        (one.id, _("“%(label)s”%(error)s") % {"label": one.title, "error": one.error})
        for one in documents
        if one.error
    )


def _document(document: FormDocument, *, strict: bool) -> Document:
    return Document(
        id=f"d-{document.service}-{document.evidence}",
        service=document.service,
        evidence=document.evidence,
        title=document.title,
        wanted_by=document.service_title,
        sent=tuple((one.id, one.filename, file_size(one.size)) for one in document.uploads),
        error=_("还没有上传。") if strict and not document.uploads else "",
    )


def element_of(titles: Titles, field: str) -> Element | None:
    """The element of one of the event's fields."""
    named = Field.parse(field)
    slot = titles.event.parties.get(named.party)
    return titles.library.elements.get(f"{slot.kind}.{named.word}") if slot else None


def file_size(size: int) -> str:
    """A file's size as people say it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} kB"  # noqa: PLR2004


def _held(form: FormView) -> set[str]:
    """The kinds of certificates that are in hand; the others are issued on the way."""
    return {fact.via.partition("(")[0] for fact in form.known if fact.kind == "certificate"}


def _spared(document: FormDocument, titles: Titles, held: set[str]) -> Spared:
    if document.met_by is MeetKind.CERTIFICATE:
        kinds = [name.partition("(")[0] for name in document.via]
        names = {"names": titles.listed([titles.certificate(kind) for kind in kinds])}
        if held.issuperset(kinds):
            return Spared(document.title, _("您已有电子证照“%(names)s”，系统自己取用，不用交") % names)
        return Spared(document.title, _("用电子证照：%(names)s") % names)
    return Spared(document.title, _("部门间核对数据，不用您交"))


def _known(facts: Sequence[FormKnown], titles: Titles) -> tuple[KnownGroup, ...]:
    parties = dict.fromkeys(fact.party for fact in facts)
    return tuple(
        KnownGroup(
            titles.party(party), tuple(known_fact(fact, titles) for fact in facts if fact.party == party)
        )
        for party in parties
    )


def known_fact(fact: FormKnown, titles: Titles) -> Known:
    """A known fact, with who says so."""
    element = element_of(titles, fact.field)
    return Known(
        fact.field,
        fact.title,
        shown_again(fact.shown, element),
        _("您的登录身份") if fact.kind == "identity" else source(fact),
        shown_as_typed(fact.claim, element, titles.library.codes, titles.language) if fact.claim else "",
    )


def source(fact: FormKnown) -> str:
    """Where a fact comes from: the register and who keeps it."""
    return _("%(agency)s《%(register)s》") % {"agency": fact.agency_title, "register": fact.via_title}
