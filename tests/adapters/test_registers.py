import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from qipan.adapters.sources import (
    FakeSources,
    Registers,
    Request,
    SourceDown,
    SourceMisdeclared,
    SourceNonsense,
    addresses_of,
    request_for,
)
from qipan.adapters.sources.breaker import Breaker
from qipan.core.declarations import Library, PartySlot, Resource
from qipan.core.elements import Field, PartyKind, Text
from tests.adapters.conftest import Read, Serve
from tests.adapters.registers_cast import ELEMENTS, FACTS, HUSBAND, NAME, ROW, WIFE, marriage, send

JSON = json.dumps(ROW).encode()


@pytest.fixture
def slow(serve: Serve) -> Iterator[str]:
    """The address of a service that answers nobody before the test is over."""
    over = Event()

    def say_nothing(_handler: BaseHTTPRequestHandler) -> None:
        over.wait()

    yield serve(say_nothing)
    over.set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "marriages.csv").write_text(f"{','.join(ROW)}\n{','.join(ROW.values())}\n", encoding="utf-8")
    return tmp_path


# --- Many at once


def test_a_slow_a_dead_and_a_mad_source_take_nothing_from_the_others(
    serve: Serve, slow: str, folder: Path
) -> None:
    addresses = {
        "slow": slow,
        "dead": "http://127.0.0.1:1",
        "mad": serve(lambda handler: send(handler, b"<html>")),
        "good": serve(lambda handler: send(handler, JSON)),
        "drop": str(folder),
    }
    requests = [
        *(marriage("http", name=each, register=each) for each in ("slow", "dead", "mad", "good", "unknown")),
        marriage("file", name="drop", register="drop"),
        marriage("sql", name="odd", register="good", columns="none"),
        marriage("carrier pigeon", name="pigeon", register="good"),
    ]
    reader = Registers(addresses)
    reader.look_up_all(requests[3:], deadline=60)  # whatever is needed to read at all is there now
    answers = reader.look_up_all(requests, deadline=6)
    assert answers["good"].facts == answers["drop"].facts == FACTS
    errors = {name: type(answer.error) for name, answer in answers.items() if answer.error}
    assert errors == {
        "slow": SourceDown,
        "dead": SourceDown,
        "mad": SourceNonsense,
        "unknown": SourceMisdeclared,
        "odd": SourceMisdeclared,
        "pigeon": SourceMisdeclared,
    }
    reader.close()


def test_requests_run_at_once(registers: Read, serve: Serve) -> None:
    together = Barrier(4, timeout=120)

    def respond(handler: BaseHTTPRequestHandler) -> None:
        together.wait()  # breaks, and the handler with it, unless four are here at once
        send(handler, JSON)

    answers = registers(serve(respond)).look_up_all(
        [marriage("http", name=str(n)) for n in range(4)], deadline=120
    )
    assert all(answer.facts == FACTS for answer in answers.values())


def test_nothing_asked_is_nothing_answered() -> None:
    assert Registers({}).look_up_all([], deadline=1) == {}


