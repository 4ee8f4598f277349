"""Calls as both ends put them on record, in one database that plays both nodes: each keeps its own side by the other's name."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from qipan.core.grants import End, Grant
from qipan.exchange.operations import Passing, record_passing
from qipan.exchange.queries import HeldGrant
from qipan.watch import operations, reconciling
from qipan.watch.reconciling import Compared, Link

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine in the morning in China, on a Monday
GRANT = UUID("9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11")
OTHER = UUID("9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a12")
CITY, HOSPITALS = "city", "hospitals"


def held(number: UUID = GRANT) -> HeldGrant:
    """A grant by which the city asks the hospitals."""
    grant = SimpleNamespace(
        resource="birth_record",
        provider=End(HOSPITALS, "330106.hospital"),
        consumer=End(CITY, "330100.data_bureau"),
    )
    return HeldGrant(number, cast("Grant", grant), {}, NINE, None, "")


class Nodes:
    """The city, which asks, and the hospitals; ``dropped`` and ``changed`` are what a dishonest operator did."""

    def __init__(self) -> None:
        self.grants = {str(one): held(one) for one in (GRANT, OTHER)}

    def call(self, at: datetime = NINE, *, ends: str = "both", exchange: str = "", **changes: Any) -> str:
        """One call; ``ends`` says which end has a record of it: both, city or hospitals."""
        name = exchange or (uuid4().hex + uuid4().hex)
        usual: dict[str, Any] = {
            "exchange": name, "grant": str(GRANT), "resource": "birth_record", "fields": ("child.birth_date",), "purpose": "核验",
            "basis": "母婴保健法", "case": "case:1", "official": "official:7", "outcome": "ok", "rows": 1, "milliseconds": 3, "signed_at": at,
        }  # fmt: skip
        sides = {CITY: ("consumer", HOSPITALS, 0.0), HOSPITALS: ("provider", CITY, 0.04)}
        passings = [
            Passing(**{**usual, **changes, "side": side, "peer": peer, "at": at + timedelta(seconds=late)})
            for end, (side, peer, late) in sides.items()
            if ends in {"both", end}
        ]
        with transaction.atomic():
            record_passing(passings=passings, at=at)
        return name

    def close(self, at: datetime) -> datetime:
        """Both close their windows."""
        with transaction.atomic():
            return operations.close_windows(node="somebody-else", at=at)

    def compare(self, since: datetime, closed: datetime, *, by: str = CITY, **lies: Any) -> Compared:
        """One of them compares with the other; ``lies`` stand in place of the other's answers, by what was asked."""
        other = HOSPITALS if by == CITY else CITY

        def ask(asked: Mapping[str, object]) -> Mapping[str, Any]:
            lie = lies.get(str(asked["what"]))
            if lie is not None:
                return cast("Mapping[str, Any]", lie(asked) if callable(lie) else lie)
            return reconciling.answer_to(by, asked)

        return reconciling.compare(Link(by, other, self.grants), ask, since, closed)


@pytest.fixture
def nodes(db: None) -> Nodes:
    return Nodes()
