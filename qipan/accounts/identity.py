"""Whether the population register knows somebody of this name and number: asked like any other look-up, through the valve.

Which register that is follows from the library: the one of record for a person's name and number, found by the number. It is asked for
the name, and for the day of death where it gives that, and for nothing else; outside any transaction.
"""

from datetime import date
from typing import Final, NamedTuple

from qipan.adapters.sources import Answer, Sources, request_for
from qipan.applications import crossings
from qipan.applications.lookups import Alone, LookedUp, ask_one, registers
from qipan.core import valve, walls
from qipan.core.declarations import Library, Resource
from qipan.core.elements import Field, element_name
from qipan.core.names import same_name

NAME, NUMBER, DEATH = "Person.name", "Person.id_number", "Person.death_date"
PURPOSE: Final = "核验本人实名"
BASIS: Final = ("网络安全法 第二十四条", "居民身份证法 第十四条")


class Checked(NamedTuple):
    """What the register says of a name and a number: same · different · none · deceased · down. ``made`` is for the record."""

    outcome: str
    name: str
    made: LookedUp | None


def check(
    *, library: Library, name: str, id_number: str, on: date, sources: Sources | None = None
) -> Checked:
    """Ask the population register whether this person is there under this name."""
    resource = register_of_record(library)
    if resource is None:
        return Checked("down", "", None)
    key, wanted = resource.keys[0], _wanted(resource)
    passage = valve.decide(_request(library, resource, wanted, on), resource, library.grants.values())
    alone = Alone(resource, passage, id_number, PURPOSE, BASIS)
    if not set(wanted) <= passage.passed:
        return Checked("down", "", alone.made("refused"))
    asked = request_for(library, resource.name, {key: id_number}, facts=wanted, today=on)
    answer = ask_one(sources or registers(), asked)
    facts = valve.let_through(passage, answer.facts or {}).values
    found, died = (
        facts.get(_field(resource, NAME)),
        _gives(resource, DEATH) and facts.get(_field(resource, DEATH)),
    )
    outcome = _outcome(answer, name, str(found or ""), died=bool(died))
    came = "down" if outcome == "down" else "none" if answer.facts is None else "ok"
    return Checked(outcome, str(found or ""), alone.made(came, answer))


def register_of_record(library: Library) -> Resource | None:
    """Find the resource that is of record for people's names and numbers, and is found by the number alone."""
    for resource in library.resources.values():
        of_record = {NAME, NUMBER} <= set(resource.record_of)
        if of_record and len(resource.keys) == 1 and _element(resource, resource.keys[0]) == NUMBER:
            return resource
    return None


def _outcome(answer: Answer, typed: str, found: str, *, died: bool) -> str:
    if answer.error is not None:
        return "down"
    if answer.facts is None:
        return "none"
    if not same_name(typed, found):
        return "different"
    return "deceased" if died else "same"


def _request(library: Library, resource: Resource, wanted: tuple[Field, ...], on: date) -> valve.Request:
    grades = {one: library.elements[_element(resource, one)].grade for one in wanted}
    barred = walls.barred(crossings.looking_up(library, resource.agency), grades)
    return valve.Request("", wanted, PURPOSE, (*BASIS, *resource.legal_basis), on, barred)


def _wanted(resource: Resource) -> tuple[Field, ...]:
    return tuple(_field(resource, one) for one in (NAME, DEATH) if _gives(resource, one))


def _gives(resource: Resource, element: str) -> bool:
    return any(_element(resource, one) == element for one in resource.gives)


def _field(resource: Resource, element: str) -> Field:
    return next(one for one in resource.gives if _element(resource, one) == element)


def _element(resource: Resource, field: Field) -> str:
    return element_name(resource.parties[field.party].kind, field.word)
