"""The shapes of the API, made from the rows that queries give: the same names and types, and nothing to keep in step by hand."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from ninja import Schema
from pydantic import BeforeValidator, create_model

from qipan.core.elements import Field

FIELD = Annotated[str, BeforeValidator(str)]
"""A field, written ``party.element``."""


@lru_cache(maxsize=256)
def shape_of(row: type, *left_out: str) -> type[Schema]:
    """Make the schema of a row, a NamedTuple or dataclass, and of the rows in it."""
    hints = {name: kind for name, kind in get_type_hints(row).items() if name not in left_out}
    fields: dict[str, Any] = {name: (_plain(kind), ...) for name, kind in hints.items()}
    return create_model(row.__name__, __base__=Schema, __doc__=row.__doc__, **fields)


def _plain(kind: Any) -> Any:
    if kind is Field:
        return FIELD
    if isinstance(kind, type) and (is_dataclass(kind) or hasattr(kind, "_fields")):
        return shape_of(kind)
    inner = tuple(_plain(one) for one in get_args(kind) if one is not Ellipsis)
    origin = get_origin(kind)
    if origin is tuple:
        return list[inner[0]] if Ellipsis in get_args(kind) else tuple[inner]  # type: ignore[valid-type]
    if origin in {Union, UnionType}:
        return Union[tuple(NoneType if one is None else one for one in inner)]  # noqa: UP007 -- built at run time
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[inner]  # type: ignore[valid-type,misc]
    return kind
