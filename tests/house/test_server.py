"""What the server says with every answer, seen by a real browser, and connections and the tasks behind it."""

import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from playwright.sync_api import Page

from qipan.site.middleware import content_security_policy


def test_every_answer_keeps_foreign_content_out() -> None:
    respond = content_security_policy(lambda _request: HttpResponse())
    policy = respond(RequestFactory().get("/")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_view_may_state_a_stricter_policy() -> None:
    def stricter(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    answer = content_security_policy(stricter)(RequestFactory().get("/"))
    assert answer.headers["Content-Security-Policy"] == "sandbox"


@pytest.mark.django_db
def test_other_sites_cannot_frame_it_or_learn_where_one_was() -> None:
    headers = Client().get("/no-such-page").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_is_not_there_is_not_found_in_a_real_browser(page: Page) -> None:
    answer = page.goto("/no-such-page")
    assert answer is not None
    assert answer.status == 404
    assert answer.headers["content-security-policy"]


def test_says_so_when_the_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "qipan.site.server", f"--port={port}"],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode != 0
    assert (
        done.stderr == f"127.0.0.1:{port} cannot be served (Address already in use); choose another port.\n"
    )


@pytest.mark.django_db
def test_a_wrong_query_count_is_told_with_the_statements(
    assert_query_count: Callable[[int], AbstractContextManager[None]],
) -> None:
    with assert_query_count(1), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with (
        pytest.raises(pytest.fail.Exception, match="SELECT 2"),
        assert_query_count(0),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 2")


def test_a_thread_keeps_its_connection_from_request_to_request(db: None) -> None:
    def backend() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def two_requests() -> tuple[int, int]:
        try:
            first = backend()
            request_finished.send(sender=None)
            request_started.send(sender=None)
            return first, backend()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        first, second = thread.submit(two_requests).result()
    assert first == second


def test_no_test_reaches_the_network() -> None:
    with pytest.raises(PermissionError, match="this machine only"), socket.socket() as out:
        out.connect(("192.0.2.1", 80))
