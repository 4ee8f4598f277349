"""Who looks at a link keeps it as a sealed page, by keyboard and without JavaScript; and checks that page again."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qipan.certificates import operations, showings
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import address_of
from tests.cast import Cast
from tests.certificates import vaccination
from tests.certificates.office import issued, listed, open_office
from tests.journeys.showing_steps import look_at

Check = Callable[[Page], None]
EARLIER = timezone.now() - timedelta(hours=1)


@pytest.fixture
def cast(site: str, tmp_path: Path) -> Cast:
    return vaccination.enter(tmp_path / "library")


@pytest.fixture
def path(cast: Cast) -> str:
    """A link to two facts of the vaccination certificate, whose issuer's keys are where the site's processes look for them."""
    office = open_office(settings.QIPAN_HOME / "keys" / "issuers", EARLIER)
    shot: WholeCertificate = issued(cast, office, EARLIER)
    listed(EARLIER)
    with transaction.atomic():
        made = operations.show_by_link(
            acting=cast.mother,
            number=shot.number,
            facts=("child.name", "child.birth_date"),
            receiver="西溪幼儿园",
            use="入园登记",
            most=5,
            ends_at=timezone.now() + timedelta(days=1),
            at=timezone.now(),
        )
    found = showings.showing(made)
    assert found
    return address_of(found, "", timezone.now())


def test_the_kindergarten_keeps_a_page(
    path: str, page: Page, assert_accessible: Check, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    look_at(page, path, "西溪幼儿园 陈老师")
    assert_accessible(page)
    button = page.get_by_role("button", name="保存 PDF")
    button.focus()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    kept = tmp_path / "copy.pdf"
    waiting.value.save_as(kept)
    assert kept.read_bytes().startswith(b"%PDF-")
    page.goto("/verify/")
    page.get_by_label("证照文件").set_input_files(kept)
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.get_by_role("heading", name="真实有效")).to_be_visible()
    for said in ("只用于", "入园登记", "西溪幼儿园", "王小宝"):
        expect(page.get_by_text(said, exact=True).first).to_be_visible()
    assert_accessible(page)
