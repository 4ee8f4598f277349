"""Proofs from the stored tiles: two statements whatever the size of the tree."""

from collections.abc import Sequence

from qipan.core import merkle, tiles
from qipan.core.merkle import Span
from qipan.ledger import queries
from qipan.ledger.functions import FUNCTIONS


def inclusion(function: str, leaf: int, size: int) -> list[bytes]:
    """The hashes that lead from a leaf to the root of the tree of this size; raises IndexError where it has no such leaf."""
    return _proved(function, merkle.inclusion_path(leaf, size))


def consistency(function: str, first: int, second: int) -> list[bytes]:
    """The hashes that show that one tree is the beginning of the other; raises IndexError where it cannot be."""
    return _proved(function, merkle.consistency_path(first, second))


def subtrees(function: str, span: Span) -> list[bytes]:
    """The roots of the fewest perfect subtrees that make up a span."""
    return _proved(function, [Span(*_leaves(node)) for node in merkle.nodes_of(span)])


def _leaves(node: merkle.Node) -> tuple[int, int]:
    return node.position << node.level, (node.position + 1) << node.level


def _proved(function: str, path: Sequence[Span]) -> list[bytes]:
    wanted = tiles.tiles_of(path)
    if not wanted:
        return []
    held = queries.tiles_by_place(function, wanted)
    hashed = FUNCTIONS[function]
    try:
        return merkle.prove(hashed, lambda node: tiles.nodes_from(hashed, held, node), path)
    except KeyError:
        raise IndexError from None
