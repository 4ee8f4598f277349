"""The application as Granian calls it: a request gets a thread once its body is here, and no body holds one up.

Note [Bodies first]
Django answers in a few threads. A body that comes slowly, or never, would keep one waiting: eight such connections, and nobody else
is served. So the event loop takes bodies in, in memory while they are small, and only a whole request goes to the threads. A body
must come at a certain pace; one that is too large is read to its end, so that the browser shows our answer, and not kept.
"""

import asyncio
import io
import logging
import threading
from collections.abc import Iterable
from http import HTTPStatus
from queue import SimpleQueue
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]

from qipan.site.litter import look_seldom
from qipan.site.wsgi import application

PATIENCE = 10.0  # seconds for a body to come, and longer as it comes at this pace
PACE = 2_000  # bytes a second
SMALL = 64_000  # bytes; what is larger is read piece by piece, and waits on the disk
LARGEST = 64_000_000  # several documents of ten million bytes at once
WASTED = 1_000_000_000  # bytes of one body that are read only to be thrown away
TOGETHER = 512_000_000  # bytes of all the bodies that wait here at one moment

Headers = list[tuple[str, str]]
_log = logging.getLogger(__name__)


class Refusal(Exception):
    """A request is not answered by a page; ``status`` and ``words`` say why."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(status.phrase)
        self.status, self.words = status, words


class _Job(NamedTuple):
    """A whole request, who takes its answer, and who waits for that."""

    environ: dict[str, Any]
    protocol: HTTPProtocol
    answered: asyncio.Future[None]


class Front:
    """Takes requests in on Granian's event loop and has Django's threads answer them. See Note [Bodies first]."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._held = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads; they end with the process."""
        look_seldom()
        for number in range(settings.QIPAN_THREADS):
            threading.Thread(target=self._work, args=(loop,), name=f"answer-{number}", daemon=True).start()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        length = int(scope.headers.get("content-length") or 0)  # Granian lets no other text through
        body: IO[bytes] = io.BytesIO()
        try:
            if length or "transfer-encoding" in scope.headers:
                body = await self._taken_in(protocol, length)
            answered = asyncio.get_running_loop().create_future()
            self._jobs.put(_Job(_environ(scope, body), protocol, answered))
            await answered
        except Refusal as refusal:
            _refuse(protocol, refusal)
        except ProtocolClosed:
            pass  # the browser left
        finally:
            body.close()

    async def _taken_in(self, protocol: HTTPProtocol, length: int) -> IO[bytes]:
        """Read a body to its end; raises Refusal when it is too slow, too large, or one too many."""
        try:
            async with asyncio.timeout(PATIENCE) as patience:
                if 0 < length <= SMALL:
                    return io.BytesIO(await protocol())
                return await self._taken_in_pieces(protocol, patience)
        except TimeoutError:
            words = "内容发得太慢，没有收完。请检查网络后再试。 What you sent came too slowly. Check your connection and try again."
            raise Refusal(HTTPStatus.REQUEST_TIMEOUT, words) from None

    async def _taken_in_pieces(self, protocol: HTTPProtocol, patience: asyncio.Timeout) -> IO[bytes]:
        body = SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115 -- whoever asked closes it
        loop, got, kept = asyncio.get_running_loop(), 0, 0
        began = loop.time()
        try:
            async for piece in protocol:
                got += len(piece)
                patience.reschedule(began + PATIENCE + got / PACE)
                if got <= LARGEST and self._held + len(piece) <= TOGETHER:
                    kept, self._held = kept + len(piece), self._held + len(piece)
                    body.write(piece)
                elif got > WASTED:
                    break
        finally:
            self._held -= kept
        if kept < got:
            body.close()
            words = "发来的内容太大。每个文件不超过 10 MB，可以分几次传。 What you sent is too large. Send files of at most 10 MB, a few at a time."
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
        body.seek(0)
        return body

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            job = self._jobs.get()
            try:
                _answer(job)
            except Exception:  # noqa: BLE001 -- Granian answers 500, and the thread lives on
                _log.exception("A request was not answered.")
            loop.call_soon_threadsafe(_settle, job.answered)


def _settle(answered: asyncio.Future[None]) -> None:
    if not answered.done():
        answered.set_result(None)


def _answer(job: _Job) -> None:
    said: tuple[int, Headers] = (HTTPStatus.INTERNAL_SERVER_ERROR, [])

    def start_response(status: str, headers: Headers, _error: object = None) -> None:
        nonlocal said
        said = (int(status[:3]), headers)

    answer: Iterable[bytes] = application(job.environ, start_response)  # type: ignore[arg-type]  # Django never writes
    try:
        content = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    job.protocol.response_bytes(*said, content)


def _refuse(protocol: HTTPProtocol, refusal: Refusal) -> None:
    headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("connection", "close"),
    ]
    protocol.response_bytes(refusal.status, headers, refusal.words.encode())


def _environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Say it in the words of PEP 3333. Names with an underscore are left out: they could pass for others."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" not in name:
            key = "HTTP_" + name.replace("-", "_").upper()
            joined = "; " if key == "HTTP_COOKIE" else ","
            environ[key] = f"{environ[key]}{joined}{value}" if key in environ else value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(_size(body))
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


def _size(body: IO[bytes]) -> int:
    size = body.seek(0, io.SEEK_END)
    body.seek(0)
    return size


front = Front()
