"""The two sides as Starlette applications; each is one process, with its own line for the record."""

import logging
import threading
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from qipan.adapters.seals import PrivateKey, Suite, key_files
from qipan.adapters.sources import Registers, addresses_of
from qipan.applications.queries.open_subjects import open_subjects
from qipan.exchange.operations import Passing, forget_nonces, record_passing
from qipan.faces.gateway import bodies, comparing, lettering, revoking, standing, streaming, travelling
from qipan.faces.gateway.bringing import Taking
from qipan.faces.gateway.consumer import Consumer
from qipan.faces.gateway.grouping import Grouping
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.provider import LOOK_UP_PATH, Provider
from qipan.faces.gateway.refusals import Trouble, status_of
from qipan.faces.gateway.revoking import Carrier
from qipan.faces.gateway.signing import JSON, Signer

FORGET_SECONDS = 60
Answering = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger(__name__)


def public() -> ASGIApp:
    """The side that other nodes see."""
    known, signer = _known(), _signer()
    registers = Registers(addresses_of(settings.QIPAN_REGISTERS))
    provider = Provider(known, signer, _recording(), registers, timezone.now)
    threading.Thread(target=_forget, name="forget", daemon=True).start()
    return _application(
        [
            Route(LOOK_UP_PATH, _Discreet(provider.answer)),
            Route(revoking.PATH, _Discreet(Taking("revocations", revoking.take).take)),
            *_ways(streaming.outside(known, signer, timezone.now)),
            Route(comparing.PATH, _Discreet(comparing.Answerer(known, signer, timezone.now).answer)),
            *(
                Route(path, _Discreet(Taking(path.rpartition("/")[2], lettering.taker(box)).take))
                for path, box in lettering.BOXES.items()
            ),
            Route(travelling.PATH, _Discreet(travelling.Documents().answer, "GET")),
            Route(standing.PATH, _Discreet(standing.Lists().answer, "GET")),
        ]
    )


def inside() -> ASGIApp:
    """The side that this node's platform sees."""
    cases, known = Grouping("cases", open_subjects), _known()
    Carrier(known).start()
    travelling.Fetcher(known, _key()).start()
    lettering.Postman(known, _key()).start()
    consumer = Consumer(
        known,
        _signer(),
        secret=settings.GATEWAY_SECRET,
        record=_recording(),
        cases=cases,
        clock=timezone.now,
    )

    @asynccontextmanager
    async def lifespan(_: Router) -> AsyncIterator[None]:
        yield
        await consumer.close()

    asker = comparing.Asker(known, _signer(), settings.GATEWAY_SECRET, timezone.now)
    routes = [
        Route("/look-up", _Discreet(consumer.look_up)),
        *_ways(streaming.within(known, cases, timezone.now, consumer.ask)),
        Route(comparing.INSIDE, _Discreet(asker.ask)),
        Route(standing.INSIDE, _Discreet(standing.Asker(known, settings.GATEWAY_SECRET).ask)),
    ]
    return _application(routes, lifespan)


def _application(routes: Sequence[Route], lifespan: Lifespan[Router] | None = None) -> ASGIApp:
    """Put routes into a router that knows no other way to write their paths."""
    return Router(routes, redirect_slashes=False, default=_NOTHING_HERE, lifespan=lifespan)


def _ways(answers: Mapping[str, Answering]) -> list[Route]:
    return [Route(path, _Discreet(answer)) for path, answer in answers.items()]


class _Discreet:
    """Answers also where the gateway fails; an error's own words may hold people's data, so they reach no log."""

    def __init__(self, answer: Answering, method: str = "POST") -> None:
        self._answer, self._method = answer, method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._answered(Request(scope, receive, send)))(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        if request.method != self._method:
            return _refusal(Trouble.NOT_A_CALL, 405)
        try:
            return await self._answer(request)
        except Exception as error:  # noqa: BLE001 -- whatever it was, nothing passes
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("The gateway failed: %s\n%s", type(error).__name__, where)
            return _refusal(Trouble.FAILED, status_of(Trouble.FAILED))


def _refusal(code: str, status: int) -> Response:
    return Response(bodies.write_refusal(code), status, media_type=JSON)


_NOTHING_HERE = _refusal(Trouble.NOT_A_CALL, 404)


def _known() -> Known:
    known = Known(settings.QIPAN_NODE)
    known.start()
    return known


def _signer() -> Signer:
    return Signer(settings.QIPAN_NODE, _key())


def _key() -> PrivateKey:
    suite = Suite(settings.QIPAN_GATEWAY_SUITE)
    return key_files.read_or_make(settings.QIPAN_HOME / "keys" / f"gateway-{suite}.pem", suite)


def _recording() -> Grouping[Passing, Passing]:
    return Grouping("record", _record)


def _record(passings: Sequence[Passing]) -> list[Passing]:
    with transaction.atomic():
        return record_passing(passings=passings, at=timezone.now())


def _forget() -> None:
    while True:
        time.sleep(FORGET_SECONDS)
        try:
            with transaction.atomic():
                forget_nonces(at=timezone.now())
        except Exception as error:  # noqa: BLE001 -- it is tried again
            _log.warning("Nonces cannot be forgotten: %s", type(error).__name__)
        finally:
            connection.close()  # each thread has one of few; this one seldom needs it
