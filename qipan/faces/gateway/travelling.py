"""Documents travel: the signed list of nodes, each node's signed catalogue and list of issuers, from whoever has them to whoever asks.

A node asks the hub every few seconds; where the hub does not answer it asks the other nodes, and goes on with what it has. Whoever
brings a document, it is verified by its signer's key: the list by the key that was handed over when the node joined, a catalogue by
or list of issuers by its node's key in the list; and nothing is taken whose number is not above the last.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from qipan.adapters.seals import PrivateKey
from qipan.adapters.sources import addresses_of
from qipan.adapters.sources.nodes import SCHEME
from qipan.certificates import queries as certificates
from qipan.certificates.errors import UnableToCertify
from qipan.certificates.operations import accept_issuers
from qipan.core.catalogues import NotACatalogue, held
from qipan.core.issuer_lists import NotAnIssuerList
from qipan.core.nodes import NotANodeList
from qipan.exchange import operations, queries
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import Signed
from qipan.exchange.queries import SignedDocument
from qipan.exchange.trust import Trust, read_trust
from qipan.faces.gateway import bodies, bounds
from qipan.faces.gateway.bringing import Door
from qipan.faces.gateway.grouping import Grouping
from qipan.faces.gateway.known import Knowledge, Known
from qipan.faces.gateway.refusals import Refused, Trouble
from qipan.faces.gateway.signing import JSON
from qipan.sharing.holding import highest_of

PATH = "/exchange/v1/documents"
EVERY_SECONDS = 2.0
LARGEST = 16 * 1024 * 1024  # bytes of all documents together
AT_ONCE = 8
KINDS = {"catalogues", "issuers", "lists"}
_log = logging.getLogger(__name__)


class Documents:
    """Gives out the documents that this node has."""

    def __init__(self) -> None:
        self._read = Grouping("documents", self._gathered)
        self._door = Door(AT_ONCE)
        self._kept: tuple[str, bytes] = ("", b"")

    async def answer(self, request: Request) -> Response:
        """Answer with all, or with nothing where whoever asks has all already."""
        return await self._door.through(lambda: self._answered(request))

    async def _answered(self, request: Request) -> Response:
        tag, body = await self._read.do(None, bounds.RECORD_SECONDS)
        headers = {"etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=JSON)

    def _gathered(self, asked: Sequence[None]) -> list[tuple[str, bytes]]:
        try:
            state = queries.documents_state()
            tag = f'"{state.list}.{state.catalogues}.{certificates.lists_state()}"'
            if self._kept[0] != tag:
                self._kept = (tag, _written())
            return [self._kept for _ in asked]
        finally:
            connection.close()


class Fetcher:
    """Publishes what this node holds, and fetches the documents of others, in a thread."""

    def __init__(self, known: Known, key: PrivateKey) -> None:
        self._known, self._key = known, key
        self._tags: dict[str, str] = {}
        self._published: object = None

    def start(self) -> None:
        """Begin to fetch."""
        threading.Thread(target=self._fetch, name="fetcher", daemon=True).start()

    def _fetch(self) -> None:
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=bounds.NEWS_SECONDS) as client:
            while True:
                try:
                    self.fetch_once(client)
                except Exception as error:  # noqa: BLE001 -- it is tried again, and what we have stays in force
                    _log.warning("Documents cannot be fetched: %s", type(error).__name__)
                finally:
                    connection.close()  # each thread has one of few; this one seldom needs it
                time.sleep(EVERY_SECONDS)

    def fetch_once(self, client: httpx.Client) -> None:
        """Say what we hold, and fetch from the hub, or from all others where it does not answer."""
        knowledge, trust = self._known.now(), read_trust(settings.QIPAN_HOME)
        self._publish(knowledge)
        if trust is None:
            return
        if trust.hub and self._fetched(client, trust.hub, trust):
            return
        for address in self._others(knowledge, trust):
            self._fetched(client, address, trust)

    def _others(self, knowledge: Knowledge, trust: Trust) -> Iterator[str]:
        nodes = knowledge.nodes.nodes if knowledge.nodes else {}
        return (
            one.address for one in nodes.values() if one.name != self._known.node and one.address != trust.hub
        )

    def _fetched(self, client: httpx.Client, address: str, trust: Trust) -> bool:
        """Fetch from one node; whether it answered."""
        headers = {"if-none-match": self._tags.get(address, "")}
        try:
            with client.stream("GET", address + PATH, headers=headers) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return True
                body = _whole(answer) if answer.status_code == httpx.codes.OK else None
        except httpx.HTTPError:
            return False
        if body is None:
            return False
        take_documents(body, trust, timezone.now(), self._known.node)
        self._tags[address] = answer.headers.get("etag", "")
        return True

    def _publish(self, knowledge: Knowledge) -> None:
        """Say what we hold, where that changed since we last said it."""
        path: Path = settings.QIPAN_REGISTERS
        stands = (knowledge.version, path.stat().st_mtime_ns if path.exists() else 0)
        if stands == self._published:
            return
        here = [name for name, address in addresses_of(path).items() if not address.startswith(SCHEME)]
        answering = partial(highest_of, division=settings.QIPAN_DIVISION)
        with transaction.atomic():
            operations.publish_catalogue(
                node=self._known.node,
                resources=held(knowledge.library, here, answering),
                key=self._key,
                at=timezone.now(),
            )
        self._published = stands


def take_documents(body: bytes, trust: Trust, at: datetime, own: str = "") -> int:
    """Take what is new of what a node gave out, each document by itself; how many were. What nobody may believe is left."""
    taken = 0
    found = _parsed(body)
    for one in found.get("lists", ()):
        taken += _taken(one, trust, at)
    for one in found.get("catalogues", ()):
        taken += _of_node_taken(operations.accept_catalogue, one, own, at)
    for one in found.get("issuers", ()):
        taken += _of_node_taken(accept_issuers, one, own, at)
    return taken


def _parsed(body: bytes) -> Mapping[str, list[SignedDocument]]:
    """What was given out, in documents; raises Refused."""
    match bodies.parsed(body):
        case dict() as found if set(found) == KINDS and all(isinstance(one, list) for one in found.values()):
            return {kind: list(map(_read, one)) for kind, one in found.items()}
    raise Refused(Trouble.NOT_TAKEN)


def _read(said: object) -> SignedDocument:
    match said:
        case {"document": str() as document, "key": str() as key, "signature": str() as signature}:
            try:
                return SignedDocument(document.encode(), key, bytes.fromhex(signature))
            except ValueError:
                raise Refused(Trouble.NOT_TAKEN) from None
    raise Refused(Trouble.NOT_TAKEN)


def _taken(one: SignedDocument, trust: Trust, at: datetime) -> bool:
    try:
        with transaction.atomic():
            signed = Signed(one.key, one.signature)
            operations.accept_node_list(document=one.document, signed=signed, trusted=trust.signer, at=at)
    except (UnableToTake, NotANodeList):
        return False
    return True


def _of_node_taken(accept: Callable[..., object], one: SignedDocument, own: str, at: datetime) -> bool:
    try:
        with transaction.atomic():
            accept(document=one.document, signed=Signed(one.key, one.signature), at=at, own=own)
    except (UnableToTake, UnableToCertify, NotACatalogue, NotAnIssuerList):
        return False
    return True


def _whole(answer: httpx.Response) -> bytes | None:
    """The body, or None where it is larger than any that we take."""
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _written() -> bytes:
    lists = queries.signed_node_list()
    return to_json(
        {
            "catalogues": [_said(one) for one in queries.signed_catalogues()],
            "issuers": [
                _said(SignedDocument(one.document, one.key, one.signature))
                for one in certificates.signed_lists()
            ],
            "lists": [_said(lists)] if lists else [],
        }
    )


def _said(one: SignedDocument) -> dict[str, str]:
    return {"document": one.document.decode(), "key": one.key, "signature": one.signature.hex()}
