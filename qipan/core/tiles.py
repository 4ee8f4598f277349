"""Trees cut into tiles, as c2sp.org/tlog-tiles has it: a tile of level L holds up to 256 neighbouring nodes of level 8·L.

A full tile never changes, so it can be kept for ever by whoever fetched it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from qipan.core.merkle import NODE_PREFIX, Hash, Node, Span, nodes_of

HEIGHT = 8
WIDTH = 1 << HEIGHT
DIGEST, PAIR = 32, 64  # bytes
KEPT = 8192  # roots of rows, a few megabytes
LEVELS = 8  # a number of leaves has at most 64 bits
_PATH = re.compile(r"(?:x\d{3}/){0,6}\d{3}")


class Tile(NamedTuple):
    """Where a tile stands."""

    level: int
    number: int


def tile_of(node: Node) -> Tile:
    """The tile from which a node can be worked out."""
    level, above = divmod(node.level, HEIGHT)
    return Tile(level, (node.position << above) // WIDTH)


def tiles_of(path: Iterable[Span]) -> set[Tile]:
    """All tiles that the hashes of a path are worked out from."""
    return {tile_of(node) for span in path for node in nodes_of(span)}


def node_in(hashed: Hash, tile: bytes, node: Node) -> bytes:
    """Work a node out from the hashes of its tile; raises IndexError where the tile does not reach that far."""
    above = node.level % HEIGHT
    start = (node.position << above) % WIDTH * DIGEST
    row = tile[start : start + (DIGEST << above)]
    if len(row) < DIGEST << above:
        raise IndexError(node)
    return _root_over(hashed, row)


@lru_cache(maxsize=KEPT)
def _root_over(hashed: Hash, row: bytes) -> bytes:
    """Hash a power of two of digests upwards to one. The upper tiles and the right edge stand in nearly every proof."""
    while len(row) > DIGEST:
        row = b"".join([hashed(NODE_PREFIX + row[at : at + PAIR]) for at in range(0, len(row), PAIR)])
    return row


def nodes_from(hashed: Hash, tiles: Mapping[Tile, bytes], node: Node) -> bytes:
    """Work a node out from a set of tiles; raises KeyError or IndexError where they do not hold it."""
    return node_in(hashed, tiles[tile_of(node)], node)


def widths(size: int) -> list[tuple[Tile, int]]:
    """The last tile of each level of a tree of this size, with the number of its hashes (1 to 256)."""
    found = []
    for level in range(LEVELS):
        count = size >> HEIGHT * level
        if count:
            found.append((Tile(level, (count - 1) // WIDTH), (count - 1) % WIDTH + 1))
    return found


def path_of(tile: Tile, width: int = WIDTH) -> str:
    """``<level>/<number>[.p/<width>]``, the number in groups of three digits: 1234067 is ``x001/x234/067``."""
    groups, rest = [f"{tile.number % 1000:03}"], tile.number // 1000
    while rest:
        groups.append(f"x{rest % 1000:03}")
        rest //= 1000
    partial = "" if width == WIDTH else f".p/{width}"
    return f"{tile.level}/{'/'.join(reversed(groups))}{partial}"


def number_in(path: str) -> int | None:
    """Read a number that is written in groups of three; None where it is not written the one right way."""
    if not _PATH.fullmatch(path):
        return None
    number = int(path.replace("x", "").replace("/", ""))
    return number if path_of(Tile(0, number)) == f"0/{path}" else None
