"""A trail as it is published, without HTTP between, and a witness of it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from qipan.adapters.http_trail import Trail, Unreachable
from qipan.adapters.seals import Suite, generate
from qipan.core import notes
from qipan.core.notes import VerifierKey
from qipan.core.tiles import Tile
from qipan.faces.trail import qipan_verify
from qipan.ledger import queries, succession, witnessing
from qipan.ledger.functions import SIZE
from qipan.ledger.witnessing import Memory
from tests.ledger import trail


class OwnTrail(Trail):
    """The trail of the test's database; ``frozen`` heads are served whatever was sealed since."""

    def __init__(self) -> None:
        self.frozen: dict[str, str] = {}
        self.cosigned: list[str] = []

    def head(self, function: str) -> str:
        found = queries.newest_head(function)
        return self.frozen.get(function) or (found.note if found else "")

    def tiles(self, function: str, wanted: Mapping[Tile, int]) -> dict[Tile, bytes]:
        held = queries.tiles_by_place(function, wanted.keys())
        if any(len(held.get(tile, b"")) < width * SIZE for tile, width in wanted.items()):
            raise Unreachable
        return {tile: held[tile][: width * SIZE] for tile, width in wanted.items()}

    def keys(self) -> str:
        return "\n".join(notes.format_key(key) for key in trail.KEYS.verifier_keys())

    def successions(self, function: str) -> str:
        return succession.joined(queries.successions(function))

    def cosign(self, function: str, size: int, line: str) -> None:
        self.cosigned.append(f"{function} {size} {line}")


class Witness:
    """A witness with a key and a memory of its own."""

    NAME = "witness.example/one"
    KEY = generate(Suite.ED25519)

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp())
        self.trail = OwnTrail()
        if folder is None:
            self.memory().know(self.trail.keys().splitlines())

    def memory(self) -> Memory:
        """What it remembers, from disk."""
        return Memory(self.folder / "memory.json")

    def look(self, time: int = 1_795_406_400) -> None:
        """Look at both trees, as a process that has just started."""
        witnessing.witness_once(self.trail, self.KEY, self.NAME, self.memory(), time)

    def anchors(self) -> list[qipan_verify.Head]:
        """The heads that it signed, as the verifier reads them."""
        own = VerifierKey(self.NAME, notes.COSIGNATURE, self.KEY.public.raw)
        written = self.memory().history.read_text(encoding="utf-8")
        return qipan_verify.read_anchors(written, [qipan_verify.read_key(notes.format_key(own))])
