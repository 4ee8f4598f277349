"""Anybody's program checks a certificate."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import cast as play
from tests.certificates.office import issued, listed, ofd_of, open_office

EARLIER = timezone.now() - timedelta(hours=1)


@pytest.fixture
def ofd(db: None, tmp_path: Path) -> bytes:
    cast = play.enter()
    paper = issued(cast, open_office(tmp_path, EARLIER), EARLIER)
    listed(EARLIER)
    return ofd_of(paper)


def asked(content: bytes) -> dict[str, object]:
    sent = {"file": SimpleUploadedFile("x.ofd", content)}
    answer = Client(headers={"accept-language": "en"}).post("/api/certificates/verify", sent)
    assert answer.status_code == 200
    found = answer.json()
    assert isinstance(found, dict)
    return found


def test_a_genuine_one(ofd: bytes) -> None:
    found = asked(ofd)
    assert (found["genuine"], found["holds"], found["findings"]) == (True, True, [])
    assert found["issuer"] == "330106.hospital"
    assert "王小宝" in str(found["facts"])


def test_a_changed_one(ofd: bytes) -> None:
    found = asked(ofd.replace("王小宝".encode(), "王大宝".encode(), 1))
    assert (found["genuine"], found["holds"], found["facts"]) == (False, False, [])
    assert isinstance(found["findings"], list)
    assert found["findings"][0]["code"] == "changed"


def test_no_file_is_a_bad_request(db: None) -> None:
    assert Client().post("/api/certificates/verify").status_code == 422
