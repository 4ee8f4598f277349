"""Looking facts up: outside any transaction, all at once, under a deadline, and through the valve (law 2).

The valve decides before anything is asked, and the source is asked for what may pass and nothing else; what comes back passes
it again. What came of a look-up is a value: recording it is another's business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings

from qipan.adapters.sources import (
    Answer,
    Gateway,
    Ground,
    Registers,
    Request,
    SourceDown,
    SourceError,
    SourceMisdeclared,
    Sources,
    addresses_of,
    request_for,
)
from qipan.applications import crossings
from qipan.applications.agreements import Agreement, agreements
from qipan.applications.intake import Asking
from qipan.core import valve, walls
from qipan.core.declarations import GrantDeclaration, Resource
from qipan.core.elements import Field, Value
from qipan.core.plan import Fetch

DEADLINE = 3.0 * settings.QIPAN_PATIENCE  # seconds for all that is looked up at once
ID_NUMBER = "id_number"


class LookedUp(NamedTuple):
    """What came of one look-up. Outcomes: ok · none (no such record) · down · nonsense · refused (by the valve).

    ``lacking`` are the fields that it was to give and did not; ``numbers`` the identity numbers of those it concerned.
    """

    step: str
    resource: str
    services: tuple[str, ...]
    fields: tuple[str, ...]
    refused: Mapping[str, str]
    purpose: str
    legal_basis: str
    agency: str
    outcome: str
    values: Mapping[Field, Value]
    lacking: tuple[Field, ...]
    numbers: tuple[str, ...]
    milliseconds: int

    @property
    def failed(self) -> bool:
        """Whether it gave no answer, so that another try may."""
        return self.outcome in {"down", "nonsense"}


class Alone(NamedTuple):
    """A look-up of one resource by one identity number, outside any plan."""

    resource: Resource
    passage: valve.Passage
    number: str
    purpose: str
    basis: tuple[str, ...]

    def made(self, outcome: str, answer: Answer | None = None) -> LookedUp:
        """Say what came of it, for the record; it keeps no values."""
        return LookedUp(
            step=self.resource.name,
            resource=self.resource.name,
            services=(),
            fields=tuple(sorted(map(str, self.passage.passed))),
            refused={str(one): why for one, why in self.passage.refused.items()},
            purpose=self.purpose,
            legal_basis="；".join(self.basis),
            agency=self.resource.agency,
            outcome=outcome,
            values={},
            lacking=(),
            numbers=(self.number,),
            milliseconds=round(answer.seconds * 1000) if answer else 0,
        )


@lru_cache(maxsize=1)
def registers() -> Registers:
    """The agencies' registers of this installation; one object serves the whole process."""
    gateway = Gateway(settings.QIPAN_GATEWAY, settings.GATEWAY_SECRET) if settings.QIPAN_NODE else None
    return Registers(addresses_of(settings.QIPAN_REGISTERS), gateway)


def look_up(
    asking: Asking,
    fetches: Sequence[Fetch],
    facts: Mapping[Field, Value],
    sources: Sources,
    deadline: float = DEADLINE,
    *,
    made_for: str = "",
    by: str = "",
) -> list[LookedUp]:
    """Run the plan's fetches, whose keys must all be among the facts.

    ``made_for`` (``draft:…``, ``application:…``) and ``by`` (``person:…``, ``system:…``) go to other nodes that are asked.
    """
    elsewhere = agreements(asking.version, asking.event.name, asking.today) if fetches else {}
    crossings = [_crossing(asking, fetch, elsewhere.get(fetch.resource)) for fetch in fetches]
    requests: list[Request] = []
    misdeclared: dict[str, Answer] = {}
    for crossing in crossings:
        if crossing.passage.passed:
            try:
                request = _request(asking, crossing, facts)
                requests.append(replace(request, ground=_ground(crossing, made_for, by)))
            except SourceMisdeclared as error:
                misdeclared[crossing.fetch.name] = Answer(error=error)
    answers = {**sources.look_up_all(requests, deadline), **misdeclared} if requests else misdeclared
    return [_looked_up(crossing, answers.get(crossing.fetch.name), facts) for crossing in crossings]


def ask_one(sources: Sources, request: Request) -> Answer:
    """Ask a source by itself; an answer that failed says why."""
    try:
        return sources.look_up(request, DEADLINE)
    except SourceError as error:
        return Answer(error=error)


class _Crossing(NamedTuple):
    """A fetch at the valve."""

    fetch: Fetch
    resource: Resource
    request: valve.Request
    passage: valve.Passage


