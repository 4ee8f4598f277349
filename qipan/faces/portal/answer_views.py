"""What is still owed after submission: fields that no source could give, or that an agency returned."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from qipan.applications.errors import UnableToAnswer
from qipan.applications.forms import FormQuestion, Option, as_typed
from qipan.applications.rows import ApplicationDetail, CorrectionRow
from qipan.core.elements import Field
from qipan.faces.look.check_words import missing, sentence
from qipan.faces.look.controls import Control, control
from qipan.faces.look.titles import Titles
from qipan.faces.portal.draft_views import Document, element_of, file_size


class Attempt(NamedTuple):
    """What was just sent, and why it did not do; both empty before the first attempt."""

    given: Mapping[str, object] = {}
    error: UnableToAnswer | None = None


class AnswerPage(NamedTuple):
    """A short form: why, what, and what is wrong with it."""

    heading: str
    why: str
    controls: tuple[Control, ...]
    documents: tuple[Document, ...]
    errors: tuple[tuple[str, str], ...]


def missing_page(
    detail: ApplicationDetail,
    titles: Titles,
    today: date,
    attempt: Attempt,
) -> AnswerPage:
    """Ask for what could not be looked up."""
    controls = _controls(detail.missing, titles, today, attempt)
    return AnswerPage(
        heading=_("请补充几项"),
        why=_("这几项本来不用您填，但有的部门现在查不通。填好以后马上接着办。"),
        controls=controls,
        documents=(),
        errors=_errors(controls, ()),
    )


def correction_page(
    detail: ApplicationDetail,
    asked: CorrectionRow,
    titles: Titles,
    today: date,
    attempt: Attempt,
) -> AnswerPage:
    """Ask again for what was returned, starting from what is on record."""
    on_record = {fact.field: as_typed(fact.value) for fact in detail.facts}
    started = attempt if attempt.given else attempt._replace(given=on_record)
    controls = _controls(asked.fields, titles, today, started)
    documents = tuple(_document(detail, asked, name, titles, attempt.error) for name in asked.evidence)
    return AnswerPage(
        heading=_("补正：%(service)s") % {"service": titles.service(asked.service)},
        why=asked.message,
        controls=controls,
        documents=documents,
        errors=_errors(controls, documents),
    )


def _controls(
    fields: Iterable[str],
    titles: Titles,
    today: date,
    attempt: Attempt,
) -> tuple[Control, ...]:
    return tuple(
        control(
            declared_question(titles, field, str(attempt.given.get(field, ""))),
            today=today,
            error=_error(field, titles, attempt.error),
        )
        for field in fields
    )


def declared_question(titles: Titles, field: str, value: str, title: str = "") -> FormQuestion:
    """A question about a field as its element declares it, outside any plan."""
    element = element_of(titles, field)
    if element is None:
        raise LookupError(field)
    codes = titles.library.codes.get(element.codes or "")
    options = codes.values.items() if codes else ()
    named = Field.parse(field)
    return FormQuestion(
        field=field,
        party=named.party,
        title=title or titles.field(named),
        question="",
        hint=element.hint.say(titles.language) if element.hint else "",
        type=element.type,
        options=tuple(Option(code, words.say(titles.language)) for code, words in options),
        checks=element.checks,
        decides=False,
        value=value,
        failure=None,
        needed_by=(),
        reasons=(),
    )


def _error(field: str, titles: Titles, error: UnableToAnswer | None) -> str:
    if error is None:
        return ""
    element = element_of(titles, field)
    failure = dict(error.invalid).get(field)
    if failure and element:
        return sentence(failure, element, titles.language)
    return missing() if field in error.unanswered else ""


def _document(
    detail: ApplicationDetail,
    asked: CorrectionRow,
    evidence: str,
    titles: Titles,
    error: UnableToAnswer | None,
) -> Document:
    sent: tuple[tuple[UUID, str, str], ...] = tuple(
        (one.id, one.filename, file_size(one.size))
        for one in detail.uploads
        if (one.service, one.evidence) == (asked.service, evidence) and one.sent_at >= asked.asked_at
    )
    unsent = error is not None and (asked.service, evidence) in error.documents
    return Document(
        id=f"d-{asked.service}-{evidence}",
        service=asked.service,
        evidence=evidence,
        title=titles.evidence(asked.service, evidence),
        wanted_by=titles.service(asked.service),
        sent=sent,
        error=_("还没有上传。") if unsent else "",
    )


def _errors(controls: Iterable[Control], documents: Iterable[Document]) -> tuple[tuple[str, str], ...]:
    wrong = [(one.id, one.label, one.error) for one in controls if one.error]
    wrong += [(one.id, one.title, one.error) for one in documents if one.error]
    return tuple(
        (id_, _("“%(label)s”%(error)s") % {"label": label, "error": error}) for id_, label, error in wrong
    )
