"""What attacks begin with: the cast in a transaction, or a stage of real processes, one for the whole run."""

from collections.abc import Iterator

import pytest

from tests import cast as play
from tests.attacks.stage import Stage, set_up_stage
from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with set_up_stage() as found:
        yield found
