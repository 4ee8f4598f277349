"""Two nodes for all that goes through their gateways."""

from collections.abc import Iterator

import pytest

from tests.exchange.two_nodes import TwoNodes, two_nodes


@pytest.fixture(scope="session")
def pair() -> Iterator[TwoNodes]:
    """Two nodes, the city's inside and the hospitals' public side running; who stops one of these starts it again."""
    with two_nodes() as found:
        yield found
