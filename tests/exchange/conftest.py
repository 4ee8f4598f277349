from collections.abc import Iterator

import pytest

from tests.exchange.couriers import BIRTHS, NOT_KEPT, OF_OWN_CASES, ONLY_ASKED, Courier, with_couriers
from tests.exchange.two_nodes import TwoNodes

Running = tuple[TwoNodes, Courier, Courier]


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """The two nodes, the hospitals' courier and the city's; one pair for all that is sent by itself."""
    with with_couriers(BIRTHS, ONLY_ASKED, OF_OWN_CASES, NOT_KEPT) as found:
        yield found
