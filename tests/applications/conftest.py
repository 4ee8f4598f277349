import pytest

from tests import cast as play
from tests.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()
