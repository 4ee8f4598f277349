"""What a resource's ``source`` says, read once and checked: adapter, register, place and columns."""

from collections.abc import Mapping
from typing import NamedTuple

from qipan.adapters.sources.port import Request, SourceMisdeclared
from qipan.core.elements import Field, Value

ADAPTERS = frozenset({"sql", "file", "http"})


class Reading(NamedTuple):
    """A look-up in the register's own words: in ``place`` (a table or a path), the columns of the keys and of the facts.

    ``encoding`` is a CSV file's, ``sheet`` the table inside a workbook; empty where the source does not say.
    """

    register: str
    place: str
    schema: str | None
    keys: Mapping[str, Value]
    columns: Mapping[Field, str]
    encoding: str = ""
    sheet: str = ""


def adapter_of(source: Mapping[str, object]) -> str:
    """Say which adapter reads this source; raises SourceMisdeclared."""
    adapter = source.get("adapter")
    if adapter not in ADAPTERS:
        raise SourceMisdeclared(
            f"The adapter is {adapter!r}; it must be one of {', '.join(sorted(ADAPTERS))}."
        )
    return str(adapter)


def reading_of(request: Request) -> Reading:
    """Put a request into the register's words; raises SourceMisdeclared."""
    source = request.source
    columns = source.get("columns")
    if not isinstance(columns, Mapping):
        raise SourceMisdeclared(f"The source of {request.resource} has no columns.")
    if not request.keys:
        raise SourceMisdeclared(f"{request.resource} was asked for without a key.")
    return Reading(
        _text(request, "register"),
        _text(request, "path" if adapter_of(source) != "sql" else "table"),
        str(source["schema"]) if source.get("schema") else None,
        {_column(request, columns, each): value for each, value in request.keys.items()},
        {each: _column(request, columns, each) for each in request.elements},
        str(source.get("encoding") or ""),
        str(source.get("sheet") or ""),
    )


def listing_of(request: Request) -> Reading:
    """Put a request for all rows into the register's words: of every row these columns; raises SourceMisdeclared."""
    columns = request.source.get("columns")
    if not isinstance(columns, Mapping):
        raise SourceMisdeclared(f"The source of {request.resource} has no columns.")
    return Reading(
        _text(request, "register"),
        _text(request, "path" if adapter_of(request.source) != "sql" else "table"),
        str(request.source["schema"]) if request.source.get("schema") else None,
        {},
        {each: _column(request, columns, each) for each in request.elements},
        str(request.source.get("encoding") or ""),
        str(request.source.get("sheet") or ""),
    )


def _text(request: Request, name: str) -> str:
    value = request.source.get(name)
    if not isinstance(value, str) or not value:
        raise SourceMisdeclared(f"The source of {request.resource} names no {name}.")
    return value


def _column(request: Request, columns: Mapping[str, object], wanted: Field) -> str:
    column = columns.get(str(wanted))
    if not isinstance(column, str) or not column:
        raise SourceMisdeclared(f"The source of {request.resource} names no column for {wanted}.")
    return column
