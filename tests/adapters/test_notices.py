"""Notices: written into a file that its owner alone reads, or handed to a provider that can tell they are ours."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from qipan.adapters.notices import FileNotices, HttpNotices, Notice, NoticeNotSent, notices_by

NOTICE = Notice("sms", "+8613900000001", "验证码 123456")
KEY = "shared with the provider"


class Provider(HTTPServer):
    """A provider of text messages, on this machine."""

    def __init__(self, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.status = status
        self.taken: list[tuple[str, bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/messages"


class Taking(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.headers["X-Signature"], body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002 -- as the standard library calls it
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_provider_gets_each_notice_signed(provider: Provider) -> None:
    HttpNotices(provider.address, KEY).send(NOTICE)
    ((signature, body),) = provider.taken
    assert signature == hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert json.loads(body) == {"kind": "sms", "to": "+8613900000001", "text": "验证码 123456", "title": ""}


@pytest.mark.parametrize("status", [302, 400, 500])
def test_what_a_provider_does_not_take_is_said_without_the_words(provider: Provider, status: int) -> None:
    provider.status = status
    with pytest.raises(NoticeNotSent) as refused:
        HttpNotices(provider.address, KEY).send(NOTICE)
    assert "123456" not in str(refused.value)
    assert NOTICE.to[3:] not in str(refused.value)


def test_a_provider_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(NoticeNotSent):
        HttpNotices("http://127.0.0.1:1/", KEY).send(NOTICE)


def test_the_file_is_its_owner_s_alone_and_keeps_every_notice(tmp_path: Path) -> None:
    box = FileNotices(tmp_path / "notices.jsonl")
    assert box.sent() == []
    box.send(NOTICE)
    box.send(NOTICE)
    assert box.sent() == [NOTICE, NOTICE]
    assert box.path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_an_error_that_says_which(tmp_path: Path) -> None:
    with pytest.raises(NoticeNotSent, match="nowhere"):
        FileNotices(tmp_path / "nowhere" / "notices.jsonl").send(NOTICE)


def test_the_address_says_which_it_is(tmp_path: Path) -> None:
    assert isinstance(notices_by("https://sms.example/", KEY), HttpNotices)
    assert isinstance(notices_by(str(tmp_path / "box"), ""), FileNotices)
