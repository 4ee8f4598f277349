"""Trees, proofs and tiles, against the definitions of RFC 6962 and its known answers."""

import hashlib
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core import merkle, tiles
from qipan.core.merkle import Hash, Head, Node, Span
from qipan.core.tiles import Tile

# The eight inputs and their roots that certificate-transparency-go and others test with (crypto/merkle, RFC 6962 section 2.1.3).
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


HASHES = pytest.mark.parametrize("hashed", [sha256, sm3])
LEAVES = [merkle.leaf_hash(sha256, str(number).encode()) for number in range(2000)]


def defined_root(hashed: Hash, leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word; over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashed(b"")
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashed(b"\x01" + defined_root(hashed, leaves[:k]) + defined_root(hashed, leaves[k:]))


def nodes(hashed: Hash, leaves: Sequence[bytes]) -> merkle.Nodes:
    return lambda node: defined_root(
        hashed, leaves[node.position << node.level : (node.position + 1) << node.level]
    )


@cache
def proof_of_inclusion(leaf: int, size: int) -> tuple[bytes, ...]:
    return tuple(merkle.prove(sha256, nodes(sha256, LEAVES), merkle.inclusion_path(leaf, size)))


@cache
def proof_of_consistency(first: int, second: int) -> tuple[bytes, ...]:
    return tuple(merkle.prove(sha256, nodes(sha256, LEAVES), merkle.consistency_path(first, second)))


def included(leaf: int, size: int, proof: Sequence[bytes], leaf_hash: bytes, root: bytes) -> bool:
    return merkle.includes(sha256, Head(size, root), leaf, leaf_hash, proof)


def test_roots_of_the_known_inputs() -> None:
    leaves = [merkle.leaf_hash(sha256, one) for one in INPUTS]
    assert [merkle.root_of(sha256, leaves[: size + 1]).hex() for size in range(8)] == ROOTS
    assert merkle.root_of(sha256, []).hex() == hashlib.sha256(b"").hexdigest()


def test_proofs_of_the_known_inputs() -> None:
    leaves = [merkle.leaf_hash(sha256, one) for one in INPUTS]

    def proved(path: Sequence[Span]) -> list[str]:
        return [one.hex() for one in merkle.prove(sha256, nodes(sha256, leaves), path)]

    assert proved(merkle.inclusion_path(0, 8)) == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert proved(merkle.consistency_path(6, 8)) == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@HASHES
@pytest.mark.parametrize("size", range(71))
def test_the_root_is_the_defined_one(hashed: Hash, size: int) -> None:
    assert merkle.root_of(hashed, LEAVES[:size]) == defined_root(hashed, LEAVES[:size])


@pytest.mark.parametrize("size", range(1, 71))
def test_every_leaf_of_every_small_tree_can_be_proved(size: int) -> None:
    root = defined_root(sha256, LEAVES[:size])
    for leaf in range(size):
        proof = proof_of_inclusion(leaf, size)
        assert included(leaf, size, proof, LEAVES[leaf], root)
        assert not included(leaf, size, proof, LEAVES[leaf + 1], root)
        for other in range(size):
            assert included(other, size, proof, LEAVES[leaf], root) == (other == leaf)


@pytest.mark.parametrize("size", range(1, 71))
def test_the_hashes_of_all_levels_prove_what_the_definition_does(size: int) -> None:
    layers = merkle.layers_of(sha256, LEAVES[:size])
    assert layers[-1] == [defined_root(sha256, LEAVES[:size])]
    for leaf in range(size):
        assert tuple(merkle.path_in(layers, leaf)) == proof_of_inclusion(leaf, size)


@pytest.mark.parametrize("second", range(71))
def test_every_small_tree_is_consistent_with_those_it_grew_from(second: int) -> None:
    new = defined_root(sha256, LEAVES[:second])
    for first in range(second + 1):
        old = defined_root(sha256, LEAVES[:first])
        proof = proof_of_consistency(first, second)
        assert merkle.extends(sha256, Head(first, old), Head(second, new), proof)
        if 0 < first < second:
            assert not merkle.extends(sha256, Head(first, sha256(old)), Head(second, new), proof)
            assert not merkle.extends(sha256, Head(first, old), Head(second, sha256(new)), proof)
            assert not merkle.extends(sha256, Head(first, old), Head(second, new), proof[:-1])
            assert not merkle.extends(sha256, Head(first, old), Head(second, new), (*proof, old))


@given(size=st.integers(1, 2000), data=st.data())
def test_an_altered_inclusion_proof_fails(size: int, data: st.DataObject) -> None:
    leaf = data.draw(st.integers(0, size - 1))
    root, proof = merkle.root_of(sha256, LEAVES[:size]), list(proof_of_inclusion(leaf, size))
    assert included(leaf, size, proof, LEAVES[leaf], root)
    if not proof:
        return
    place = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(proof[place])
    changed[bit // 8] ^= 1 << bit % 8
    assert not included(leaf, size, [*proof[:place], bytes(changed), *proof[place + 1 :]], LEAVES[leaf], root)
    assert not included(leaf, size, [*proof[:place], *proof[place + 1 :]], LEAVES[leaf], root)
    swapped = proof[::-1]
    assert included(leaf, size, swapped, LEAVES[leaf], root) == (swapped == proof)


@given(second=st.integers(2, 2000), data=st.data())
def test_an_altered_consistency_proof_fails(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second - 1))
    old, new = (merkle.root_of(sha256, LEAVES[:size]) for size in (first, second))
    proof = list(proof_of_consistency(first, second))
    assert merkle.extends(sha256, Head(first, old), Head(second, new), proof)
    place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    changed = bytearray(proof[place])
    changed[bit // 8] ^= 1 << bit % 8
    assert not merkle.extends(
        sha256, Head(first, old), Head(second, new), [*proof[:place], bytes(changed), *proof[place + 1 :]]
    )
    assert not merkle.extends(sha256, Head(first, old), Head(second, new), proof[:place] + proof[place + 1 :])


@given(second=st.integers(2, 2000), data=st.data())
def test_a_rewritten_past_cannot_be_proved_consistent(second: int, data: st.DataObject) -> None:
    """The operator changes one old leaf and builds everything anew, honestly: no proof it can give will do."""
    first = data.draw(st.integers(1, second - 1))
    rewritten = data.draw(st.integers(0, first - 1))
    leaves = [*LEAVES[:rewritten], sha256(b"rewritten"), *LEAVES[rewritten + 1 : second]]
    old, new = merkle.root_of(sha256, LEAVES[:first]), merkle.root_of(sha256, leaves)
    path = merkle.consistency_path(first, second)
    for source in (leaves, LEAVES):
        proof = merkle.prove(sha256, nodes(sha256, source), path)
        assert not merkle.extends(sha256, Head(first, old), Head(second, new), proof)


@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_it_grows_in_groups_as_it_would_at_once(sizes: list[int]) -> None:
    frontier, complete = merkle.EMPTY, {}
    for count in sizes:
        before = frontier.size
        frontier, layers = merkle.grow(sha256, frontier, LEAVES[before : before + count])
        for level, row in enumerate(layers):
            for place, one in enumerate(row, before >> level):
                assert Node(level, place) not in complete
                complete[Node(level, place)] = one
    assert merkle.root(sha256, frontier) == merkle.root_of(sha256, LEAVES[: sum(sizes)])
    for node, one in complete.items():
        assert one == nodes(sha256, LEAVES)(node)
    assert len(complete) == sum(sum(sizes) >> level for level in range(12))


@given(bounds=st.lists(st.integers(0, 600), min_size=3, max_size=3).map(sorted))
def test_a_tree_is_joined_from_the_subtrees_around_a_range(bounds: list[int]) -> None:
    first, last, size = bounds
    given = nodes(sha256, LEAVES)
    whole = merkle.EMPTY
    for span in (Span(0, first), Span(first, last), Span(last, size)):
        subtrees = [(node.level, given(node)) for node in merkle.nodes_of(span)]
        whole = merkle.join(sha256, whole, subtrees)
    assert whole == merkle.grow(sha256, merkle.EMPTY, LEAVES[:size])[0]


@given(size=st.integers(1, 2000), data=st.data())
def test_tiles_hold_what_proofs_need(size: int, data: st.DataObject) -> None:
    leaf, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    held = cut(size)
    for path in (merkle.inclusion_path(leaf, size), merkle.consistency_path(first, size)):
        from_tiles = merkle.prove(sha256, lambda node: tiles.nodes_from(sha256, held, node), path)
        assert from_tiles == merkle.prove(sha256, nodes(sha256, LEAVES), path)
        assert tiles.tiles_of(path) <= held.keys()


def cut(size: int) -> dict[Tile, bytes]:
    _, layers = merkle.grow(sha256, merkle.EMPTY, LEAVES[:size])
    return {
        Tile(level // 8, start // 256): b"".join(layers[level][start : start + 256])
        for level in range(0, len(layers), 8)
        for start in range(0, len(layers[level]), 256)
    }


def test_the_last_tiles_of_a_tree() -> None:
    assert tiles.widths(70_000) == [(Tile(0, 273), 112), (Tile(1, 1), 17), (Tile(2, 0), 1)]
    assert tiles.widths(256) == [(Tile(0, 0), 256), (Tile(1, 0), 1)]
    assert tiles.widths(0) == []


@pytest.mark.parametrize(
    ("tile", "width", "path"),
    [
        (Tile(0, 0), 256, "0/000"),
        (Tile(0, 1234067), 256, "0/x001/x234/067"),
        (Tile(2, 999), 17, "2/999.p/17"),
        (Tile(1, 1000), 256, "1/x001/000"),
    ],
)
def test_addresses_of_tiles(tile: Tile, width: int, path: str) -> None:
    assert tiles.path_of(tile, width) == path


@given(number=st.integers(0, 1 << 56))
def test_numbers_are_read_as_they_are_written(number: int) -> None:
    assert tiles.number_in(tiles.path_of(Tile(0, number))[2:]) == number


@pytest.mark.parametrize("path", ["", "1", "0000", "x000/001", "001/002", "x001", "x1/002", "٠٠١"])
def test_numbers_are_written_one_way_only(path: str) -> None:
    assert tiles.number_in(path) is None
