"""Granting a case: its outputs checked, learned, and delivered where nobody needs to come for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from qipan import records
from qipan.applications import outputs as giving
from qipan.applications.drafting import asking_of
from qipan.applications.errors import UnableToGrant
from qipan.applications.facts import FactSource, facts_of, learn, values_of
from qipan.applications.intake import Asking, failure_of, read
from qipan.applications.later import issue_later
from qipan.applications.locked import LockedCase, change
from qipan.applications.outputs import Situation
from qipan.core.checks import CheckFailure
from qipan.core.elements import Field, Value
from qipan.core.lifecycle import CaseAct
from qipan.core.planner import Knowledge
from qipan.core.planner.conditions import observe
from qipan.core.planner.ground import GroundService, ground_event
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM, Acting

NEXT = """
INSERT INTO serials (scope, last) VALUES (%s, 1) ON CONFLICT (scope) DO UPDATE SET last = serials.last + 1 RETURNING last
"""


class Decision(NamedTuple):
    """A case with what its decision follows from; ``own`` maps the event's fields to the service's own."""

    case: LockedCase
    asking: Asking
    service: GroundService
    situation: Situation

    @property
    def parties(self) -> Mapping[str, str]:
        """The event's party for each of the service's."""
        return dict(self.service.parties)

    def of_event(self, field: Field) -> Field:
        """The event's field for the service's own."""
        return Field(self.parties[field.party], field.word)

    def of_service(self, field: Field) -> Field | None:
        """The service's own field for the event's."""
        own = next((name for name, party in self.service.parties if party == field.party), None)
        return Field(own, field.word) if own else None


def decision(case: LockedCase, facts: Mapping[Field, Value], at: datetime) -> Decision:
    """Look at a case for its decision."""
    today = timezone.localdate(at)
    asking = asking_of(case.version, case.event, today)
    ground = ground_event(asking.library, case.event)
    service = next(each for each in ground.services if each.name == case.service)
    present = observe(ground, Knowledge(facts=facts), facts.keys()).certain.present
    parties = dict(service.parties)
    own_facts = {
        Field(name, field.word): value
        for name, party in parties.items()
        for field, value in facts.items()
        if field.party == party
    }
    taking_part: dict[str, bool | None] = {
        name: present.get(parties[name], True) if name in parties else False
        for name in service.service.parties
    }
    situation = Situation(service.service, own_facts, taking_part, case.region, today)
    return Decision(case, asking, service, situation)


def is_automatic(one: Decision) -> bool:
    """Whether a declared rule grants this case at once (秒批), with nothing left for an official to enter."""
    rule = one.situation.service.automatic
    return rule is not None and giving.holds(rule, one.situation) and not giving.needs_entry(one.situation)


def grant(
    one: Decision, acting: Acting, entered: Mapping[str, object], at: datetime, *, automatic: bool = False
) -> LockedCase:
    """Grant a locked case; raises UnableToGrant with every output that is missing or wrong, and NotInThisState."""
    values = _outputs(one, entered)
    written = {str(field): value for field, value in values.items()}
    columns = {"decided_at": at, "outputs": written, "automatic": automatic}
    if acting.actor.kind == "official":
        columns["handler"] = acting.actor.id
    case = change(one.case, CaseAct.GRANT, at, **columns)
    learn(case.application, FactSource("service", case.service), values, at)
    entries = [acting.entry("grant_case", case.subject, fields=sorted(written), automatic=automatic)]
    if one.situation.service.visits.joined == 0:
        case = change(case, CaseAct.DELIVER, at, delivered_at=at)
        entries.append(SYSTEM.entry("deliver_case", case.subject, how="online"))
    ledger.append(entries, at)
    if _issues(one):
        issue_later(case.id)
    return case


def facts_for(case: LockedCase) -> dict[Field, Value]:
    """Read the values that are known in a case's application."""
    return values_of(facts_of(case.application))


def _issues(one: Decision) -> bool:
    """Whether a certificate is issued electronically by this service."""
    kinds = one.asking.library.certificates
    return any(name in kinds and kinds[name].code for name in one.situation.service.issues)


def _outputs(one: Decision, entered: Mapping[str, object]) -> dict[Field, Value]:
    """Put the outputs together by the event's fields; a field that this service does not give is refused."""
    read_in, wrong = _entered(one, entered)
    given = giving.outputs(one.situation, read_in, lambda scope: records.number(NEXT, [scope]))
    values = {one.of_event(own): value for own, value in given.values.items()}
    for field, value in values.items():
        failure = failure_of(one.asking, field, value)
        if failure:
            wrong.append((str(field), failure))
    if wrong or given.missing:
        raise UnableToGrant(missing=[str(one.of_event(own)) for own in given.missing], invalid=wrong)
    return values


def _entered(
    one: Decision, entered: Mapping[str, object]
) -> tuple[dict[Field, Value], list[tuple[str, CheckFailure]]]:
    due = {str(one.of_event(output.field)): output.field for output in giving.due_outputs(one.situation)}
    good: dict[Field, Value] = {}
    wrong: list[tuple[str, CheckFailure]] = []
    for name, typed in entered.items():
        own = due.get(name)
        element = one.asking.element(Field.parse(name)) if own else None
        value = read(typed, element) if element else CheckFailure("unknown-field")
        if isinstance(value, CheckFailure):
            wrong.append((name, value))
        elif own is not None and value is not None:
            good[own] = value
    return good, wrong
