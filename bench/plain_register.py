"""The register of the exchange's measurement behind plain HTTP: no signature, no grant, no record; what the gateway is held against.

It reads for each by itself, as such a service is written, or with ``TOGETHER=1`` for all who wait, as the gateway does.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from qipan.adapters.sources import Answer, Registers, look_up_in_order
from qipan.adapters.sources import Request as Reading
from qipan.core.elements import CodeList, Element, ElementType, Field, PartyKind, Text
from qipan.faces.gateway.grouping import Grouping

SECONDS = 3.0
COLUMNS = {"mother.id_number": "mother", "child.birth_date": "born_on"}
SOURCE = {"adapter": "sql", "register": "births", "table": "births", "columns": COLUMNS}
CODES: dict[str, CodeList] = {}
FACTS = {
    Field.parse("child.birth_date"): Element(
        PartyKind.PERSON, "birth_date", Text("出生日期", "Date of birth"), ElementType.DATE
    )
}


def application() -> Starlette:
    """Answer a look-up by reading the register as the gateway does."""
    registers = Registers({"births": os.environ["REGISTER"]})

    def read(readings: Sequence[Reading]) -> list[Answer]:
        return look_up_in_order(registers, readings, SECONDS)

    together: Grouping[Reading, Answer] = Grouping("register", read)
    threads = ThreadPoolExecutor(12)

    async def read_alone(reading: Reading) -> Answer:
        loop = asyncio.get_running_loop()
        return (await loop.run_in_executor(threads, read, [reading]))[0]

    async def read_together(reading: Reading) -> Answer:
        return await together.do(reading, SECONDS)

    reads = read_together if os.environ.get("TOGETHER") else read_alone

    async def look_up(request: Request) -> JSONResponse:
        asked = json.loads(await request.body())
        keys = {Field.parse(name): value for name, value in asked["keys"].items()}
        found = await reads(Reading("one", "births", SOURCE, keys, FACTS, CODES))
        return JSONResponse({str(field): value for field, value in (found.facts or {}).items()})

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
