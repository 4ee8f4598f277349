"""免证办: what an earlier event issued counts in a later one, so that its document need not be sent; and only where it is theirs."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from qipan.applications.models import Application, Draft
from qipan.certificates import operations
from qipan.certificates.holder_models import Holder
from qipan.certificates.rows import WholeCertificate
from tests import cast as play
from tests.cast import Cast
from tests.certificates import vaccination
from tests.certificates.office import issued_and_listed
from tests.portal.conftest import signed_in

EARLIER = timezone.now() - timedelta(hours=1)
HIS = {"child.name": "王小宝", "child.birth_date": "2026-11-20", "mother.household_region": "330106002001"}
HELD = "您已有电子证照“预防接种证”"
ASKED = "d-nursery_place-vaccination"


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Cast:
    return vaccination.enter(tmp_path / "library")


@pytest.fixture
def shot(cast: Cast, tmp_path: Path) -> WholeCertificate:
    """What the birth gave the mother."""
    return issued_and_listed(cast, tmp_path, EARLIER)


def begun(client: Client, answers: dict[str, str]) -> str:
    """A new form with these answers; its address. The registers are not asked."""
    path = client.post("/events/nursery/start/").headers["Location"].removesuffix("consent/")
    client.post(f"{path}save/", answers)
    return path


def page_of(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_certificate_of_an_earlier_event_meets_the_document(cast: Cast, shot: WholeCertificate) -> None:
    mother = signed_in(cast.mother)
    path = begun(mother, {})
    assert ASKED in page_of(mother, path), "nobody knows yet which child it is about"
    mother.post(f"{path}save/", HIS)
    page = page_of(mother, path)
    assert HELD in page
    assert ASKED not in page
    assert "《预防接种证》" in page, "what stands on it is known, and not asked"
    assert 'name="child.sex"' not in page
    check = mother.get(f"{path}check/")
    assert check.status_code == 200
    assert mother.post(f"{path}submit/", {"declared": "on"}).status_code == 302
    made = Application.objects.get(event="nursery")
    facts = play.learned(made.id, "certificate")
    assert [one.via for one in facts] == ["birth_paper(child=child)"]
    assert facts[0].facts["child.sex"] == "2"
    play.advance(made.id, at=timezone.now())
    assert Application.objects.get(id=made.id).missing == []
    assert play.states(made.id) == {"nursery_place": "submitted"}


@pytest.mark.parametrize(
    "other", [{"child.name": "王大宝"}, {"child.birth_date": "2026-11-19"}, {"child.name": ""}]
)
def test_that_of_another_child_does_not(cast: Cast, shot: WholeCertificate, other: dict[str, str]) -> None:
    mother = signed_in(cast.mother)
    page = page_of(mother, begun(mother, {**HIS, **other}))
    assert HELD not in page
    assert ASKED in page
    assert 'name="child.sex"' in page


def test_nor_does_another_persons(cast: Cast, shot: WholeCertificate) -> None:
    neighbour = signed_in(cast.neighbour)
    page = page_of(neighbour, begun(neighbour, HIS))
    assert ASKED in page
    assert 'name="child.sex"' in page


def test_it_meets_the_document_of_each_who_holds_it(cast: Cast, shot: WholeCertificate) -> None:
    neighbour = signed_in(cast.neighbour)
    path = begun(neighbour, HIS)
    assert HELD not in page_of(neighbour, path)
    Holder.objects.create(certificate=shot.id, subject=play.NEIGHBOUR, capacity="father")
    assert HELD in page_of(neighbour, begun(neighbour, HIS))


def test_one_that_was_revoked_meanwhile_does_not_go_along(cast: Cast, shot: WholeCertificate) -> None:
    mother = signed_in(cast.mother)
    path = begun(mother, HIS)
    assert HELD in page_of(mother, path)
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=shot.number, reason="写错", at=timezone.now()
        )
    answer = mother.post(f"{path}submit/", {"declared": "on"})
    assert answer.headers["Location"].endswith("?check=1"), "the document must be sent now"
    assert ASKED in page_of(mother, path)
    assert not Application.objects.filter(event="nursery").exists()
    draft = Draft.objects.get(id=UUID(path.split("/")[2]))
    assert draft.facts == {}
