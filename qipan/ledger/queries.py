"""Reading the trail: entries with their leaves, the tree's tiles, its heads and who cosigned them."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from qipan import records
from qipan.core.tiles import Tile

FUNCTION_COLUMNS = {"sm3": "sm3", "sha256": "sha256"}  # what may stand in a statement
PAGE = 2048

ROW = """e.id, e.at, e.act, e.actor_kind, e.actor, e.on_behalf_of, e.subject, e.details, encode(e.salt, 'hex') AS salt,
  encode(e.commitment, 'hex') AS commitment"""
LEAF = f"""
SELECT {ROW}, b.number * 256 + array_position(b.entries, e.id) - 1 AS leaf
FROM entries e CROSS JOIN LATERAL (
  SELECT number, entries FROM trail_bundles WHERE (first_xact, first_entry) <= (e.xact, e.id)
  ORDER BY first_xact DESC, first_entry DESC LIMIT 1) b
WHERE e.id = %s AND array_position(b.entries, e.id) IS NOT NULL
"""
ABOUT = """
SELECT e.id, e.at, e.act, e.subject, length(e.salt) = 0 AS erased,
  (SELECT b.number * 256 + array_position(b.entries, e.id) - 1 FROM trail_bundles b
   WHERE (b.first_xact, b.first_entry) <= (e.xact, e.id) ORDER BY b.first_xact DESC, b.first_entry DESC LIMIT 1) AS leaf
FROM entries e WHERE e.subject = ANY(%s) ORDER BY e.id
"""
HEAD = """
SELECT c.size, c.at, c.{function} || coalesce(string_agg(s.line, '' ORDER BY s.id), '') AS note
FROM trail_checkpoints c LEFT JOIN trail_cosignatures s ON s.size = c.size AND s.function = '{function}'
WHERE c.size = {size} GROUP BY c.size
"""
NEWEST = "(SELECT max(size) FROM trail_checkpoints)"
# Witnesses lag behind the newest head: to prove a leaf, one that they have signed is worth more.
BEST = """coalesce((SELECT max(size) FROM trail_cosignatures WHERE function = '{function}' AND size > %(leaf)s),
  (SELECT max(size) FROM trail_checkpoints))"""
TILES = """
SELECT level, number, {function} AS hashes FROM trail_tiles
WHERE (level, number) IN (SELECT * FROM unnest(%(levels)s::smallint[], %(numbers)s::bigint[]))
"""
STORED = f"""
SELECT leaf, place.entry, t.sm3 || t.sha256 AS digests, {ROW} FROM (
  SELECT b.number, b.number * 256 + one.place - 1 AS leaf, one.place, one.entry
  FROM trail_bundles b CROSS JOIN LATERAL unnest(b.entries) WITH ORDINALITY AS one (entry, place)
  WHERE b.number BETWEEN %(start)s / 256 AND (%(end)s - 1) / 256) place
CROSS JOIN LATERAL (
  SELECT substr(sm3, 32 * (place.place::integer - 1) + 1, 32) AS sm3, substr(sha256, 32 * (place.place::integer - 1) + 1, 32) AS sha256
  FROM trail_tiles WHERE level = 0 AND number = place.number) t
LEFT JOIN entries e ON e.id = place.entry
WHERE leaf >= %(start)s AND leaf < %(end)s ORDER BY leaf
"""
HEAD_TIMES = """
SELECT size, at FROM trail_checkpoints
WHERE size >= coalesce((SELECT max(size) FROM trail_checkpoints WHERE size <= %(start)s), 0)
  AND size <= coalesce((SELECT min(size) FROM trail_checkpoints WHERE size >= %(end)s), %(end)s)
ORDER BY size
"""
# Entries below the last that was sealed must be leaves; the sealer never comes back to them.
SLIPPED_IN = f"""
SELECT {ROW} FROM entries e
WHERE (e.xact, e.id) <= (SELECT last_xact, last_entry FROM trail_checkpoints ORDER BY size DESC LIMIT 1)
  AND NOT EXISTS (SELECT FROM (SELECT unnest(entries) AS id FROM trail_bundles) leaves WHERE leaves.id = e.id)
ORDER BY e.xact, e.id LIMIT 1000
"""


class Entry(NamedTuple):
    """An entry as it is stored; an empty ``salt`` says that its details were erased. Bytes are hexadecimal."""

    id: int
    at: datetime
    act: str
    actor_kind: str
    actor: int | None
    on_behalf_of: int | None
    subject: str
    details: Mapping[str, Any]
    salt: str
    commitment: str


class SealedEntry(NamedTuple):
    """An entry and the number of its leaf."""

    entry: Entry
    leaf: int


class About(NamedTuple):
    """What was done about a subject; ``leaf`` is None until it is sealed."""

    id: int
    at: datetime
    act: str
    subject: str
    erased: bool
    leaf: int | None


class Stored(NamedTuple):
    """A leaf of the tree: which entry it is to be, the tree's own digests, and the entry as it is found, if it is."""

    leaf: int
    id: int
    digests: bytes
    entry: Entry | None


class Head(NamedTuple):
    """A signed head with its cosignatures, as a note."""

    size: int
    at: datetime
    note: str


