"""Receipts for the person: of each act of their own application and each use of their data, which verify; of nobody else's."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from qipan.exchange.models import StoredGrant
from qipan.exchange.operations import Passing, record_passing
from qipan.exchange.subjects import about
from qipan.faces.trail import qipan_verify
from qipan.ledger.functions import FUNCTIONS
from qipan.ledger.models import Entry
from qipan.watch import operations as watch
from tests import cast as play
from tests.cast import Cast
from tests.ledger import trail
from tests.portal.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


@pytest.fixture
def cast() -> Cast:
    return play.enter()


def given(number: str = play.MOTHER) -> str:
    """The hospitals' node gave a fact about somebody to a city; the exchange's name."""
    grant, name = uuid4(), uuid4().hex * 2
    StoredGrant.objects.create(
        id=grant, digest=b"", document=b"", signatures={}, resource="birth_record", provider_node="hospitals", provider_agency="330106.hospital",
        consumer_node="city", consumer_agency="330106.health", begins=NOW, ends=NOW + timedelta(days=9), issued_at=NOW,
    )  # fmt: skip
    passing = Passing(
        name, "provider", "city", str(grant), "birth_record", ("child.birth_date",), "核验分娩记录", "母婴保健法", "case:1", "official:7",
        "ok", 1, NOW, 3, about=about(number).hex(),
    )  # fmt: skip
    with transaction.atomic():
        record_passing(passings=[passing], at=NOW)
    return name


def opened(cast: Cast, application: UUID) -> int:
    """The hospital's official opens the case; the number of the entry."""
    case = play.case_of(application, "birth_certificate").id
    with transaction.atomic():
        watch.record_reading(acting=cast.official("hospital"), case=case, at=NOW)
    return int(Entry.objects.get(act="read_case").id)


def verified(client: Client, path: str) -> bool:
    answer = client.get(path)
    return answer.status_code == 200 and not qipan_verify.check_receipt(
        json.loads(answer.content), trail.trusted()
    )


def test_each_act_of_an_application_has_a_receipt_that_verifies(cast: Cast) -> None:
    submitted = play.running(cast)
    opened(cast, submitted.application)
    mother, neighbour = signed_in(cast.mother), signed_in(cast.neighbour)
    where = f"/applications/{submitted.number}/receipts/"
    assert "正在封存" in mother.get(where).content.decode()
    trail.seal()
    page = mother.get(where).content.decode()
    assert (
        f"/applications/{submitted.number}/receipts/"
        in mother.get(f"/applications/{submitted.number}/").content.decode()
    )
    for words in ("提交了申请", "转到部门", "工作人员打开了这一件"):
        assert words in page
    entries = Entry.objects.filter(subject=f"application:{submitted.application}")
    assert entries.count() >= 1
    for entry in entries:
        assert verified(mother, f"{where}{entry.id}/")
        assert neighbour.get(f"{where}{entry.id}/").status_code == 404
    assert neighbour.get(where).status_code == 404
    stranger = (
        Entry.objects.filter(act="publish_library").first()
        or Entry.objects.exclude(subject__contains=str(submitted.application)).first()
    )
    assert stranger
    assert mother.get(f"{where}{stranger.id}/").status_code == 404


def test_what_another_node_got_is_told_to_whom_it_is_about_alone(cast: Cast) -> None:
    name = given()
    trail.seal()
    mother, neighbour = signed_in(cast.mother), signed_in(cast.neighbour)
    page = mother.get("/data-uses/").content.decode()
    for words in ("得到您的数据", "核验分娩记录", "母婴保健法", "health"):
        assert words in page
    entry = Entry.objects.get(subject=f"exchange:{name}").id
    assert verified(mother, f"/data-uses/receipts/{entry}/")
    assert "得到您的数据" not in neighbour.get("/data-uses/").content.decode()
    assert neighbour.get(f"/data-uses/receipts/{entry}/").status_code == 404


def test_an_official_who_opened_a_case_is_told(cast: Cast) -> None:
    entry = opened(cast, play.running(cast).application)
    trail.seal()
    mother, neighbour = signed_in(cast.mother), signed_in(cast.neighbour)
    page = mother.get("/data-uses/").content.decode()
    assert "打开了您的" in page
    assert f"/data-uses/receipts/{entry}/" in page
    assert verified(mother, f"/data-uses/receipts/{entry}/")
    assert neighbour.get(f"/data-uses/receipts/{entry}/").status_code == 404


def test_what_the_provider_keeps_of_whom_it_was_is_no_plain_hash() -> None:
    given()
    trail.seal()
    kept = about(play.MOTHER)
    assert len(kept) == 32
    assert kept not in {hashed(play.MOTHER.encode()) for hashed in FUNCTIONS.values()}
