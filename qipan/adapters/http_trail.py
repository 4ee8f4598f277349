"""Somebody's trail as it is published over HTTP: heads, tiles, keys; and handing in a cosignature."""

from collections.abc import Mapping
from typing import Protocol

import httpx

from qipan.core import tiles
from qipan.core.tiles import Tile

SECONDS = 10.0
LARGEST = 1 << 20  # bytes of any answer


class Unreachable(Exception):
    """The trail does not answer, or not in its form; the message says which address."""


class Trail(Protocol):
    """What a witness needs of a trail."""

    def head(self, function: str) -> str: ...

    def tiles(self, function: str, wanted: Mapping[Tile, int]) -> dict[Tile, bytes]: ...

    def keys(self) -> str: ...

    def successions(self, function: str) -> str: ...

    def cosign(self, function: str, size: int, line: str) -> None: ...


class HttpTrail:
    """A trail by its address, such as ``https://qipan.example.gov.cn/trail``."""

    def __init__(self, address: str) -> None:
        """Keep one connection open."""
        self.address = address.rstrip("/")
        self._client = httpx.Client(timeout=SECONDS, follow_redirects=False)

    def head(self, function: str) -> str:
        """The newest head, a note; raises Unreachable."""
        return self._get(f"{function}/checkpoint").decode(errors="replace")

    def tiles(self, function: str, wanted: Mapping[Tile, int]) -> dict[Tile, bytes]:
        """Tiles as wide as they are wanted; raises Unreachable."""
        return {
            tile: self._get(f"{function}/tile/{tiles.path_of(tile, width)}") for tile, width in wanted.items()
        }

    def keys(self) -> str:
        """The keys of heads, one a line; raises Unreachable."""
        return self._get("keys").decode(errors="replace")

    def successions(self, function: str) -> str:
        """The changes of a tree's keys, notes one after another; raises Unreachable."""
        return self._get(f"{function}/successions").decode(errors="replace")

    def cosign(self, function: str, size: int, line: str) -> None:
        """Hand in a signature line; raises Unreachable, also where it is not taken."""
        address = f"{self.address}/{function}/checkpoint/{size}/cosignatures"
        try:
            answer = self._client.post(address, content=line.encode())
        except httpx.HTTPError as error:
            raise Unreachable(f"{address}: {type(error).__name__}") from None
        if not answer.is_success:
            raise Unreachable(f"{address}: {answer.status_code}")

    def _get(self, path: str) -> bytes:
        address = f"{self.address}/{path}"
        try:
            answer = self._client.get(address)
        except httpx.HTTPError as error:
            raise Unreachable(f"{address}: {type(error).__name__}") from None
        if answer.status_code != httpx.codes.OK or len(answer.content) > LARGEST:
            raise Unreachable(f"{address}: {answer.status_code}")
        return answer.content
