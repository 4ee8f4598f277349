"""`qipan verify RECEIPT --form FORM`: a form, and the receipt of its submission, checked together by anybody."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from qipan.core import notes
from qipan.faces.cli import main
from qipan.ledger.models import Entry
from tests import cast as play
from tests.cast import Cast
from tests.ledger import trail
from tests.portal.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return play.enter()


def files(cast: Cast, folder: Path) -> tuple[Client, str, Path, Path]:
    """The mother downloads the form that she sent, and the receipt of its submission."""
    detail = play.running(cast)
    trail.seal()
    mother = signed_in(cast.mother)
    entry = Entry.objects.get(act="submit_application", subject=f"application:{detail.application}").id
    place = f"/applications/{detail.number}/receipts/"
    assert f"{place}form" in mother.get(place).content.decode()
    receipt, form = folder / "receipt.json", folder / "form.json"
    receipt.write_bytes(mother.get(f"{place}{entry}/").content)
    form.write_bytes(mother.get(f"{place}form").content)
    return mother, place, receipt, form


def test_both_together_are_checked(cast: Cast, tmp_path: Path) -> None:
    _mother, place, receipt, form = files(cast, tmp_path)
    assert json.loads(form.read_bytes())["answer"]["child.name"] == "王小宝"
    keys = tmp_path / "keys"
    keys.write_text("\n".join(notes.format_key(key) for key in trail.KEYS.verifier_keys()), encoding="utf-8")
    asked = ["verify", str(receipt), "--keys", str(keys), "--form", str(form)]
    good = CliRunner().invoke(main, asked)
    assert good.exit_code == 0, good.output
    assert "就是那时提交的表单，一字不差" in good.output
    form.write_bytes(form.read_bytes().replace("王小宝".encode(), "王小玉".encode()))
    for language, words in (("zh", "不是这张回执里提交的表单"), ("en", "is not the form of this receipt")):
        bad = CliRunner().invoke(main, [*asked, "--lang", language])
        assert bad.exit_code == 1
        assert words in bad.output
    neighbour = signed_in(cast.neighbour)
    assert neighbour.get(f"{place}form").status_code == 404
    assert Client().get(f"{place}form").status_code == 302
