"""Showing a part of a certificate on pages: the holder's, and those of whoever looks without signing in."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from qipan.certificates.models import Seal
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import address_of
from qipan.certificates.showing_models import Look, Showing
from qipan.certificates.showings import showing
from tests.cast import Cast
from tests.certificates import vaccination
from tests.certificates.office import issued, listed, open_office

EARLIER = timezone.now() - timedelta(hours=1)
LINK = {
    "fact": ["child.name", "child.birth_date"], "receiver": "西溪幼儿园", "use": "入园登记", "days": "7", "most": "5",
}  # fmt: skip
WHO = {"who": "西溪幼儿园 陈老师"}


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Cast:
    return vaccination.enter(tmp_path / "library")


@pytest.fixture
def shot(cast: Cast, tmp_path: Path) -> WholeCertificate:
    found = issued(cast, open_office(tmp_path / "keys" / "issuers", EARLIER), EARLIER)
    listed(EARLIER)
    return found


def shown(client: Client, shot: WholeCertificate, way: str = "link", **changes: object) -> tuple[str, str]:
    """Show it; the page of the showing, and the path that its link or code leads to."""
    answer = client.post(f"/certificates/{shot.number}/show/{way}/", {**LINK, **changes})
    assert answer.status_code == 302, answer.content.decode()
    page = answer.headers["Location"]
    return page, path_in(client.get(page).content.decode(), Showing.objects.latest("id"))


def path_in(page: str, row: Showing) -> str:
    if row.way == "link":
        found = re.search(r'value="[^"]*(/shown/[\w-]{38}/)"', page)
        assert found
        return found[1]
    found_row = showing(row.id)
    assert found_row
    return address_of(found_row, "", timezone.now())


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    return answer.content.decode()


def test_a_link_shows_two_facts_and_for_what(mother: Client, anybody: Client, shot: WholeCertificate) -> None:
    page, path = shown(mother, shot)
    opening = text_of(anybody, path)
    assert "入园登记" in opening
    assert "王小宝" not in opening, "nothing before the look is on record"
    assert anybody.post(path, WHO).status_code == 302
    seen = text_of(anybody, path)
    for said in ("真实有效", "王小宝", "2026-11-20", "仅供西溪幼儿园用于入园登记", "没有出示另外 2 项"):
        assert said in seen
    assert "V33000" not in seen
    assert Look.objects.count() == 1, "to load it again is the same look"
    told = mother.get(page).content.decode()
    assert "西溪幼儿园 陈老师" in told
    assert "看过 1 次，最多 5 次" in told
    assert "陈老师" in mother.get(f"/certificates/{shot.number}/").content.decode()


def test_a_preview_of_the_link_is_no_look(mother: Client, anybody: Client, shot: WholeCertificate) -> None:
    _page, path = shown(mother, shot)
    for _ in range(3):
        anybody.get(path)
        anybody.head(path)
    assert "请写您是谁" in anybody.post(path, {"who": " "}).content.decode()
    assert not Look.objects.exists()


def test_withdrawing_counts_at_once(mother: Client, anybody: Client, shot: WholeCertificate) -> None:
    page, path = shown(mother, shot)
    anybody.post(path, WHO)
    assert mother.post(f"{page}withdraw/").status_code == 302
    assert "出示人已经收回" in text_of(anybody, path, 410)
    assert "出示人已经收回" in text_of(Client(headers={"accept-language": "zh-hans"}), path, 410)
    assert anybody.get(f"{path}data").status_code == 410
    assert "已收回" in mother.get(page).content.decode()


def test_expired_and_used_up_are_said(mother: Client, anybody: Client, shot: WholeCertificate) -> None:
    _page, path = shown(mother, shot, most="1")
    anybody.post(path, WHO)
    assert "王小宝" in text_of(anybody, path), "who looked last may go on looking"
    other = Client(headers={"accept-language": "zh-hans"})
    assert "次数已经用完" in text_of(other, path, 410)
    Showing.objects.update(ends_at=timezone.now())
    assert "已经到期" in text_of(other, path, 410)


def test_a_code_is_seen_at_once(mother: Client, anybody: Client, shot: WholeCertificate) -> None:
    page, path = shown(mother, shot, "code", fact=["child.name"])
    anybody.head(path)
    assert not Look.objects.exists()
    seen = text_of(anybody, path)
    assert "王小宝" in seen
    assert "2026-11-20" not in seen
    assert "看过 1 次" in mother.get(page).content.decode()


def test_what_is_shown_can_be_kept_as_data(mother: Client, anybody: Client, shot: WholeCertificate) -> None:
    _page, path = shown(mother, shot)
    assert anybody.get(f"{path}data").status_code == 302, "not before the look"
    anybody.post(path, WHO)
    for form in ("data", "data-sm2"):
        content = anybody.get(f"{path}{form}").content
        page = anybody.post("/verify/", {"file": SimpleUploadedFile("x", content)}).content.decode()
        assert "真实有效" in page
        assert "没有出示另外 2 项" in page
    assert anybody.get(f"{path}pdf").status_code == 404


def test_what_a_link_shows_can_be_kept_as_a_sealed_page(
    mother: Client, anybody: Client, shot: WholeCertificate, tmp_path: Path, settings: Any
) -> None:
    settings.QIPAN_HOME = tmp_path
    page, path = shown(mother, shot)
    assert anybody.post(f"{path}copy").status_code == 302, "not before the look"
    anybody.post(path, WHO)
    assert "保存 PDF" in text_of(anybody, path)
    answer = anybody.post(f"{path}copy")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    sent = SimpleUploadedFile("x.pdf", answer.content)
    seen = anybody.post("/verify/", {"file": sent}).content.decode()
    for said in ("真实有效", "证照加注件", "只用于", "入园登记", "王小宝", "没有出示另外 2 项"):
        assert said in seen
    assert "对方存了 1 份带水印的 PDF" in mother.get(page).content.decode()
    mother.post(f"{page}withdraw/")
    assert anybody.post(f"{path}copy").status_code == 410
    sent = SimpleUploadedFile("x.pdf", answer.content)
    english = Client(headers={"accept-language": "en"}).post("/verify/", {"file": sent}).content.decode()
    assert "Its holder took this annotated copy back" in english


def test_a_code_cannot_be_kept_as_a_page(mother: Client, anybody: Client, shot: WholeCertificate) -> None:
    _page, path = shown(mother, shot, "code")
    assert "保存 PDF" not in text_of(anybody, path)
    assert anybody.post(f"{path}copy").status_code == 404


def test_where_its_seal_is_suspended_no_page_is_made(
    mother: Client, anybody: Client, shot: WholeCertificate
) -> None:
    _page, path = shown(mother, shot)
    anybody.post(path, WHO)
    Seal.objects.update(state="suspended")
    assert anybody.post(f"{path}copy").headers["Location"] == path
    assert "现在出具不了加注件" in text_of(anybody, path)


def test_what_is_missing_is_asked_for(mother: Client, shot: WholeCertificate) -> None:
    path = f"/certificates/{shot.number}/show/link/"
    assert 'type="checkbox" name="fact" value="child.name">' in mother.get(path).content.decode()
    page = mother.post(path, {"days": "7", "most": "5", "receiver": "某园"}).content.decode()
    for said in ("请至少选一项", "请写用来做什么", "某园"):
        assert said in page
    assert mother.get(f"/certificates/{shot.number}/show/sms/").status_code == 404
    assert mother.post(path, {**LINK, "days": "365"}).status_code == 404
    assert mother.post(path, {**LINK, "fact": ["mother.name"]}).status_code == 404
    assert not Showing.objects.exists()


def test_a_signed_in_reader_is_named_to_the_holder(
    mother: Client, neighbour: Client, cast: Cast, shot: WholeCertificate
) -> None:
    page, path = shown(mother, shot)
    assert "您已登录，出示人还会看到：赵敏" in text_of(neighbour, path)
    neighbour.post(path, WHO)
    assert "已登录：赵敏" in mother.get(page).content.decode()


def test_it_reads_in_english(mother: Client, shot: WholeCertificate) -> None:
    _page, path = shown(mother, shot)
    english = Client(headers={"accept-language": "en"})
    assert "Somebody shows you a part of “Vaccination certificate”" in text_of(english, path)
    english.post(path, WHO)
    assert "Only for 西溪幼儿园, for 入园登记" in text_of(english, path)
