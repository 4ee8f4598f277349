"""The tree of RFC 6962 (RFC 9162, section 2.1) over any hash function: roots, growth, proofs, and their verification.

A tree is known by its leaf hashes. ``Node(level, position)`` is the root of the perfect subtree over the leaves from
``position << level`` to ``(position + 1) << level``. Everything that is proved is put together from perfect subtrees, so a store has to
give those alone, and they never change once they are complete.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

Hash = Callable[[bytes], bytes]
LEAF_PREFIX, NODE_PREFIX = b"\x00", b"\x01"


class Node(NamedTuple):
    """A perfect subtree."""

    level: int
    position: int


class Span(NamedTuple):
    """The leaves from ``start`` up to, without, ``end``; its hash is that of the tree over them alone."""

    start: int
    end: int


Nodes = Callable[[Node], bytes]


def leaf_hash(hashed: Hash, entry: bytes) -> bytes:
    """Hash an entry."""
    return hashed(LEAF_PREFIX + entry)


def node_hash(hashed: Hash, left: bytes, right: bytes) -> bytes:
    """Hash two children."""
    return hashed(NODE_PREFIX + left + right)


# --- Growing


class Frontier(NamedTuple):
    """The roots of the perfect subtrees that a tree of ``size`` leaves consists of, the largest first."""

    size: int
    roots: tuple[bytes, ...]


EMPTY = Frontier(0, ())


def join(hashed: Hash, frontier: Frontier, subtrees: Sequence[tuple[int, bytes]]) -> Frontier:
    """Append whole subtrees, each by its level and root, as `nodes_of` gives them for the span that follows."""
    stack = list(zip(levels_of(frontier.size), frontier.roots, strict=True))
    for level, whole in subtrees:
        above, joined = level, whole
        while stack and stack[-1][0] == above:
            joined = node_hash(hashed, stack.pop()[1], joined)
            above += 1
        stack.append((above, joined))
    return Frontier(sum(1 << level for level, _ in stack), tuple(one for _, one in stack))


def grow(hashed: Hash, frontier: Frontier, leaves: Sequence[bytes]) -> tuple[Frontier, list[list[bytes]]]:
    """Append leaf hashes; give the new frontier, and the nodes that became complete, for each level from the leaves up."""
    waiting = dict(zip(levels_of(frontier.size), frontier.roots, strict=True))
    size = frontier.size + len(leaves)
    layers = [list(leaves)]
    for level in range(size.bit_length()):
        row = [waiting.pop(level), *layers[level]] if level in waiting else layers[level]
        if len(row) % 2:
            waiting[level] = row[-1]
        layers.append(
            [hashed(NODE_PREFIX + left + right) for left, right in zip(row[::2], row[1::2], strict=False)]
        )
    return Frontier(size, tuple(waiting[level] for level in levels_of(size))), layers[:-1]


def levels_of(size: int) -> list[int]:
    """The levels of the perfect subtrees that a tree of this size consists of, the largest first."""
    return [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]


def root(hashed: Hash, frontier: Frontier) -> bytes:
    """The root of the tree; that of the empty tree is the hash of nothing."""
    return _folded(hashed, frontier.roots) if frontier.roots else hashed(b"")


def root_of(hashed: Hash, leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes."""
    return root(hashed, grow(hashed, EMPTY, leaves)[0])


def layers_of(hashed: Hash, leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """All hashes of a tree, level by level from the leaves to the root; one without a neighbour is carried up."""
    layers = [leaves]
    while len(layers[-1]) > 1:
        below = layers[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        carried = below[-1:] if len(below) % 2 else ()
        layers.append([*(hashed(NODE_PREFIX + left + right) for left, right in pairs), *carried])
    return layers


def _folded(hashed: Hash, roots: Sequence[bytes]) -> bytes:
    """Join neighbouring subtrees, each larger than all to its right, into one tree."""
    whole = roots[-1]
    for left in reversed(roots[:-1]):
        whole = hashed(NODE_PREFIX + left + whole)
    return whole


# --- Proving


def nodes_of(span: Span) -> list[Node]:
    """The fewest perfect subtrees that make up a span, the leftmost first."""
    found, start = [], span.start
    while start < span.end:
        largest = (span.end - start).bit_length() - 1
        level = min(largest, (start & -start).bit_length() - 1) if start else largest
        found.append(Node(level, start >> level))
        start += 1 << level
    return found


def inclusion_path(leaf: int, size: int) -> list[Span]:
    """The spans whose hashes prove that a leaf stands in the tree of this size, from the leaf up."""
    if not 0 <= leaf < size:
        raise IndexError(leaf)
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if leaf < middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    return path[::-1]


def path_in(layers: Sequence[Sequence[bytes]], leaf: int) -> list[bytes]:
    """The hashes that prove a leaf by all hashes of its tree, from the leaf up."""
    places = ((layer, leaf >> level ^ 1) for level, layer in enumerate(layers))
    return [layer[place] for layer, place in places if place < len(layer)]


def consistency_path(first: int, second: int) -> list[Span]:
    """The spans whose hashes prove that the tree of ``first`` leaves is the beginning of the tree of ``second``."""
    if not 0 <= first <= second:
        raise IndexError(first)
    if first in {0, second}:
        return []
    path, start, end = [], 0, second
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    # Where the smaller tree is one perfect subtree of the larger, the verifier knows its hash already.
    return ([Span(start, end)] if start else []) + path[::-1]


def prove(hashed: Hash, nodes: Nodes, path: Sequence[Span]) -> list[bytes]:
    """Give the hashes of a path."""
    return [_folded(hashed, [nodes(node) for node in nodes_of(span)]) for span in path]


def _split(size: int) -> int:
    """The largest power of two below a size of at least two."""
    return 1 << (size - 1).bit_length() - 1


# --- Verifying


class Head(NamedTuple):
    """A tree as others know it: how many leaves, and the root over them."""

    size: int
    root: bytes


def root_from_inclusion(
    hashed: Hash, leaf: int, size: int, leaf_hash: bytes, proof: Sequence[bytes]
) -> bytes | None:
    """The root that follows from an inclusion proof; None where the proof is not of the right length."""
    if not 0 <= leaf < size:
        return None
    path = inclusion_path(leaf, size)
    if len(proof) != len(path):
        return None
    whole = leaf_hash
    for span, other in zip(path, proof, strict=True):
        whole = node_hash(hashed, other, whole) if span.end <= leaf else node_hash(hashed, whole, other)
    return whole


def includes(hashed: Hash, head: Head, leaf: int, leaf_hash: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that this is the leaf of that number in the tree."""
    return root_from_inclusion(hashed, leaf, head.size, leaf_hash, proof) == head.root


def extends(hashed: Hash, first: Head, second: Head, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the second tree begins with the first."""
    if not 0 <= first.size <= second.size:
        return False
    if first.size == second.size:
        return not proof and first == second
    if first.size == 0:
        return not proof and first.root == hashed(b"")
    if len(proof) != len(consistency_path(first.size, second.size)):
        return False
    return _roots_from_consistency(hashed, first, second.size, proof) == (first.root, second.root)


def _roots_from_consistency(
    hashed: Hash, first: Head, second: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    path = consistency_path(first.size, second)
    given: Iterator[bytes] = iter(proof)
    perfect = path[0].end != first.size  # then the proof leaves out what the verifier has
    old = new = first.root if perfect else next(given)
    for span, other in zip(path if perfect else path[1:], given, strict=True):
        if span.end <= first.size:
            old, new = node_hash(hashed, other, old), node_hash(hashed, other, new)
        else:
            new = node_hash(hashed, new, other)
    return old, new