class HeadTime(NamedTuple):
    """When a tree had which size."""

    size: int
    at: datetime


class Sealing(NamedTuple):
    """How far the sealer is: leaves, when it last sealed, entries that wait, and when the oldest of these was done."""

    size: int
    last: datetime | None
    waiting: int
    oldest: datetime | None


class _Found(NamedTuple):
    id: int
    at: datetime
    act: str
    actor_kind: str
    actor: int | None
    on_behalf_of: int | None
    subject: str
    details: Mapping[str, Any]
    salt: str
    commitment: str
    leaf: int


class _StoredRow(NamedTuple):
    leaf: int
    place: int
    digests: bytes
    id: int | None
    at: datetime
    act: str
    actor_kind: str
    actor: int | None
    on_behalf_of: int | None
    subject: str
    details: Mapping[str, Any]
    salt: str
    commitment: str


class _TileRow(NamedTuple):
    level: int
    number: int
    hashes: bytes


class _Noted(NamedTuple):
    note: str


class _Key(NamedTuple):
    key: str


def sealed_entry(entry: int) -> SealedEntry | None:
    """An entry with its leaf; None where there is none, or it is not sealed yet (under a second)."""
    found = records.first(_Found, LEAF, [entry])
    return SealedEntry(Entry(*found[:-1]), found.leaf) if found else None


def entries_about(subjects: Collection[str]) -> list[About]:
    """All that was done about these subjects (``application:…``, ``case:…``), the oldest first; the caller sees who may read it."""
    return records.rows(About, ABOUT, [list(subjects)])


def newest_head(function: str) -> Head | None:
    """The newest head of one tree; None before anything was sealed."""
    return records.first(Head, HEAD.format(function=FUNCTION_COLUMNS[function], size=NEWEST))


def head_of_size(function: str, size: int) -> Head | None:
    """The head at which a tree had that size, if it ever stopped there."""
    statement = HEAD.format(function=FUNCTION_COLUMNS[function], size="%(size)s")
    return records.first(Head, statement, {"size": size})


def head_for_leaf(function: str, leaf: int) -> Head | None:
    """The newest head that witnesses cosigned and that holds the leaf; else the newest of all."""
    name = FUNCTION_COLUMNS[function]
    statement = HEAD.format(function=name, size=BEST.format(function=name))
    return records.first(Head, statement, {"leaf": leaf})


def tiles_by_place(function: str, wanted: Collection[Tile]) -> dict[Tile, bytes]:
    """The hashes of tiles, as far as they are filled."""
    statement = TILES.format(function=FUNCTION_COLUMNS[function])
    asked = {"levels": [tile.level for tile in wanted], "numbers": [tile.number for tile in wanted]}
    return {
        Tile(row.level, row.number): bytes(row.hashes) for row in records.rows(_TileRow, statement, asked)
    }


def verifier_keys() -> list[str]:
    """The keys that heads are or were signed with."""
    return [row.key for row in records.rows(_Key, "SELECT key FROM trail_keys ORDER BY since, key")]


def successions(function: str) -> list[str]:
    """The changes of the keys of one tree, as notes, the oldest first: see Note [Succession]."""
    statement = """
    SELECT details ->> %s AS note FROM entries WHERE subject = 'trail:keys' AND act = 'rotate_seal_keys' AND details ? %s ORDER BY id"""
    name = FUNCTION_COLUMNS[function]
    return [row.note for row in records.rows(_Noted, statement, [name, name])]


def sealing() -> Sealing:
    """How far the sealer is, for those who watch it."""
    statement = """
    SELECT coalesce(max(c.size), 0), max(c.at), (SELECT count(*) FROM waiting), (SELECT min(at) FROM waiting)
    FROM (SELECT * FROM trail_checkpoints ORDER BY size DESC LIMIT 1) c"""
    waiting = """
    WITH last AS (SELECT last_xact, last_entry FROM trail_checkpoints ORDER BY size DESC LIMIT 1),
    waiting AS (
      SELECT at FROM entries WHERE NOT EXISTS (SELECT FROM last)
      UNION ALL SELECT e.at FROM last, entries e WHERE (e.xact, e.id) > (last.last_xact, last.last_entry))"""
    found = records.first(Sealing, waiting + statement)
    return found or Sealing(0, None, 0, None)


def head_times(start: int, end: int) -> list[HeadTime]:
    """When the leaves of a range were sealed: the heads from the last before it to the first that holds all of it."""
    return records.rows(HeadTime, HEAD_TIMES, {"start": start, "end": end})


def stored(start: int, end: int) -> Iterator[Stored]:
    """The leaves of a range in their order, page by page, each with what is found of its entry."""
    for first in range(start, end, PAGE):
        part = {"start": first, "end": min(first + PAGE, end)}
        for row in records.rows(_StoredRow, STORED, part):
            entry = None if row.id is None else Entry(row.id, *row[4:])
            yield Stored(row.leaf, row.place, bytes(row.digests), entry)


def slipped_in() -> list[Entry]:
    """Entries that stand among sealed ones without being leaves; at most a thousand."""
    return records.rows(Entry, SLIPPED_IN)
