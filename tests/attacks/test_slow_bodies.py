"""Bodies that trickle in, never end, or are enormous keep nobody else waiting, and end."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from qipan.site import front
from tests.attacks.stage import TOKEN, Stage

SLOW = 60
TRICKLING = ("Content-Length: 1000", "Content-Length: 9000000", "Transfer-Encoding: chunked")
QUICK_SECONDS = 8
SLACK_SECONDS = 120


@contextmanager
def begun(
    stage: Stage, headers: str = "Content-Length: 1000", body: bytes = b"mode=el"
) -> Iterator[socket.socket]:
    """A connection on which a form has begun to come."""
    with socket.create_connection(("127.0.0.1", stage.port)) as connection:
        connection.settimeout(front.PATIENCE + SLACK_SECONDS)
        connection.sendall(
            f"POST /preferences/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n\r\n".encode()
            + body
        )
        yield connection


def served(stage: Stage, seconds: float = SLACK_SECONDS) -> bool:
    answer = httpx.get(f"{stage.address}/api/events", trust_env=False, timeout=seconds)
    return answer.is_success


def answered(connection: socket.socket) -> bytes:
    """The answer's head, at least."""
    answer = b""
    while b"\r\n\r\n" not in answer and (piece := connection.recv(4096)):
        answer += piece
    return answer


def test_bodies_that_trickle_in_do_not_stop_the_others(stage: Stage) -> None:
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(begun(stage)) for _ in range(SLOW)]
        for _ in range(3):
            assert served(stage, QUICK_SECONDS)
            for one in slow:
                one.sendall(b"d")


@pytest.fixture(scope="module")
def trickling(stage: Stage) -> Iterator[Mapping[str, socket.socket]]:
    """Bodies of each kind, begun at the same time, as each is waited for as long."""
    with ExitStack() as open_ones:
        yield {
            headers: open_ones.enter_context(
                begun(stage, headers, b"" if "chunked" in headers else b"mode=el")
            )
            for headers in TRICKLING
        }


@pytest.mark.parametrize("headers", TRICKLING)
def test_a_body_that_trickles_in_is_given_up(
    stage: Stage, trickling: Mapping[str, socket.socket], headers: str
) -> None:
    assert b"408 Request Timeout" in answered(trickling[headers])
    assert served(stage)


def test_a_body_that_comes_in_two_parts_counts(stage: Stage) -> None:
    with begun(stage, "Content-Length: 10", b"mode=") as slow:
        time.sleep(1)
        slow.sendall(b"elder")
        answer = answered(slow)
    assert b"302 Found" in answer
    assert b"elder" in answer


def test_a_body_in_chunks_counts(stage: Stage) -> None:
    with begun(stage, "Transfer-Encoding: chunked", b"5\r\nmode=\r\n5\r\nelder\r\n0\r\n\r\n") as one:
        answer = answered(one)
    assert b"302 Found" in answer
    assert b"elder" in answer


def test_a_body_that_is_enormous_is_refused_with_words(stage: Stage) -> None:
    answer = httpx.post(
        f"{stage.address}/preferences/", content=bytes(front.LARGEST + 1), trust_env=False, timeout=240
    )
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert "10 MB" in answer.text
    assert served(stage)


def test_headers_that_could_pass_for_others_are_not_taken(stage: Stage) -> None:
    """`X_CSRFToken` becomes `HTTP_X_CSRFTOKEN` in WSGI, as `X-CSRFToken` does."""
    with socket.create_connection(("127.0.0.1", stage.port)) as connection:
        connection.sendall(
            f"POST /preferences/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={TOKEN}\r\nX_CSRFToken: {TOKEN}\r\n"
            "Content-Length: 10\r\n\r\nmode=elder".encode()
        )
        assert b"403 Forbidden" in answered(connection)
