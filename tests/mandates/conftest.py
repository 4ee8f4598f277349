"""Those who act for others, in a transaction of their own."""

import pytest

from tests import acting as play
from tests.acting import Company


@pytest.fixture
def company(db: None) -> Company:
    return play.enter()
