"""Sealing: entries that were committed become leaves, in groups, and each group ends in a signed head.

Note [Commit order]
An entry's number says nothing about when it was committed, and one that commits late must not be skipped. So each row keeps the
number of its transaction, and a group holds the entries of all transactions below the oldest that still runs: no entry can appear
among them any more. Their order is (transaction, entry). A transaction that stays open holds sealing up; it never loses an entry.

Note [One sealer]
A group is one transaction under one lock: tiles, bundles and head appear together or not at all. Killed at any moment, a sealer
leaves nothing half done, and two that run take turns.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from qipan import records
from qipan.core import merkle, notes, tiles
from qipan.core.merkle import Frontier, Span
from qipan.core.tiles import Tile
from qipan.ledger import seal_keys
from qipan.ledger.functions import FUNCTIONS, SIZE
from qipan.ledger.seal_keys import SealKeys

GROUP = 20_000  # leaves
LOCK = "SELECT pg_try_advisory_xact_lock(4085180142)::integer"
LAST = """
SELECT size, last_xact::text::bigint, last_entry, sm3, sha256 FROM trail_checkpoints ORDER BY size DESC LIMIT 1
"""
COMMITTED = """
SELECT id, xact::text::bigint, leaf_hash FROM entries
WHERE (xact, id) > (%(xact)s::text::xid8, %(entry)s) AND xact < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY entries.xact, id LIMIT %(group)s
"""
AHEAD = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
EDGES = """
SELECT level, number, sm3, sha256 FROM trail_tiles
WHERE (level, number) IN (SELECT * FROM unnest(%(levels)s::smallint[], %(numbers)s::bigint[]))
"""
EXTEND_TILES = """
INSERT INTO trail_tiles (level, number, sm3, sha256)
SELECT * FROM unnest(%(levels)s::smallint[], %(numbers)s::bigint[], %(sm3)s::bytea[], %(sha256)s::bytea[])
ON CONFLICT (level, number) DO UPDATE
SET sm3 = trail_tiles.sm3 || excluded.sm3, sha256 = trail_tiles.sha256 || excluded.sha256
"""
EXTEND_BUNDLES = """
INSERT INTO trail_bundles (number, first_xact, first_entry, entries)
SELECT place / 256, (array_agg(xact ORDER BY place))[1]::text::xid8, (array_agg(entry ORDER BY place))[1],
  array_agg(entry ORDER BY place)
