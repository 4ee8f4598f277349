"""The API's description as a page: no script, nothing fetched from elsewhere."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qipan.faces.api.service import api
from qipan.faces.look.access import access, anyone


class Parameter(NamedTuple):
    """Something a call takes besides its body."""

    name: str
    place: str
    required: bool


class Route(NamedTuple):
    """One call; ``body`` and ``answer`` name their shapes."""

    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    body: str
    answer: str


class Shape(NamedTuple):
    """A shape: its properties with their types."""

    name: str
    description: str
    properties: tuple[tuple[str, str], ...]


@access(anyone)
@require_safe
def openapi(_request: HttpRequest) -> JsonResponse:
    """The OpenAPI document."""
    return JsonResponse(_document())


def _document() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix="/api/"))


@access(anyone)
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Every call and every shape, from the OpenAPI document."""
    document = _document()
    values = {
        "groups": _groups(document),
        "shapes": _shapes(document),
        "description": document["info"]["description"],
    }
    return render(request, "api/docs.html", values)


def _groups(document: dict[str, Any]) -> dict[str, list[Route]]:
    groups: dict[str, list[Route]] = {}
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            groups.setdefault(call["tags"][0], []).append(_route(method, path, call))
    return groups


def _route(method: str, path: str, call: dict[str, Any]) -> Route:
    parameters = [
        Parameter(one["name"], one["in"], bool(one.get("required"))) for one in call.get("parameters", ())
    ]
    answers = [_content(answer) for code, answer in call["responses"].items() if str(code).startswith("2")]
    body = _content(call.get("requestBody", {}))
    return Route(
        method.upper(),
        path,
        call.get("summary", ""),
        tuple(parameters),
        body,
        next(filter(None, answers), ""),
    )


def _content(part: dict[str, Any]) -> str:
    schemas = [each.get("schema", {}) for each in part.get("content", {}).values()]
    return _type(schemas[0]) if schemas else ""


def _shapes(document: dict[str, Any]) -> list[Shape]:
    return [
        Shape(
            name,
            schema.get("description", ""),
            tuple((each, _type(kind)) for each, kind in schema.get("properties", {}).items()),
        )
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _type(schema: dict[str, Any]) -> str:
    """Name a JSON Schema type in short: ``[CaseOut]``, ``text | null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{{{_type(schema['additionalProperties'])}}}"
    return str(schema.get("format") or schema.get("type", "any"))
