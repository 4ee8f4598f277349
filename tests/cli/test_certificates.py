"""`qipan verify` of a certificate, with nothing but a list of issuers."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from qipan.certificates import published
from qipan.certificates.rows import WholeCertificate
from tests import cast as play
from tests.certificates.office import ADDRESS, Office, issued, listed, ofd_of, open_office, pdf_of
from tests.cli.conftest import Run

EARLIER = timezone.now() - timedelta(hours=1)
NOBODY = {"format": "qipan-issuers/1", "lists": []}


@pytest.fixture
def office(db: None, tmp_path: Path) -> Office:
    play.enter()
    return open_office(tmp_path / "keys", EARLIER)


@pytest.fixture
def paper(office: Office) -> WholeCertificate:
    found = issued(play.enter(), office, EARLIER)
    listed(EARLIER)
    return found


@pytest.fixture
def trust(paper: WholeCertificate, tmp_path: Path) -> str:
    return kept(tmp_path, "issuers.json", json.dumps(published.issuers_document()).encode())


def kept(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def test_each_form_offline(
    run: Run, paper: WholeCertificate, office: Office, trust: str, tmp_path: Path
) -> None:
    status = published.status_token(0, office.custody, ADDRESS, timezone.now())
    lists = kept(tmp_path, "status", status.encode())
    for name, content in (
        ("x.sd-jwt", paper.data_sm2.encode()),
        ("x.ofd", ofd_of(paper)),
        ("x.pdf", pdf_of(paper, office, EARLIER)),
    ):
        file = kept(tmp_path, name, content)
        assert "离线核验没有状态清单" in run("verify", file, "--trust", trust).output
        said = run("verify", file, "--trust", trust, "--status", lists).output
        assert said.startswith("真实有效")
        assert "王小宝" in said


def test_a_process_of_its_own_needs_no_platform(tmp_path: Path) -> None:
    trust = kept(tmp_path, "issuers.json", json.dumps(NOBODY).encode())
    alone = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    ran = subprocess.run(
        [sys.executable, "-m", "qipan.faces.cli", "verify", kept(tmp_path, "x.pdf", b"%PDF-1"), "--trust", trust],
        env={**alone, "QIPAN_HOME": str(tmp_path), "LANG": "zh_CN.UTF-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "PDF" in ran.stdout


def test_a_changed_one_ends_with_1(run: Run, paper: WholeCertificate, trust: str, tmp_path: Path) -> None:
    changed = ofd_of(paper).replace("王小宝".encode(), "王大宝".encode(), 1)
    said = run("verify", kept(tmp_path, "x.ofd", changed), "--trust", trust, "--lang", "en", exit_code=1)
    assert "It was changed" in said.output
    assert "the page" in said.output or "the data inside" in said.output


def test_an_issuer_that_is_on_no_list_is_unknown(run: Run, paper: WholeCertificate, tmp_path: Path) -> None:
    nobody = kept(tmp_path, "none.json", json.dumps({"format": "qipan-issuers/1", "lists": []}).encode())
    said = run("verify", kept(tmp_path, "x", paper.data.encode()), "--trust", nobody, exit_code=1).output
    assert "发证机关不在名单里" in said
    assert "王小宝" not in said


def test_what_is_no_list_is_refused(run: Run, paper: WholeCertificate, tmp_path: Path) -> None:
    file = kept(tmp_path, "x", paper.data.encode())
    assert "不是发证机关名单" in run("verify", file, "--trust", file, exit_code=1).output


def test_by_the_lists_of_this_installation(run: Run, paper: WholeCertificate, tmp_path: Path) -> None:
    assert "真实有效" in run("verify", kept(tmp_path, "x", paper.data.encode())).output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xd8\xff\xe0 a picture", "Cannot be read: this is no certificate"),
        (b"", "There is no installation of Qipan here: name the keys"),
        (b"%PDF-1.7", "There is no installation of Qipan here: name a list of issuers"),
    ],
)
def test_outsiders_keep_their_home_clean(tmp_path: Path, content: bytes, said: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = kept(tmp_path, "file", content)
    hidden = {"DATABASE_URL", "QIPAN_HOME", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    found = subprocess.run(
        [sys.executable, "-m", "qipan.faces.cli", "verify", file, "--lang", "en"],
        cwd=home, env=environment | {"HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 1
    assert said in found.stderr
    assert "Traceback" not in found.stderr
    assert list(home.iterdir()) == []
