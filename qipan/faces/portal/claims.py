"""A fact that a register has and the person says is wrong: both are kept, and the officials see both."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from qipan.applications.forms import FormKnown, FormQuestion
from qipan.core.checks import CheckFailure, check_value, parse_value
from qipan.faces.look.check_words import missing, sentence
from qipan.faces.look.controls import Control, control
from qipan.faces.look.titles import Titles
from qipan.faces.portal.answer_views import declared_question
from qipan.faces.portal.draft_views import Known, element_of, known_fact


class ClaimPage(NamedTuple):
    """A known fact, and the control for what the person says instead."""

    fact: Known
    control: Control


def claim_page(
    known: FormKnown, typed: object, titles: Titles, today: date, kept: object = None
) -> ClaimPage:
    """Show a fact to contradict; `typed` is what was just sent, None where nothing was, `kept` what was typed before."""
    value = str(next((one for one in (typed, kept) if one is not None), known.claim))
    question = declared_question(titles, known.field, value, _("应该是"))
    error = "" if typed is None else _error(question, titles, today)
    return ClaimPage(known_fact(known, titles), control(question, today=today, error=error))


def _error(question: FormQuestion, titles: Titles, today: date) -> str:
    element = element_of(titles, question.field)
    value = parse_value(question.value, element) if element else None
    if value is None or element is None:
        return missing()
    if isinstance(value, CheckFailure):
        return sentence(value, element, titles.language)
    failure = check_value(value, element, element.checks, titles.library.codes, today)
    return sentence(failure, element, titles.language) if failure else ""