def test_a_reader_serves_many_threads(registers: Read, serve: Serve) -> None:
    reader = registers(serve(lambda handler: send(handler, JSON)))
    found: list[object] = []

    def look_up() -> None:
        for _ in range(5):
            found.append(reader.look_up(marriage("http"), timeout=60).facts)  # noqa: PERF401 -- one by one is the point

    threads = [Thread(target=look_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [FACTS] * 40


def test_an_answer_says_how_long_it_took(registers: Read, serve: Serve) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        send(handler, JSON)

    answer = registers(serve(respond)).look_up(marriage("http"), timeout=60)
    assert 0.2 <= answer.seconds < 60


def test_a_key_never_reaches_the_words_of_an_error(registers: Read, serve: Serve, folder: Path) -> None:
    addresses = [
        serve(lambda handler: send(handler, b"<html>")),
        "http://127.0.0.1:1",
        str(folder),
        "sqlite:////none",
    ]
    for address in addresses:
        for adapter in ("http", "file", "sql"):
            answer = registers(address).look_up_all(
                [marriage(adapter, path="/{zjhm}" if adapter == "http" else "x.csv")], deadline=60
            )["marriage"]
            assert answer.error is not None
            assert WIFE not in str(answer.error)


# --- The breaker


def test_a_dead_source_is_skipped_after_some_failures(registers: Read, serve: Serve) -> None:
    asked = 0

    def respond(handler: BaseHTTPRequestHandler) -> None:
        nonlocal asked
        asked += 1
        send(handler, b"", status=503)

    reader = registers(serve(respond))
    for _ in range(10):
        assert isinstance(reader.look_up_all([marriage("http")], deadline=60)["marriage"].error, SourceDown)
    assert asked == 3


def test_a_source_too_slow_for_everyone_stops_costing_their_time(registers: Read, slow: str) -> None:
    reader = registers(slow)
    for _ in range(3):
        reader.look_up_all([marriage("http")], deadline=0.1)
    with pytest.raises(SourceDown, match="skipped"):
        reader.look_up(marriage("http"), timeout=60)


def test_nonsense_and_missing_records_do_not_open_the_breaker(registers: Read, serve: Serve) -> None:
    reader = registers(serve(lambda handler: send(handler, b"{}", status=404)))
    for _ in range(10):
        assert reader.look_up(marriage("http"), timeout=60).facts is None
    mad = registers(serve(lambda handler: send(handler, b"[]")))
    for _ in range(10):
        assert isinstance(mad.look_up_all([marriage("http")], deadline=60)["marriage"].error, SourceNonsense)


def test_a_breaker_lets_one_caller_try_after_its_pause() -> None:
    now = 0.0
    breaker = Breaker(failures=2, pause=10, clock=lambda: now)
    breaker.record(answered=False)
    breaker.admit()
    breaker.record(answered=False)
    with pytest.raises(SourceDown):
        breaker.admit()
    now = 10.0
    breaker.admit()
    with pytest.raises(SourceDown):
        breaker.admit()
    breaker.record(answered=True)
    breaker.admit()
    breaker.admit()


def test_a_failure_between_successes_is_forgiven() -> None:
    breaker = Breaker(failures=2)
    for _ in range(5):
        breaker.record(answered=False)
        breaker.record(answered=True)
        breaker.admit()


# --- Where the registers are


def test_addresses_come_from_a_file(tmp_path: Path) -> None:
    assert addresses_of(tmp_path / "registers.json") == {}
    (tmp_path / "registers.json").write_text('{"hospital": "sqlite:///h.db"}', encoding="utf-8")
    assert addresses_of(tmp_path / "registers.json") == {"hospital": "sqlite:///h.db"}


@pytest.mark.parametrize("content", ["{", "[]", '{"hospital": 1}'])
def test_broken_addresses_are_said_to_be_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "registers.json").write_text(content, encoding="utf-8")
    with pytest.raises(SourceMisdeclared):
        addresses_of(tmp_path / "registers.json")


# --- Requests from a library


def library(source: dict[str, object] | None) -> Library:
    person = PartyKind.PERSON
    resource = Resource(
        "marriage",
        Text("婚姻"),
        "civil_affairs",
        {"a": PartySlot("a", person), "b": PartySlot("b", person)},
        (Field("a", "id_number"),),
        (Field("b", "id_number"), Field("b", "name")),
        source=source,
    )
    elements = {str(element.name): element for element in ELEMENTS.values()}
    return Library(elements=elements, resources={"marriage": resource})


def test_a_request_takes_its_elements_from_the_library() -> None:
    shared = library({"adapter": "sql"})
    keys = {Field("a", "id_number"): WIFE}
    assert request_for(shared, "marriage", keys, facts=[NAME]) == Request(
        "marriage", "marriage", {"adapter": "sql"}, keys, {NAME: ELEMENTS[NAME]}, {}
    )
    assert len(request_for(shared, "marriage", keys).elements) == 2
    assert request_for(shared, "marriage", keys, facts=[]).elements == {}


def test_a_resource_without_a_source_cannot_be_asked() -> None:
    with pytest.raises(SourceMisdeclared):
        request_for(library(None), "marriage", {})


# --- The fake


def test_the_fake_answers_as_a_register_does() -> None:
    record = {"a.id_number": WIFE, "b.id_number": HUSBAND, "b.name": "x"}
    fake = FakeSources({"marriage": [record]})
    answer = fake.look_up(marriage(), timeout=1)
    assert answer.facts == {Field("b", "id_number"): HUSBAND}
    assert [each.reason for each in answer.refused] == ["too-short"]
    assert fake.look_up(marriage(key=HUSBAND), timeout=1).facts is None
    assert fake.asked[0] == marriage()


def test_the_fake_fails_on_demand() -> None:
    fake = FakeSources({"marriage": [{"a.id_number": WIFE}] * 2})
    assert isinstance(fake.look_up_all([marriage()], deadline=1)["marriage"].error, SourceNonsense)
    fake.down.add("marriage")
    with pytest.raises(SourceDown):
        fake.look_up(marriage(), timeout=1)
