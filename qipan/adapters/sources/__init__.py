"""Agencies' registers, read as they stand: SQL databases, dropped files and JSON services, by declaration in the library.

``port`` says what is asked and answered, ``registers`` reads the real ones, ``fake`` stands for them in tests.
"""

from qipan.adapters.sources.fake import FakeSources
from qipan.adapters.sources.nodes import Gateway
from qipan.adapters.sources.port import (
    Answer,
    Ground,
    Refused,
    Request,
    SourceDown,
    SourceError,
    SourceMisdeclared,
    SourceNonsense,
    Sources,
    look_up_in_order,
    request_for,
)
from qipan.adapters.sources.registers import Registers, addresses_of

__all__ = [
    "Answer",
    "FakeSources",
    "Gateway",
    "Ground",
    "Refused",
    "Registers",
    "Request",
    "SourceDown",
    "SourceError",
    "SourceMisdeclared",
    "SourceNonsense",
    "Sources",
    "addresses_of",
    "look_up_in_order",
    "request_for",
]
