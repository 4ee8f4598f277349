"""Registers behind JSON services: one GET by key, under limits of time, size and depth.

The declared ``path`` may hold the columns of keys (``/enterprises/{credit_code}``); the other keys go into the query under
their columns' names. The service answers with one object, or 404 as JSON when it has no such record. A column is the
name of a member; ``owner.name`` is a member of a member.
"""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from threading import Lock
from urllib.parse import quote

import httpx

from qipan.adapters.sources.declared import Reading
from qipan.adapters.sources.port import SourceDown, SourceMisdeclared, SourceNonsense
from qipan.core.elements import Field

LARGEST_BODY = 1024 * 1024  # bytes
LARGEST_LIST = 32 * LARGEST_BODY
LIST_SECONDS = 30.0
DEEPEST = 16  # levels of JSON
CONNECTIONS = 6
OK, NOT_FOUND, REDIRECTS, SERVER_ERROR = 200, 404, range(300, 400), 500
OVERLOADED = frozenset({408, 425, 429})

logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # at INFO it logs each URL, and with it a person's number


class HttpRegisters:
    """Clients of every JSON service that was asked so far, opened when first needed."""

    def __init__(self) -> None:
        self._clients: dict[str, httpx.Client] = {}
        self._lock = Lock()

    def read(self, address: str, reading: Reading, timeout: float) -> Mapping[Field, object] | None:
        """Get the record that has these keys; None when there is none. Raises SourceError."""
        try:
            body = self._get(address, reading, timeout)
        except httpx.InvalidURL:
            raise SourceMisdeclared(f"The address or path of {reading.register} is no URL.") from None
        except httpx.HTTPError as error:
            raise SourceDown(
                f"The register {reading.register} does not answer: {type(error).__name__}"
            ) from None
        return None if body is None else _record(_parsed(body, reading), reading)

    def close(self) -> None:
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def client(self, address: str) -> httpx.Client:
        """The client of one service; raises SourceMisdeclared."""
        with self._lock:
            if address not in self._clients:
                if not address.startswith(("http://", "https://")):
                    raise SourceMisdeclared(
                        "registers.json holds an address that is no http:// or https:// URL."
                    )
                self._clients[address] = httpx.Client(
                    base_url=address,
                    headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                    limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
                    follow_redirects=False,  # a key must reach no host but the configured one
                    trust_env=False,
                )
            return self._clients[address]

    def _get(self, address: str, reading: Reading, timeout: float) -> bytes | None:
        end = time.monotonic() + timeout
        path, query = _target(reading)
        with self.client(address).stream("GET", path, params=query, timeout=timeout) as response:
            _judge_head(response, reading)
            body = b"".join(_limited(response.iter_raw(), reading, end))
            return None if response.status_code == NOT_FOUND else body


class JsonPages:
    """A service that lists its records, in the order of their keys."""

    def __init__(self, address: str) -> None:
        self._registers = HttpRegisters()
        self._address = address

    def page(
        self, path: str, reading: Reading, after: str, most: int, timeout: float = LIST_SECONDS
    ) -> list[Mapping[Field, object]]:
        """Get at most so many records after a key; raises SourceError and httpx.HTTPError."""
        end = time.monotonic() + timeout
        query = {"after": after, "limit": str(most)}
        client = self._registers.client(self._address)
        with client.stream("GET", path, params=query, timeout=timeout) as response:
            _judge_head(response, reading)
            body = b"".join(_limited(response.iter_raw(), reading, end, LARGEST_LIST))
        found = _loaded(body, reading)
        if not isinstance(found, list) or len(found) > most or _deeper_than(found, DEEPEST):
            raise SourceNonsense(f"The register {reading.register} does not answer with a list.")
        return [
            {each: _member(one, name, reading) for each, name in reading.columns.items()} for one in found
        ]

    def close(self) -> None:
        self._registers.close()


def _target(reading: Reading) -> tuple[str, dict[str, str]]:
    """Put the keys into the path, percent-encoded whole, and the rest into the query."""
    keys = {column: str(value) for column, value in reading.keys.items()}
    in_path = re.findall(r"\{([^{}]*)\}", reading.place)
    if unknown := set(in_path) - keys.keys():
        raise SourceMisdeclared(
            f"The path of {reading.register} needs {', '.join(sorted(unknown))}, which is no key's column."
        )
    path = re.sub(r"\{([^{}]*)\}", lambda match: _segment(keys[match[1]]), reading.place)
    return path, {column: value for column, value in keys.items() if column not in in_path}


def _segment(value: str) -> str:
    """Encode a path segment; one of dots alone would climb to another path."""
    if not value.strip("."):
        raise SourceNonsense("A key that is empty or only dots has no path.")
    return quote(value, safe="")


def _judge_head(response: httpx.Response, reading: Reading) -> None:
    status = response.status_code
    if status >= SERVER_ERROR or status in OVERLOADED:
        raise SourceDown(f"The register {reading.register} fails: HTTP {status}")
    if status in REDIRECTS:
        raise SourceNonsense(f"The register {reading.register} sends us elsewhere: HTTP {status}")
    if status not in {OK, NOT_FOUND}:
        raise SourceNonsense(f"The register {reading.register} refuses us: HTTP {status}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or response.headers.get("Content-Encoding", "identity") != "identity":
        raise SourceNonsense(f"The register {reading.register} does not answer in plain JSON.")


def _limited(
    chunks: Iterator[bytes], reading: Reading, end: float, largest: int = LARGEST_BODY
) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > largest:
            raise SourceNonsense(f"The register {reading.register} answers with more than {largest} bytes.")
        if time.monotonic() > end:
            raise SourceDown(f"The register {reading.register} answers too slowly.")
        yield chunk


def _parsed(body: bytes, reading: Reading) -> Mapping[str, object]:
    parsed = _loaded(body, reading)
    if not isinstance(parsed, dict) or _deeper_than(parsed, DEEPEST):
        raise SourceNonsense(f"The register {reading.register} does not answer with one record.")
    return parsed


def _loaded(body: bytes, reading: Reading) -> object:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise SourceNonsense(f"The register {reading.register} answers with broken JSON.") from None


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _deeper_than(node: object, levels: int) -> bool:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return any(levels == 0 or _deeper_than(child, levels - 1) for child in children)


def _record(parsed: Mapping[str, object], reading: Reading) -> Mapping[Field, object]:
    """Take the columns; a record of another key than asked for is somebody else's, and goes no further."""
    for column, value in reading.keys.items():
        if _member(parsed, column, reading, required=False) not in (
            None,
            value,
            str(value),
        ):  # a list has no hash
            raise SourceNonsense(
                f"The register {reading.register} answers with another record than asked for."
            )
    return {each: _member(parsed, column, reading) for each, column in reading.columns.items()}


def _member(parsed: object, column: str, reading: Reading, *, required: bool = True) -> object:
    for name in column.split("."):
        if not isinstance(parsed, dict) or name not in parsed:
            if required:
                raise SourceNonsense(f"The answer of {reading.register} lacks the declared member {column}.")
            return None
        parsed = parsed[name]
    return parsed
