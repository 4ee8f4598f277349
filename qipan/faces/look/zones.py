"""The labels of the faces at the walls: in which zone stands who looks through each."""

from collections.abc import Mapping
from typing import Final

from qipan.core.elements import Text
from qipan.core.walls import Zone

FACES: Final[Mapping[str, tuple[Zone, Text]]] = {
    "portal": (Zone.OUTSIDE, Text("办事门户", "the portal")),
    "account": (Zone.OUTSIDE, Text("账号", "the account pages")),
    "trail": (Zone.OUTSIDE, Text("公开的存证", "the published trail")),
    "desk": (Zone.INSIDE, Text("工作台", "the desk")),
    "cli": (Zone.INSIDE, Text("命令行", "the command line")),
    "api": (Zone.HALF, Text("接口", "the API")),
}
"""By package. The gateway stands where the node does that asks, and what faces share (``look``) stands nowhere."""


def faces_in(zone: Zone) -> list[Text]:
    """What the faces of a zone are called."""
    return [name for where, name in FACES.values() if where is zone]
