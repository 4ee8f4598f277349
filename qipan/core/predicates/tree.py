"""The tree of a predicate, and what can be asked of it without judging it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qipan.core.elements import Field, Value


@dataclass(frozen=True, slots=True)
class Constant:
    """Always true, or always false."""

    truth: bool

    def __str__(self) -> str:
        return "true" if self.truth else "false"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field against a value or another field; texts compare by characters, which orders ISO dates and region codes."""

    field: Field
    operator: str
    value: Value | Field

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {_written(self.value)}"


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a field's value is among some (``negated``: is not)."""

    field: Field
    values: tuple[Value, ...]
    negated: bool = False

    def __str__(self) -> str:
        values = ", ".join(_written(value) for value in self.values)
        return f"{self.field} {'not in' if self.negated else 'in'} [{values}]"


@dataclass(frozen=True, slots=True)
class Present:
    """Whether a party takes part."""

    party: str

    def __str__(self) -> str:
        return f"present({self.party})"


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a field is known without asking."""

    field: Field

    def __str__(self) -> str:
        return f"known({self.field})"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of its part."""

    part: "Predicate"

    def __str__(self) -> str:
        inner = f"({self.part})" if isinstance(self.part, And | Or) else str(self.part)
        return f"not {inner}"


@dataclass(frozen=True, slots=True)
class And:
    """All of its parts."""

    parts: tuple["Predicate", ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of its parts."""

    parts: tuple["Predicate", ...]

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)


Leaf = Constant | Comparison | Membership | Present | Known
Predicate = Constant | Comparison | Membership | Present | Known | Not | And | Or


def _written(value: Value | Field) -> str:
    return str(value) if isinstance(value, Field) else json.dumps(value, ensure_ascii=False)


def both(*parts: Predicate) -> Predicate:
    """Join by ``and``, flattened."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def either(*parts: Predicate) -> Predicate:
    """Join by ``or``, flattened."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def leaves(predicate: Predicate) -> Iterator[Leaf]:
    """Walk the parts that hold no others, from left to right."""
    match predicate:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield predicate


def fields(predicate: Predicate) -> frozenset[Field]:
    """Every field that the predicate speaks of, ``known(field)`` included."""
    return frozenset(field for leaf in leaves(predicate) for field in fields_of(leaf))


def fields_of(leaf: Leaf) -> tuple[Field, ...]:
    """List the fields that one leaf speaks of."""
    match leaf:
        case Comparison(field, _, Field() as other):
            return field, other
        case Comparison(field) | Membership(field):
            return (field,)
        case Known(field):
            return (field,)
        case _:
            return ()


def parties(predicate: Predicate) -> frozenset[str]:
    """Every party that the predicate speaks of."""
    present = {leaf.party for leaf in leaves(predicate) if isinstance(leaf, Present)}
    return frozenset(present | {field.party for field in fields(predicate)})


def rename(predicate: Predicate, mapping: Mapping[str, str]) -> Predicate:
    """Speak of other parties: a service's own become the event's; parties not in ``mapping`` keep their names."""

    def moved(field: Field) -> Field:
        return Field(mapping.get(field.party, field.party), field.word)

    match predicate:
        case Comparison(field, operator, value):
            return Comparison(
                moved(field),
                operator,
                moved(value) if isinstance(value, Field) else value,
            )
        case Membership(field, values, negated):
            return Membership(moved(field), values, negated)
        case Present(party):
            return Present(mapping.get(party, party))
        case Known(field):
            return Known(moved(field))
        case Not(part):
            return Not(rename(part, mapping))
        case And(parts):
            return And(tuple(rename(part, mapping) for part in parts))
        case Or(parts):
            return Or(tuple(rename(part, mapping) for part in parts))
        case Constant():
            return predicate
