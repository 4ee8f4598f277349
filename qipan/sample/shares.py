"""Which node of the sample holds which registers: the province those of the whole province, the city its own, the sector its hospitals'."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

SCHEME = "node://"


class SampleNode(NamedTuple):
    """A node of the sample; it speaks for the agencies of ``kinds`` (empty: of all) in its ``division``.

    ``places`` are those of the story: there somebody asks for shared data, and the first one's data bureau watches.
    """

    name: str
    title_zh: str
    title_en: str
    zone: str
    division: str
    places: tuple[str, ...]
    registers: frozenset[str]
    kinds: frozenset[str] = frozenset()


HUB = SampleNode("hub", "浙江省枢纽", "Zhejiang provincial hub", "inside", "33", ("330000",), frozenset())
CITY = SampleNode(
    "city",
    "杭州市节点",
    "Hangzhou city node",
    "downward",
    "3301",
    ("330100", "330106"),
    frozenset({"education", "housing_fund", "medical_insurance", "real_estate"}),
)
HOSPITALS = SampleNode(
    "hospitals",
    "医疗机构行业节点",
    "Hospitals' sector node",
    "inside",
    "33",
    ("330000", "330100", "330106"),
    frozenset({"hospital"}),
    frozenset({"hospital", "health"}),
)
NODES = (HUB, CITY, HOSPITALS)


def holder_of(register: str) -> SampleNode:
    """Who holds a register: whoever names it, else the province."""
    return next((one for one in NODES if register in one.registers), HUB)


def held_by(node: SampleNode, registers: Iterable[str]) -> frozenset[str]:
    """Those of the registers that this node holds."""
    return frozenset(one for one in registers if holder_of(one) is node)


def elsewhere(node: SampleNode, registers: Iterable[str]) -> Mapping[str, str]:
    """The addresses of all the others."""
    return {one: f"{SCHEME}{holder_of(one).name}" for one in registers if holder_of(one) is not node}