FROM unnest(%(places)s::bigint[], %(xacts)s::bigint[], %(entries)s::bigint[]) AS leaf (place, xact, entry)
GROUP BY place / 256
ON CONFLICT (number) DO UPDATE SET entries = trail_bundles.entries || excluded.entries
"""
CHECKPOINT = """
INSERT INTO trail_checkpoints (size, at, last_xact, last_entry, sm3, sha256)
VALUES (%(size)s, %(at)s, %(last_xact)s::text::xid8, %(last_entry)s, %(sm3)s, %(sha256)s)
"""
PUBLISH = """
INSERT INTO trail_keys (key, since) SELECT key, %(at)s FROM unnest(%(keys)s::text[]) AS key ON CONFLICT (key) DO NOTHING
"""


class TrailBroken(Exception):
    """What is stored of the tree does not give its last signed head: it was changed by hand, and nothing more is sealed."""


class CounterBehind(Exception):
    """The database counts its transactions anew, as after a restore: set its counter past the last sealed transaction first."""


class _Last(NamedTuple):
    size: int
    xact: int
    entry: int
    sm3: str
    sha256: str


class _Leaf(NamedTuple):
    entry: int
    xact: int
    digests: bytes


class _Edge(NamedTuple):
    level: int
    number: int
    sm3: bytes
    sha256: bytes


class _Part(NamedTuple):
    """New hashes of one tile, by function."""

    tile: Tile
    hashes: Mapping[str, bytes]


NOTHING = _Last(0, 0, 0, "", "")


def seal(keys: SealKeys, at: datetime, group: int = GROUP) -> int:
    """Seal what was committed, at most one group, in the caller's transaction; give the number of new leaves.

    Nothing is done where another sealer is at it. Raises TrailBroken and CounterBehind.
    """
    if not records.number(LOCK):
        return 0
    last = records.first(_Last, LAST) or NOTHING
    leaves = records.rows(_Leaf, COMMITTED, {"xact": last.xact, "entry": last.entry, "group": group})
    if not leaves:
        if records.number(AHEAD) < last.xact:
            raise CounterBehind
        return 0
    _append(keys, last, leaves, at)
    return len(leaves)


def publish_keys(keys: SealKeys, at: datetime) -> None:
    """Put the keys' public sides where everybody can read them, in the caller's transaction."""
    written = [notes.format_key(key) for key in keys.verifier_keys()]
    records.execute(PUBLISH, {"at": at, "keys": written})


def _append(keys: SealKeys, last: _Last, leaves: Sequence[_Leaf], at: datetime) -> None:
    grown = {}
    heads = {}
    for (function, hashed), frontier in zip(FUNCTIONS.items(), _frontiers(last), strict=True):
        place = SIZE * list(FUNCTIONS).index(function)
        digests = [bytes(leaf.digests[place : place + SIZE]) for leaf in leaves]
        whole, grown[function] = merkle.grow(hashed, frontier, digests)
        heads[function] = seal_keys.sign(keys, function, whole.size, merkle.root(hashed, whole))
    _extend_tiles(_parts(last.size, grown))
    _extend_bundles(last.size, leaves)
    told = {"size": last.size + len(leaves), "at": at, **heads}
    records.execute(CHECKPOINT, {**told, "last_xact": leaves[-1].xact, "last_entry": leaves[-1].entry})


def _frontiers(last: _Last) -> list[Frontier]:
    """The trees as they are stored, which must be the ones that were signed; raises TrailBroken."""
    edges = tiles.widths(last.size)
    asked = {"levels": [tile.level for tile, _ in edges], "numbers": [tile.number for tile, _ in edges]}
    stored = {Tile(edge.level, edge.number): edge for edge in records.rows(_Edge, EDGES, asked)}
    found = []
    for function, note in (("sm3", last.sm3), ("sha256", last.sha256)):
        held = {tile: bytes(getattr(edge, function)) for tile, edge in stored.items()}
        if last.size and [len(held.get(tile, b"")) for tile, _ in edges] != [
            SIZE * width for _, width in edges
        ]:
            raise TrailBroken
        found.append(_frontier(function, held, last.size, note))
    return found


def _frontier(function: str, held: Mapping[Tile, bytes], size: int, note: str) -> Frontier:
    hashed = FUNCTIONS[function]
    roots = tuple(tiles.nodes_from(hashed, held, node) for node in merkle.nodes_of(Span(0, size)))
    frontier = Frontier(size, roots)
    if size and notes.parse_checkpoint(notes.parse_note(note).text).root != merkle.root(hashed, frontier):
        raise TrailBroken
    return frontier


def _parts(size: int, grown: Mapping[str, Sequence[Sequence[bytes]]]) -> list[_Part]:
    """Sort new nodes into the tiles that they extend or begin."""
    parts = []
    levels = len(next(iter(grown.values())))
    for level in range(0, levels, tiles.HEIGHT):
        first = size >> level
        count = len(next(iter(grown.values()))[level])
        for number, places in groupby(range(first, first + count), lambda place: place // tiles.WIDTH):
            run = list(places)
            start, end = run[0] - first, run[-1] + 1 - first
            hashes = {function: b"".join(rows[level][start:end]) for function, rows in grown.items()}
            parts.append(_Part(Tile(level // tiles.HEIGHT, number), hashes))
    return parts


def _extend_tiles(parts: Sequence[_Part]) -> None:
    records.execute(
        EXTEND_TILES,
        {
            "levels": [part.tile.level for part in parts],
            "numbers": [part.tile.number for part in parts],
            **{function: [part.hashes[function] for part in parts] for function in FUNCTIONS},
        },
    )


def _extend_bundles(size: int, leaves: Sequence[_Leaf]) -> None:
    records.execute(
        EXTEND_BUNDLES,
        {
            "places": list(range(size, size + len(leaves))),
            "xacts": [leaf.xact for leaf in leaves],
            "entries": [leaf.entry for leaf in leaves],
        },
    )
