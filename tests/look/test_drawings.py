"""Pictures are named by the library and drawn by the faces."""

import pytest

from qipan.core.classes import Picture
from qipan.faces.look.drawings import GENERAL, drawing


@pytest.mark.parametrize("picture", Picture)
def test_every_picture_that_a_library_may_name_is_drawn(picture: Picture) -> None:
    assert drawing(picture) != drawing(GENERAL)
