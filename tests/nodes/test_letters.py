"""Letters on their way: what a node takes is settled, what it refuses for good as well, and nobody waits for who takes nothing."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings
from starlette.routing import Route, Router

from qipan.core.grants import End
from qipan.core.share_notices import SIGNED_ANSWER, SIGNED_NOTICE, read_answer, read_notice
from qipan.exchange.operations import Signed, verify_node
from qipan.faces.gateway.bringing import Taking
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.lettering import BOXES, Postman, taker
from qipan.faces.gateway.refusals import Trouble
from qipan.sharing import operations
from qipan.sharing.models import ShareNotice, ShareReceipt
from tests.gateway.in_a_loop import in_a_loop
from tests.nodes.listed import HERE, NOW, THERE, accept, list_with_hub, signed
from tests.nodes.test_notices import GIVEN, GIVER, OURS, THEIRS, granted, issued, theirs
from tests.sharing.conftest import HOSPITAL, Pool, enter

NOTICES, ANSWERS = "/exchange/v1/share-notices", "/exchange/v1/share-answers"
Network = Callable[[httpx.Request], httpx.Response]


def node_here(settings: Settings, home: Path) -> Pool:
    settings.QIPAN_NODE = "here"
    pool = enter(home)
    with transaction.atomic():
        accept(list_with_hub())
    return pool


@pytest.fixture
def pool(db: None, settings: Settings, tmp_path: Path) -> Pool:
    return node_here(settings, tmp_path)


def carry(network: Network) -> None:
    """Have the postman go round once."""
    known = Known("here")
    known.read()
    with httpx.Client(transport=httpx.MockTransport(network)) as client:
        Postman(known, HERE).carry_once(client)


def brought(request: httpx.Request, line: bytes) -> bytes:
    """The document of a letter, of which the signature is our node's."""
    said = json.loads(request.content)
    document = said["document"].encode()
    own = Signed(said["key"], bytes.fromhex(said["signature"]))
    verify_node(node="here", signed=own, message=line + document, at=NOW)
    return bytes(document)


def outcomes() -> list[str | None]:
    """What came of telling each receiver, by its node; None where it waits."""
    found = ShareReceipt.objects.order_by("node")
    return [one.outcome if one.told_at else None for one in found]


def test_a_notice_is_signed_and_brought_once(pool: Pool) -> None:
    granted(OURS, THEIRS)
    notice = issued(pool)
    came: list[str] = []

    def network(request: httpx.Request) -> httpx.Response:
        came.append(read_notice(brought(request, SIGNED_NOTICE)).notice)
        assert (request.url.host, request.url.path) == ("there.example", NOTICES)
        return httpx.Response(200, content=b"{}")

    for _time in range(2):
        carry(network)
    assert (came, outcomes()) == ([str(notice)], ["ok"])


def test_an_answer_is_signed_and_brought_once(pool: Pool) -> None:
    said = theirs(granted(GIVER, GIVEN))
    with transaction.atomic():
        operations.take_notice(
            document=said.document(), signed=signed(THERE, SIGNED_NOTICE + said.document()), at=NOW
        )
        operations.acknowledge_notice(
            acting=pool["requester"], notice=ShareNotice.objects.get().id, answer="已改正", at=NOW
        )
    came: list[str] = []

    def network(request: httpx.Request) -> httpx.Response:
        came.append(read_answer(brought(request, SIGNED_ANSWER)).answer)
        assert (request.url.host, request.url.path) == ("there.example", ANSWERS)
        return httpx.Response(200, content=b"{}")

    for _time in range(2):
        carry(network)
    assert came == ["已改正"]


@pytest.mark.parametrize("code", ["", Trouble.NO_RECORD, Trouble.TOO_MANY])
def test_nobody_waits_for_a_node_that_takes_nothing(pool: Pool, code: str) -> None:
    """One node is down, or busy; the other takes its notice, and the first is told once it is up."""
    granted(OURS, THEIRS)
    granted(OURS, End("hub", "330000.health"))
    for _notice in range(3):
        issued(pool)
    down, asked = True, 0

    def network(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if request.url.host == "hub.example" and down:
            asked += 1
            if not code:
                raise httpx.ConnectError("nobody listens")
            return httpx.Response(503, json={"code": code})
        return httpx.Response(200, content=b"{}")

    carry(network)
    assert (outcomes(), asked) == ([None] * 3 + ["ok"] * 3, 1)
    down = False
    carry(network)
    assert outcomes() == ["ok"] * 6


def test_what_is_refused_for_good_is_settled_as_that(pool: Pool) -> None:
    granted(OURS, THEIRS)
    issued(pool)
    carry(lambda _: httpx.Response(403, json={"code": "not-taken"}))
    assert outcomes() == ["not-taken"]


@pytest.mark.django_db(transaction=True)
def test_what_others_bring_is_taken_by_its_path_and_nothing_else_is(
    settings: Settings, tmp_path: Path
) -> None:
    node_here(settings, tmp_path)
    at = timezone.now().replace(microsecond=0)
    with transaction.atomic():
        notice = theirs(granted(GIVER, GIVEN), issued=at, due=at.date() + timedelta(days=14))
    document = notice.document()
    right, wrong = (signed(key, SIGNED_NOTICE + document) for key in (THERE, HERE))
    refused = (403, "not-taken")
    ways = [(NOTICES, wrong), (ANSWERS, right), (NOTICES, right), (NOTICES, right)]
    answers = in_a_loop(all_brought(document, ways))
    assert answers == [refused, refused, (200, ""), (200, "")]
    assert [one.consumer for one in ShareReceipt.objects.all()] == [HOSPITAL]


async def all_brought(document: bytes, ways: Sequence[tuple[str, Signed]]) -> list[tuple[int, str]]:
    """Bring a document by each way, as other nodes do; the status and the code of each answer."""
    routes = [
        Route(path, Taking("letters", taker(box)).take, methods=["POST"]) for path, box in BOXES.items()
    ]
    transport = httpx.ASGITransport(app=Router(routes))
    answers = []
    async with httpx.AsyncClient(transport=transport, base_url="http://here.example") as client:
        for path, by in ways:
            said = {"document": document.decode(), "key": by.key, "signature": by.signature.hex()}
            answer = await client.post(path, content=json.dumps(said, ensure_ascii=False).encode())
            answers.append((answer.status_code, str(answer.json().get("code", ""))))
    return answers
