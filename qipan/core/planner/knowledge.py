"""Knowledge: what a plan is made from, besides the declarations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from qipan.core.elements import Field, Value

HeldCertificate = tuple[str, tuple[tuple[str, str], ...]]
"""A certificate's name, and its parties paired with the event's."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known, held, refused and out of order when the plan is made.

    ``facts`` are known now; ``stated`` are those of them that the applicant said, the rest came from the identity, sources,
    certificates and services. ``assumed`` values settle conditions only: those fields are still asked or looked up.
    ``identified``: all that the signed-in identity gives is in ``facts``; otherwise the event's ``known`` fields count as
    known without their values, as in an estimate.
    ``without`` names resources, or single fetches, that do not answer; ``lacking`` pairs a fetch's name with a field for
    which it had no value. ``granted`` services are done and their outputs are in ``facts``; ``refused`` ones are over.
    ``skipped`` names optional services left out. ``today`` decides whether grants still run. ``agreed`` pairs each resource
    that somebody else holds with the fields of its own that they let pass, whatever the library grants.
    """

    facts: Mapping[Field, Value] = field(default_factory=dict)
    stated: frozenset[Field] = frozenset()
    assumed: Mapping[Field, Value] = field(default_factory=dict)
    wallet: frozenset[HeldCertificate] = frozenset()
    without: frozenset[str] = frozenset()
    lacking: frozenset[tuple[str, Field]] = frozenset()
    skipped: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    granted: frozenset[str] = frozenset()
    identified: bool = False
    today: date | None = None
    agreed: frozenset[tuple[str, frozenset[Field]]] = frozenset()
