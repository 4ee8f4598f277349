"""The shapes of a library's files as JSON Schema, for editors and other people's tools."""

from typing import Any

from qipan.catalogue.library.sections import FILE


def json_schema() -> dict[str, Any]:
    """Describe one file of a library in draft 7, the draft that editors know best."""
    definitions: dict[str, Any] = {}
    FILE.schema(definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:qipan:library:1",
        "title": "A file of a Qipan library",
        **definitions.pop("file"),
        "definitions": dict(sorted(definitions.items())),
    }
