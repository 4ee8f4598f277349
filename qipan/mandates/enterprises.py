"""Which enterprise the register of enterprises says a person leads: asked like any other look-up, through the valve.

Which register that is follows from the library: the resource that gives an enterprise's credit code and name by the number of its
legal representative, and, for whether it is in operation, the one of record for that. Asked outside any transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from qipan.adapters.sources import Sources, request_for
from qipan.applications import crossings
from qipan.applications.lookups import Alone, LookedUp, ask_one, registers
from qipan.core import valve, walls
from qipan.core.declarations import GrantDeclaration, Library, Resource
from qipan.core.elements import Field, Value, element_name

RELATION: Final = "legal_representative"
NUMBER, CODE, NAME = "Person.id_number", "Organization.credit_code", "Organization.name"
STATUS, IN_EXISTENCE = "Organization.registration_status", "1"  # 存续
PURPOSE: Final = "核验企业的法定代表人"
BASIS: Final = ("市场主体登记管理条例 第八条",)


class Found(NamedTuple):
    """What the registers say: leads · none · not-in-operation · down. ``made`` are the look-ups, for the record."""

    outcome: str
    credit_code: str
    name: str
    made: tuple[LookedUp, ...]


class _Asked(NamedTuple):
    facts: Mapping[str, Value]  # by element
    made: LookedUp


class _Asking(NamedTuple):
    library: Library
    on: date
    sources: Sources


def led_by(*, library: Library, id_number: str, on: date, sources: Sources | None = None) -> Found:
    """Ask which enterprise has this person as its legal representative, and whether it is in operation."""
    resource = _keyed_by(library, NUMBER, (CODE, NAME), RELATION)
    if resource is None:
        return Found("down", "", "", ())
    asking = _Asking(library, on, sources or registers())
    asked = _ask(asking, resource, id_number, (CODE, NAME))
    code, name = str(asked.facts.get(CODE) or ""), str(asked.facts.get(NAME) or "")
    if not code or not name:
        outcome = "down" if asked.made.outcome in {"down", "refused"} else "none"
        return Found(outcome, "", "", (asked.made,))
    status = _status(asking, code, id_number)
    made = (asked.made, *((status.made,) if status else ()))
    return Found(_standing(status), code, name, made)


def _standing(status: _Asked | None) -> str:
    if status is None:
        return "leads"  # no register here says which enterprises are in operation
    if status.made.outcome in {"down", "refused"}:
        return "down"
    return "leads" if status.facts.get(STATUS) == IN_EXISTENCE else "not-in-operation"


def _status(asking: _Asking, code: str, id_number: str) -> _Asked | None:
    resource = _keyed_by(asking.library, CODE, (STATUS,), "")
    if resource is None:
        return None
    asked = _ask(asking, resource, code, (STATUS,))
    return asked._replace(made=asked.made._replace(numbers=(id_number,)))


def _keyed_by(library: Library, key: str, gives: tuple[str, ...], relation: str) -> Resource | None:
    """Find the resource that gives these elements by this one key, under this relation, or of record where it needs none."""
    for resource in library.resources.values():
        keyed = [element for _field, element in _elements(resource, resource.keys)]
        given = {element for _field, element in _elements(resource, resource.gives)}
        related = resource.relation.name if resource.relation else ""
        of_record = bool(relation) or set(gives) <= resource.record_of
        if keyed == [key] and set(gives) <= given and related == relation and of_record:
            return resource
    return None


def _ask(asking: _Asking, resource: Resource, key: str, wanted: tuple[str, ...]) -> _Asked:
    fields = tuple(field for field, element in _elements(resource, resource.gives) if element in wanted)
    passage = _passage(asking.library, resource, fields, asking.on)
    alone = Alone(resource, passage, key, PURPOSE, BASIS)
    if not set(fields) <= passage.passed:
        return _Asked({}, alone.made("refused"))
    keys = {resource.keys[0]: key}
    request = request_for(asking.library, resource.name, keys, facts=fields, today=asking.on)
    answer = ask_one(asking.sources, request)
    came = valve.let_through(passage, answer.facts or {}).values
    outcome = "down" if answer.error is not None else "none" if answer.facts is None else "ok"
    facts = {element: came[field] for field, element in _elements(resource, fields) if field in came}
    return _Asked(facts, alone.made(outcome, answer))


def _passage(library: Library, resource: Resource, fields: tuple[Field, ...], on: date) -> valve.Passage:
    """Under the terms of any event that may ask the same: whoever leads an enterprise leads it in each of them."""
    grants = [one for one in library.grants.values() if one.resource == resource.name]
    elements = dict(_elements(resource, fields))
    grades = {field: library.elements[element].grade for field, element in elements.items()}
    barred = walls.barred(crossings.looking_up(library, resource.agency), grades)
    basis = (*BASIS, *resource.legal_basis)
    passages = [
        valve.decide(valve.Request(event, fields, PURPOSE, basis, on, barred), resource, grants)
        for event in _events(grants)
    ]
    return max(passages, key=lambda one: len(one.passed))


def _events(grants: Iterable[GrantDeclaration]) -> list[str]:
    return sorted({one.event for one in grants}) or [""]


def _elements(resource: Resource, fields: Iterable[Field]) -> list[tuple[Field, str]]:
    return [(one, element_name(resource.parties[one.party].kind, one.word)) for one in fields]