def _crossing(asking: Asking, fetch: Fetch, agreement: Agreement | None) -> _Crossing:
    """Bring a fetch to the valve: under the library's grants, or, of what another node holds, under the one it gave."""
    if agreement is not None:
        return _agreed(asking, fetch, agreement)
    library, event = asking.library, asking.event
    resource = library.resources[fetch.resource]
    grants = [
        each for each in library.grants.values() if (each.resource, each.event) == (resource.name, event.name)
    ]
    purposes = [each.purpose.zh for each in grants if each.purpose]
    request = valve.Request(
        event=event.name,
        fields=tuple(own for _, own in fetch.facts),
        purpose=purposes[0] if purposes else f"办理“{event.title.zh}”",
        legal_basis=_legal_basis(asking, fetch, resource, grants),
        on=asking.today,
        barred=_barred(asking, resource),
    )
    return _Crossing(fetch, resource, request, valve.decide(request, resource, grants))


def _agreed(asking: Asking, fetch: Fetch, agreement: Agreement) -> _Crossing:
    resource, grant = asking.library.resources[fetch.resource], agreement.grant
    request = valve.Request(
        event=asking.event.name,
        fields=tuple(own for _, own in fetch.facts),
        purpose=grant.purpose_zh if grant else f"办理“{asking.event.title.zh}”",
        legal_basis=grant.basis if grant else resource.legal_basis,
        on=asking.today,
        barred=_barred(asking, resource),
    )
    outside = {
        one: "not-granted" if grant else "no-grant" for one in request.fields if one not in agreement.fields
    }
    passage = valve.decide(request, resource, agreement.declared(resource, asking.event.name))
    within = valve.Passage(passage.passed - outside.keys(), {**passage.refused, **outside})
    return _Crossing(fetch, resource, request, within)


def _barred(asking: Asking, resource: Resource) -> Mapping[Field, str]:
    """What does not pass the walls between the agency that has it and the platform."""
    elements = {field: asking.library.element(resource.parties, field) for field in resource.gives}
    grades = {field: element.grade if element else valve.CORE for field, element in elements.items()}
    return walls.barred(crossings.looking_up(asking.library, resource.agency), grades)


def _legal_basis(
    asking: Asking, fetch: Fetch, resource: Resource, grants: Iterable[GrantDeclaration]
) -> tuple[str, ...]:
    """The ground of a look-up: its grant's, the resource's own, or that of the services that need it."""
    of_grants = tuple(basis for grant in grants for basis in grant.legal_basis)
    services = (asking.library.services[name] for name in fetch.needed_by if name in asking.library.services)
    return of_grants or resource.legal_basis or tuple(basis for one in services for basis in one.legal_basis)


def _request(asking: Asking, crossing: _Crossing, facts: Mapping[Field, Value]) -> Request:
    fetch = crossing.fetch
    keys = {own: facts[field] for field, own in fetch.keys}
    wanted = [own for _, own in fetch.facts if own in crossing.passage.passed]
    return request_for(
        asking.library, fetch.resource, keys, facts=wanted, name=fetch.name, today=asking.today
    )


def _ground(crossing: _Crossing, made_for: str, by: str) -> Ground:
    return Ground(
        event=crossing.request.event,
        services=crossing.fetch.needed_by,
        purpose=crossing.request.purpose,
        basis=crossing.request.legal_basis,
        case=made_for,
        official=by,
    )


def _looked_up(crossing: _Crossing, answer: Answer | None, facts: Mapping[Field, Value]) -> LookedUp:
    fetch, passage = crossing.fetch, crossing.passage
    came = valve.let_through(passage, (answer and answer.facts) or {}).values
    values = {field: came[own] for field, own in fetch.facts if own in came}
    numbers = [facts.get(field) for field, _ in fetch.keys if field.word == ID_NUMBER]
    numbers += [value for field, value in values.items() if field.word == ID_NUMBER]
    refused = {str(field): passage.refused[own] for field, own in fetch.facts if own in passage.refused}
    return LookedUp(
        step=fetch.name,
        resource=fetch.resource,
        services=fetch.needed_by,
        fields=tuple(str(field) for field, own in fetch.facts if own in passage.passed),
        refused=refused,
        purpose=crossing.request.purpose,
        legal_basis="；".join(crossing.request.legal_basis),
        agency=crossing.resource.agency,
        outcome=_outcome(answer),
        values=values,
        lacking=tuple(field for field, _ in fetch.facts if field not in values),
        numbers=tuple(dict.fromkeys(map(str, numbers))),
        milliseconds=round(answer.seconds * 1000) if answer else 0,
    )


def _outcome(answer: Answer | None) -> str:
    if answer is None:
        return "refused"
    if answer.error is not None:
        return "down" if isinstance(answer.error, SourceDown) else "nonsense"
    return "none" if answer.facts is None else "ok"
