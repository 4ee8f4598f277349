"""The gateway's parts by themselves: limits, groups, bodies, words."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum

import pytest

from qipan.core.envelope import Fault
from qipan.core.grants import Refusal
from qipan.faces.gateway import bodies, bounds, refusals
from qipan.faces.gateway.bodies import Answered, Asked
from qipan.faces.gateway.bounds import Gate
from qipan.faces.gateway.consumer import read_wanted
from qipan.faces.gateway.grouping import GroupFailed, Grouping
from qipan.faces.gateway.provider import Nonces
from qipan.faces.gateway.refusals import Refused, Trouble
from qipan.faces.look.exchange_words import WORDS
from tests.gateway.in_a_loop import in_a_loop

CODES: Sequence[type[StrEnum]] = (Fault, Refusal, Trouble)


def test_every_refusal_has_a_code_of_its_own_and_words_in_two_languages() -> None:
    codes = [str(code) for kind in CODES for code in kind]
    assert len(set(codes)) == len(codes)
    assert set(WORDS) == set(codes) == set(map(str, refusals.STATUS))
    assert all(400 <= status < 600 for status in refusals.STATUS.values())
    assert len({words.zh for words in WORDS.values()}) == len(codes)
    assert len({words.en for words in WORDS.values()}) == len(codes)


def test_one_peer_that_takes_all_its_places_takes_no_other_peers() -> None:
    gate = Gate(at_once=2)
    with gate.let_in("bad"), gate.let_in("bad"):
        with pytest.raises(Refused, match="too-many"), gate.let_in("bad"):
            pass
        with gate.let_in("good"):
            pass
    with gate.let_in("bad"):
        pass


def test_a_place_is_given_back_whatever_happens_in_it() -> None:
    gate = Gate(at_once=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="x"), gate.let_in("peer"):
            raise ValueError("x")


def test_a_peer_can_ask_only_so_often() -> None:
    gate = Gate(at_once=10, rate=5)
    passed = 0
    for _ in range(50):
        try:
            with gate.let_in("fast"):
                passed += 1
        except Refused:
            pass
    assert 5 <= passed < 50
    with gate.let_in("slow"):
        pass


async def _chunks(*parts: bytes, pause: float = 0) -> AsyncIterator[bytes]:
    for part in parts:
        await asyncio.sleep(pause)
        yield part


def test_a_body_is_taken_whole_within_its_limits() -> None:
    assert in_a_loop(bounds.whole_body(_chunks(b"a", b"", b"bc"), 3)) == b"abc"
    with pytest.raises(Refused, match="too-big"):
        in_a_loop(bounds.whole_body(_chunks(b"a", b"bcd"), 3))
    with pytest.raises(Refused, match="too-slow"):
        in_a_loop(bounds.whole_body(_chunks(b"a", b"b", pause=0.2), 3, seconds=0.1))


def test_depth_is_seen_before_json_is_read() -> None:
    bounds.check_depth(b"[" * bounds.DEEPEST)
    bounds.check_depth(b"[]" * 100)
    with pytest.raises(Refused, match="too-deep"):
        bounds.check_depth(b"[" * (bounds.DEEPEST + 1))


def test_what_waits_together_is_done_together_and_each_is_told_its_own() -> None:
    groups: list[int] = []
    begun = threading.Event()

    def double(group: Sequence[int]) -> list[int]:
        groups.append(len(group))
        begun.set()
        time.sleep(0.05)
        return [2 * one for one in group]

    async def many() -> list[int]:
        line = Grouping("test", double)
        return await asyncio.gather(*(line.do(number, 120) for number in range(50)))

    assert in_a_loop(many()) == [2 * number for number in range(50)]
    assert len(groups) < 10


def test_of_a_group_that_failed_nobody_goes_on_and_the_next_one_does() -> None:
    def broken(group: Sequence[int]) -> list[int]:
        if 0 in group:
            raise OSError
        return list(group)

    async def both() -> int:
        line = Grouping("test", broken)
        with pytest.raises(GroupFailed):
            await line.do(0, 120)
        return await line.do(1, 120)

    assert in_a_loop(both()) == 1


def test_what_does_not_happen_in_time_did_not_happen() -> None:
    def late(group: Sequence[int]) -> list[int]:
        time.sleep(0.3)
        return list(group)

    async def wait() -> None:
        with pytest.raises(GroupFailed):
            await Grouping("test", late).do(1, 0.05)

    in_a_loop(wait())


def test_a_nonce_is_used_once_by_each_peer() -> None:
    nonces = Nonces()
    nonces.use("city", "00")
    nonces.use("county", "00")
    with pytest.raises(Refused, match="replayed"):
        nonces.use("city", "00")


def test_bodies_come_back_as_they_were_written() -> None:
    asked = Asked("marriage", {"a.id_number": "1", "a.count": 3}, ("b.name",))
    assert bodies.read_asked(bodies.write_asked(asked)) == asked
    answered = Answered(True, {"b.name": "王芳", "b.deceased": False}, {"b.id_number": "gb11643"})
    assert bodies.read_answered(bodies.write_answered(answered)) == answered


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b'{"resource":"x","keys":{},"fields":["a"],"also":1}',
        b'{"resource":1,"keys":{},"fields":["a"]}', b'{"resource":"x","keys":{"a":null},"fields":["a"]}',
        b'{"resource":"x","keys":{"a":"' + b"1" * 201 + b'"},"fields":["a"]}', b'{"resource":"x","keys":{},"fields":[1]}',
        b'{"resource":"x","keys":{},"fields":[""]}', b'{"resource":"x","keys":{"a":NaN},"fields":["a"]}',
    ],
)  # fmt: skip
def test_other_bodies_are_no_call(body: bytes) -> None:
    with pytest.raises(Refused, match="not-a-call"):
        bodies.read_asked(body)
    with pytest.raises(Refused, match="not-a-call"):
        read_wanted(body)
