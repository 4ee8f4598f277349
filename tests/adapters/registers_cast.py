"""A small register of marriages, as three kinds of source keep it, and the request that asks for one."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler

from qipan.adapters.sources import Request
from qipan.core.elements import Checks, CodeList, Element, ElementType, Field, PartyKind, Text, Value
from qipan.core.formats import gb11643_digit

WIFE = "33010619920315002" + gb11643_digit("33010619920315002")
HUSBAND = "33010619900101001" + gb11643_digit("33010619900101001")
ID = Field("a", "id_number")
SPOUSE = Field("b", "id_number")
NAME = Field("b", "name")
SINCE = Field("a", "married_on")
STATUS = Field("a", "marital_status")
COLUMNS = {
    "a.id_number": "zjhm",
    "b.id_number": "po_zjhm",
    "b.name": "po_xm",
    "a.married_on": "djrq",
    "a.marital_status": "hyzk",
}
CODES = {
    "marital_status": CodeList("marital_status", Text("婚姻状况"), {"20": Text("已婚"), "40": Text("离婚")})
}
ROW = {"zjhm": WIFE, "po_zjhm": HUSBAND, "po_xm": "陈立", "djrq": "2019-05-20", "hyzk": "20"}
FACTS = {SPOUSE: HUSBAND, NAME: "陈立", SINCE: "2019-05-20", STATUS: "20"}


def _element(word: str, kind: ElementType = ElementType.TEXT, **given: object) -> Element:
    return Element(PartyKind.PERSON, word, Text(word), kind, **given)  # type: ignore[arg-type]


ELEMENTS = {
    SPOUSE: _element("id_number", checks=Checks(formats=("gb11643",))),
    NAME: _element("name", checks=Checks(min_length=2)),
    SINCE: _element("married_on", ElementType.DATE),
    STATUS: _element("marital_status", ElementType.CODE, codes="marital_status"),
}


def marriage(
    adapter: str = "sql",
    *,
    key: Value = WIFE,
    name: str = "",
    elements: Mapping[Field, Element] = ELEMENTS,
    **source: object,
) -> Request:
    """Ask for the marriage of one person; ``source`` changes the declaration."""
    declared = {"adapter": adapter, "register": "civil_affairs", "columns": COLUMNS}
    place = (
        {"table": "marriages"}
        if adapter == "sql"
        else {"path": "marriages.csv" if adapter == "file" else "/marriages/{zjhm}"}
    )
    return Request(
        name or "marriage", "marriage", {**declared, **place, **source}, {ID: key}, elements, CODES
    )


def send(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    kind: str = "application/json",
    headers: Mapping[str, str] = {},
) -> None:
    """Answer with these bytes."""
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
