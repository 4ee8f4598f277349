"""What attacks begin with: the cast in a transaction, or a stage or a pair of nodes, real processes, one for the whole run."""

from collections.abc import Iterator

import pytest

from tests import cast as play
from tests.attacks.stage import Stage, set_up_stage
from tests.cast import Cast
from tests.exchange.two_nodes import TwoNodes, two_nodes


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with set_up_stage() as found:
        yield found


@pytest.fixture(scope="session")
def pair() -> Iterator[TwoNodes]:
    """Two nodes, the city's inside and the hospitals' public side running; who stops one of these starts it again."""
    with two_nodes() as found:
        yield found
