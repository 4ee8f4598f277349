from pathlib import Path

import pytest

from qipan.certificates.rows import WholeCertificate
from tests import cast as play
from tests.cast import Cast
from tests.certificates.office import Office, issued, open_office


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def office(cast: Cast, tmp_path: Path) -> Office:
    return open_office(tmp_path)


@pytest.fixture
def paper(cast: Cast, office: Office) -> WholeCertificate:
    """The birth paper of the mother's child."""
    return issued(cast, office)
