"""The valve 阀: every fact that crosses from one agency to another passes here, or does not (law 2).

For a look-up it holds the terms of sharing (purpose, legal basis, share type, grant) and the walls between the zones
(qipan/core/walls.py) against what is asked, names its reason for each refusal, and drops what nobody asked for: a source that
returns more than the plan uses gives nothing away. For eyes, it shows a value, masks it or leaves it out.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from qipan.core import walls
from qipan.core.declarations import GrantDeclaration, Resource, Share
from qipan.core.elements import Element, Field, Value
from qipan.core.masking import Masked, mask
from qipan.core.walls import Decision, Standing, Verdict

CORE = 4  # the grade of what nobody declared
NO_WALLS: Mapping[Field, str] = MappingProxyType({})


class Request(NamedTuple):
    """What is asked of a resource: its own fields, for a purpose with a legal basis, on a day.

    ``barred`` are those that do not pass the walls between whoever has them and whoever asks: see ``walls.barred``.
    """

    event: str
    fields: tuple[Field, ...]
    purpose: str
    legal_basis: tuple[str, ...]
    on: date
    barred: Mapping[Field, str] = NO_WALLS


class Passage(NamedTuple):
    """The fields that may pass, and those refused, each with its reason.

    Reasons: ``no-purpose`` · ``no-basis`` · ``withheld`` · ``no-grant`` · ``expired`` · ``not-granted`` (the grant leaves the
    field out) · ``not-given`` (the resource does not have it) · or the rule of the walls that bars the field.
    """

    passed: frozenset[Field]
    refused: Mapping[Field, str]


class Let(NamedTuple):
    """What came through, and how many values were dropped because nobody was to have them."""

    values: Mapping[Field, Value]
    dropped: int


class Shown(NamedTuple):
    """A value as it may be shown: whole, masked, or not at all (None); and by which rule."""

    value: Value | Masked | None
    decision: Decision


def decide(request: Request, resource: Resource, grants: Iterable[GrantDeclaration]) -> Passage:
    """Decide which of the requested fields may pass."""
    whole = _reason_against_all(request, resource, tuple(grants))
    if isinstance(whole, str):
        return Passage(frozenset(), dict.fromkeys(request.fields, whole))
    refused = {
        field: reason
        for field in request.fields
        if (reason := _reason_against(field, resource, whole) or request.barred.get(field, ""))
    }
    return Passage(frozenset(request.fields) - refused.keys(), refused)


def let_through(passage: Passage, values: Mapping[Field, Value]) -> Let:
    """Keep what may pass of the values that came, whatever else came with them."""
    passed = {field: value for field, value in values.items() if field in passage.passed}
    return Let(passed, len(values) - len(passed))


def show(value: Value, element: Element | None, here: Standing) -> Shown:
    """Give what eyes that stand here may see of a value; of an element that nobody declared, no more than of core data."""
    decision = walls.decide(here.crossing(element.grade if element else CORE))
    match decision.verdict:
        case Verdict.PASS:
            return Shown(value, decision)
        case Verdict.MASK if element is not None:
            return Shown(mask(value, element), decision)
        case _:
            return Shown(None, decision)


def _reason_against_all(
    request: Request, resource: Resource, grants: tuple[GrantDeclaration, ...]
) -> str | tuple[GrantDeclaration, ...]:
    """Give the reason why nothing may pass, or else the grants that it passes under (none: it needs none)."""
    if not request.purpose.strip():
        return "no-purpose"
    if not any(basis.strip() for basis in request.legal_basis):
        return "no-basis"
    if resource.share is Share.WITHHELD:
        return "withheld"
    if resource.share is Share.UNCONDITIONAL:
        return ()
    ours = [grant for grant in grants if (grant.resource, grant.event) == (resource.name, request.event)]
    standing = [grant for grant in ours if not grant.until or request.on.isoformat() <= grant.until]
    if standing:
        return tuple(standing)
    return "expired" if ours else "no-grant"


def _reason_against(field: Field, resource: Resource, grants: tuple[GrantDeclaration, ...]) -> str:
    if field not in resource.gives:
        return "not-given"
    element = f"{resource.parties[field.party].kind}.{field.word}"
    if all(grant.elements is not None and element not in grant.elements for grant in grants) and grants:
        return "not-granted"
    return ""
