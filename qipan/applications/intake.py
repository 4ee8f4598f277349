"""Taking in what people type: read, checked, and matched with what the plan asks, condition by condition.

Answers that the plan does not ask are left where they were typed: they are neither checked nor passed on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from qipan.applications.planning import plan_for
from qipan.applications.plans import Planned
from qipan.core.checks import CheckFailure, check_value, parse_value
from qipan.core.declarations import Library, LifeEvent
from qipan.core.elements import NO_CHECKS, Checks, Element, Field, Value
from qipan.core.formats import gb11643_birth
from qipan.core.plan import Question
from qipan.core.planner import Knowledge

Typed = Mapping[str, object]
MEN = "13579"
LEADS = "legal_representative"  # the relation of a person to the enterprise that they lead


class Identity(NamedTuple):
    """What the identity says of the applicant, and of the enterprise for which it is applied, if any."""

    name: str
    id_number: str
    phone: str
    enterprise: str = ""
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A life event in one published library, on one day."""

    library: Library
    version: int
    event: LifeEvent
    today: date

    def element(self, field: Field) -> Element | None:
        """The element of one of the event's fields; None where there is none."""
        slot = self.event.parties.get(field.party)
        return self.library.elements.get(f"{slot.kind}.{field.word}") if slot else None


class Answered(NamedTuple):
    """The form as far as it is answered: every question asked up to here, in order, and the plan that follows.

    ``values`` passed their checks; ``failures`` did not, or could not be read; what else was asked is unanswered.
    """

    planned: Planned
    questions: tuple[Question, ...]
    values: Mapping[Field, Value]
    failures: Mapping[Field, CheckFailure]

    @property
    def unanswered(self) -> tuple[Field, ...]:
        """The questions without any answer."""
        asked = (question.field for question in self.questions)
        return tuple(field for field in asked if field not in self.values and field not in self.failures)


@lru_cache(maxsize=65536)
def field_of(text: str) -> Field:
    """Read ``party.word``, once for each; raises ValueError when the text has another shape."""
    return Field.parse(text)


def identity_facts(event: LifeEvent, identity: Identity) -> dict[Field, Value]:
    """Give the facts that the event takes from the signed-in identity."""
    birth = gb11643_birth(identity.id_number)
    known = {
        "name": identity.name,
        "id_number": identity.id_number,
        "phone": identity.phone,
        "birth_date": birth.isoformat() if birth else "",
        "sex": "1" if identity.id_number[16:17] in MEN else "2",
    }
    facts: dict[Field, Value] = {field: known[field.word] for field in event.known if known.get(field.word)}
    party = represented_party(event) if identity.credit_code else ""
    if party:
        facts |= {
            Field(party, "credit_code"): identity.credit_code,
            Field(party, "name"): identity.enterprise,
        }
    return facts


def represented_party(event: LifeEvent) -> str:
    """The enterprise that the applicant leads, in an event that says so; empty in any other."""
    for relation in event.relations:
        if relation.name == LEADS and relation.parties[0] == event.applicant:
            return relation.parties[1]
    return ""


def read(typed: object, element: Element) -> Value | CheckFailure | None:
    """Read one answer: a text as typed, or a value from a system; None when there is none."""
    if isinstance(typed, str):
        return parse_value(typed.replace("\x00", ""), element)
    if isinstance(typed, bool | int | float):
        return typed
    return None if typed is None else CheckFailure("not-text")


def take_in(asking: Asking, base: Knowledge, typed: Typed) -> Answered:
    """Ask, take what is answered, and ask again until nothing more follows; what decides is taken first."""
    values: dict[Field, Value] = {}
    failures: dict[Field, CheckFailure] = {}
    asked: dict[Field, Question] = {}
    while True:
        planned = plan_for(asking.version, asking.event.name, stating(base, values))
        new = [each for each in planned.plan.questions if each.field not in asked]
        new = [each for each in new if each.decides] or new
        asked.update({each.field: each for each in new})
        before = len(values)
        for question in new:
            _take(asking, question, typed, values, failures)
        if len(values) == before and not any(each.decides for each in new):
            return _settled(planned, asked, values, failures)


def stating(base: Knowledge, values: Mapping[Field, Value]) -> Knowledge:
    """Add what the applicant said to what is known."""
    return replace(base, facts={**base.facts, **values}, stated=base.stated.union(values))


def failure_of(asking: Asking, field: Field, value: Value, checks: Checks = NO_CHECKS) -> CheckFailure | None:
    """Say what is wrong with a value of a field, by its element's checks and these."""
    element = asking.element(field)
    if element is None:
        return CheckFailure("unknown-field")
    return check_value(value, element, checks, asking.library.codes, asking.today)


def _take(
    asking: Asking,
    question: Question,
    typed: Typed,
    values: dict[Field, Value],
    failures: dict[Field, CheckFailure],
) -> None:
    element = asking.element(question.field)
    value = read(typed.get(str(question.field)), element) if element else None
    if isinstance(value, CheckFailure):
        failures[question.field] = value
    elif value is not None:
        failure = failure_of(asking, question.field, value, question.checks)
        if failure:
            failures[question.field] = failure
        else:
            values[question.field] = value


def _settled(
    planned: Planned,
    asked: Mapping[Field, Question],
    values: Mapping[Field, Value],
    failures: Mapping[Field, CheckFailure],
) -> Answered:
    """Leave out what a later answer made needless; what decides stands first, as it was asked."""
    plan = planned.plan
    needed = {question.field for question in plan.questions} | {one.field for one in plan.derivations}
    kept = [each for each in asked.values() if each.decides or each.field in needed]
    fields = {each.field for each in kept}
    return Answered(
        planned,
        tuple(sorted(kept, key=lambda question: not question.decides)),
        {field: value for field, value in values.items() if field in fields},
        {field: failure for field, failure in failures.items() if field in fields},
    )
