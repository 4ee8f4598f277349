"""A person's certificates on their pages, and the page on which anybody checks one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from qipan.certificates.pages import address_of
from qipan.certificates.rows import WholeCertificate
from qipan.core import disclosures
from qipan.faces.look.verdicts import LARGEST
from tests import cast as play
from tests.cast import Cast
from tests.certificates.office import ADDRESS, Office, issued, listed, ofd_of, open_office, pdf_of

EARLIER = timezone.now() - timedelta(hours=1)


@pytest.fixture
def office(cast: Cast, tmp_path: Path) -> Office:
    return open_office(tmp_path, EARLIER)


@pytest.fixture
def paper(cast: Cast, office: Office) -> WholeCertificate:
    found = issued(cast, office, EARLIER)
    listed(EARLIER)
    return found


def path_of(paper: WholeCertificate) -> str:
    return address_of(paper, ADDRESS).removeprefix(ADDRESS)


def told(client: Client, content: bytes, name: str = "x") -> str:
    answer = client.post("/verify/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_holder_finds_and_keeps_it(mother: Client, paper: WholeCertificate, office: Office) -> None:
    assert "出生医学证明" in mother.get("/certificates/").content.decode()
    page = mother.get(f"/certificates/{paper.number}/").content.decode()
    assert "王小宝" in page
    assert "PDF 正在生成" in page
    pdf = pdf_of(paper, office, EARLIER)
    assert mother.get(f"/certificates/{paper.number}/pdf").content == pdf
    assert mother.get(f"/certificates/{paper.number}/ofd").content == ofd_of(paper)
    answer = mother.get(f"/certificates/{paper.number}/data")
    assert answer.content.decode() == paper.data
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_nobody_else_does(neighbour: Client, anybody: Client, paper: WholeCertificate) -> None:
    assert paper.number not in neighbour.get("/certificates/").content.decode()
    for form in ("", "ofd", "pdf", "data", "data-sm2"):
        assert neighbour.get(f"/certificates/{paper.number}/{form}").status_code == 404
        assert anybody.get(f"/certificates/{paper.number}/{form}").status_code == 302


def test_there_is_no_other_form(mother: Client, paper: WholeCertificate) -> None:
    assert mother.get(f"/certificates/{paper.number}/docx").status_code == 404
    assert mother.get("/certificates/1.2.3/").status_code == 404


def test_anybody_can_check_each_form(anybody: Client, paper: WholeCertificate, office: Office) -> None:
    for content in (paper.data.encode(), ofd_of(paper), pdf_of(paper, office, EARLIER)):
        page = told(anybody, content)
        assert "真实有效" in page
        assert "王小宝" in page


def test_a_changed_one_is_said_to_be(anybody: Client, paper: WholeCertificate) -> None:
    changed = ofd_of(paper).replace("王小宝".encode(), "王大宝".encode(), 1)
    page = told(anybody, changed)
    assert "被改动过，不可信" in page
    assert "版面内容" in page or "附在里面的数据" in page


def test_what_is_withheld_is_counted(anybody: Client, paper: WholeCertificate) -> None:
    page = told(anybody, disclosures.narrowed(paper.data, {"child.name"}).encode())
    assert "持证人没有出示另外 1 项" in page


def test_nothing_and_rubbish_are_answered_in_words(anybody: Client, cast: Cast) -> None:
    assert "请选一个文件" in anybody.post("/verify/").content.decode()
    for content, words in ((b"", "文件是空的"), (b"0" * (LARGEST + 1), "超过 8 MB")):
        answer = anybody.post("/verify/", {"file": SimpleUploadedFile("x", content)})
        assert (answer.status_code, words in answer.content.decode()) == (400, True)
    page = told(anybody, b"\x00\x01 rubbish", "cat.jpg")
    assert "这不是能核验的证照" in page
    assert "cat.jpg" in page
    assert "数据证照 · " not in page


def test_the_code_on_the_page_shows_what_stands_on_it(anybody: Client, paper: WholeCertificate) -> None:
    page = anybody.get(path_of(paper)).content.decode()
    assert "真实有效" in page
    assert "王小宝" in page


def test_without_the_code_only_that_it_is_genuine(anybody: Client, paper: WholeCertificate) -> None:
    page = anybody.get(f"/verify/{paper.number}/").content.decode()
    assert "真实有效" in page
    assert "王小宝" not in page
    for guess in ("AAAAAAAAAAAA", "x"):
        assert anybody.get(f"/verify/{paper.number}/{guess}/").status_code == 404
    assert anybody.get("/verify/1.2.3/").status_code == 404


def test_lists_for_those_who_check_elsewhere(anybody: Client, paper: WholeCertificate) -> None:
    assert anybody.get("/verify/issuers").json()["lists"][0]["node"] == "here"
    assert anybody.get("/verify/status/7").status_code == 404


def test_it_reads_in_english(paper: WholeCertificate) -> None:
    english = Client(headers={"accept-language": "en"})
    page = told(english, paper.data.encode())
    assert "Genuine and in force" in page
    assert "Compare" in page


def test_the_page_for_anybody_is_accessible(
    transactional_db: None, page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    play.enter()
    page.goto("/verify/")
    assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 900})
    nothing = {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"no"}
    page.get_by_label("证照文件").set_input_files(nothing)  # type: ignore[arg-type]
    page.get_by_role("button", name="核验", exact=True).click()
    page.get_by_role("heading", name="这不是能核验的证照").wait_for()
    assert_accessible(page)
