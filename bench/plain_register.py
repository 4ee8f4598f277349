"""The register of the exchange's measurement behind plain HTTP: no signature, no grant, no record; what the gateway is held against."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from qipan.adapters.sources import Registers
from qipan.adapters.sources import Request as Reading
from qipan.core.elements import Element, ElementType, Field, PartyKind, Text

SECONDS = 3.0
COLUMNS = {"mother.id_number": "mother", "child.birth_date": "born_on"}
SOURCE = {"adapter": "sql", "register": "births", "table": "births", "columns": COLUMNS}
BORN = Element(PartyKind.PERSON, "birth_date", Text("出生日期", "Date of birth"), ElementType.DATE)


def application() -> Starlette:
    """Answer a look-up by reading the register as the gateway does."""
    registers = Registers({"births": os.environ["REGISTER"]})
    threads = ThreadPoolExecutor(12)

    async def look_up(request: Request) -> JSONResponse:
        asked = json.loads(await request.body())
        keys = {Field.parse(name): value for name, value in asked["keys"].items()}
        reading = Reading("one", "births", SOURCE, keys, {Field.parse("child.birth_date"): BORN})
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(threads, registers.look_up_all, [reading], SECONDS)
        facts = found["one"].facts or {}
        return JSONResponse({str(field): value for field, value in facts.items()})

    return Starlette(routes=[Route("/look-up", look_up, methods=["POST"])])


if __name__ == "__main__":
    Server(
        "bench.plain_register:application",
        port=int(os.environ["PORT"]),
        interface=Interfaces.ASGI,
        factory=True,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        log_level=LogLevels.warning,
    ).serve()
