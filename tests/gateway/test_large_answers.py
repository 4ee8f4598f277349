"""Answers above a megabyte pass where both parties signed that they may, no larger than that, and a few at once."""

import asyncio

import pytest
from starlette.responses import Response

from qipan.core.grants import MOST_ANSWER, USUAL_ANSWER, NotAGrant, read_grant
from qipan.exchange.queries import HeldGrant
from qipan.faces.gateway.bodies import Answered
from qipan.faces.gateway.large import Large, check_size
from qipan.faces.gateway.refusals import Refused
from tests.exchange.couriers import until
from tests.exchange.scans import MEGABYTE, hold, of_scans, scan
from tests.exchange.two_nodes import TwoNodes, grant
from tests.gateway.in_a_loop import in_a_loop

SIZES = (2_000, 10 * MEGABYTE, 13 * MEGABYTE)


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> TwoNodes:
    hold(pair, SIZES)
    pair.issue(of_scans())
    until(lambda: scan(pair, pair.mothers[0]).status_code == 200)  # both gateways know the grant
    return pair


def test_ten_megabytes_pass_whole(nodes: TwoNodes) -> None:
    for mother, size in zip(nodes.mothers[:2], SIZES, strict=False):
        answer = scan(nodes, mother)
        assert answer.status_code == 200, answer.text[:200]
        assert answer.json()["facts"] == {"mother.scan": "0123456789abcdef" * (size // 16)}


def test_more_than_the_element_or_the_grant_allows_does_not(nodes: TwoNodes) -> None:
    answer = scan(nodes, nodes.mothers[2])
    assert answer.json() == {"found": True, "facts": {}, "unbelieved": {"mother.scan": "too-big"}}
    with pytest.raises(Refused, match="too-big"):
        check_size(grant(), Answered(True, {"a.b": "文" * (USUAL_ANSWER // 3 + 1)}, {}))
    check_size(grant(), Answered(True, {"a.b": "文" * (USUAL_ANSWER // 3)}, {}))


def test_a_grant_says_so_in_one_way_only() -> None:
    written = of_scans().document()
    assert read_grant(written).answer == 12 * MEGABYTE
    assert b"answer_bytes" not in grant().document()
    for wrong in (USUAL_ANSWER, 0, -1, MOST_ANSWER + 1):
        with pytest.raises(NotAGrant):
            read_grant(written.replace(str(12 * MEGABYTE).encode(), str(wrong).encode()))


def test_few_are_in_work_at_once_until_they_were_sent() -> None:
    one = of_scans()
    held = HeldGrant(one.id, one, {}, one.begins, None, "")  # type: ignore[arg-type]
    in_a_loop(_crowd(held))


async def _crowd(held: HeldGrant) -> None:
    large, at_work = Large(2), []

    async def work() -> Response:
        at_work.append(1)
        return Response(b"x")

    responses = [await large.answered(held, work) for _ in range(2)]
    third = asyncio.create_task(large.answered(held, work))
    await asyncio.sleep(0.05)
    assert len(at_work) == 2
    assert (await large.answered(None, work)).body == b"x"  # small ones pass by
    await responses[0]({"type": "http"}, _never, _sent)
    await asyncio.wait_for(third, 120)
    assert len(at_work) == 4


async def _never() -> dict[str, object]:
    raise AssertionError


async def _sent(_: object) -> None:
    pass
