"""What changed in shared resources from one library to the next."""

from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from typing import NamedTuple

from qipan.core.declarations import Library, Resource
from qipan.core.elements import Text

SILENT = frozenset({"name", "source", "cost"})  # how its own agency reads it concerns nobody else


class Kind(StrEnum):
    """What became of a resource."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Change(NamedTuple):
    """One part of a resource that differs, written as in the library; ``before`` or ``after`` is empty where it was not there."""

    part: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def gone(self) -> tuple[str, ...]:
        """What is no longer there."""
        return tuple(one for one in self.before if one not in self.after)

    @property
    def new(self) -> tuple[str, ...]:
        """What was not there."""
        return tuple(one for one in self.after if one not in self.before)


class ResourceChange(NamedTuple):
    """What became of one resource."""

    resource: str
    kind: Kind
    parts: tuple[Change, ...] = ()


def resource_changes(before: Library | None, after: Library) -> tuple[ResourceChange, ...]:
    """Every resource that was added, changed or removed, by name; ``before`` is None for the first library."""
    old = before.resources if before else {}
    new = after.resources
    return tuple(
        found
        for name in sorted(old.keys() | new.keys())
        if (found := _change(name, old.get(name), new.get(name))) is not None
    )


def _change(name: str, before: Resource | None, after: Resource | None) -> ResourceChange | None:
    if before is None or after is None:
        return ResourceChange(name, Kind.ADDED if before is None else Kind.REMOVED)
    parts = tuple(_differences(before, after))
    return ResourceChange(name, Kind.CHANGED, parts) if parts else None


def _differences(before: Resource, after: Resource) -> Iterator[Change]:
    for each in fields(Resource):
        was, now = getattr(before, each.name), getattr(after, each.name)
        if each.name not in SILENT and was != now:
            yield Change(each.name, _written(was), _written(now))


def _written(value: object) -> tuple[str, ...]:
    match value:
        case None | "":
            return ()
        case Text():
            return tuple(one for one in (value.zh, value.en) if one)
        case dict():
            return tuple(f"{name}: {slot.kind}" for name, slot in value.items())
        case frozenset():
            return tuple(sorted(value))
        case tuple() if not hasattr(value, "_fields"):
            return tuple(str(one) for one in value)
        case _:
            return (_word(value),)


def _word(value: object) -> str:
    name, parties = getattr(value, "name", ""), getattr(value, "parties", None)
    return f"{name}({', '.join(parties)})" if parties is not None else str(value)
