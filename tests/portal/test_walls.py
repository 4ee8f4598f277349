"""Whose page it is: what is not theirs does not exist for them, and a clerk acts only for the person they serve."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern

from qipan.applications.models import Application, Case, Draft, Upload
from qipan.faces.look.actors import OFFICIAL, SERVED, UNDER
from qipan.faces.portal.urls import urlpatterns
from qipan.ledger.models import Entry
from tests import cast as play
from tests.cast import MONDAY, Cast

RECEIPT = re.compile(
    r"/receipts/\d+/"
)  # there is none before the entry is sealed; test_receipts.py reads them


def addresses(draft: UUID, number: str, case: UUID, upload: UUID, entry: int) -> Iterator[str]:
    """Every page of the portal that is about something of somebody's; certificates are tried in test_certificates.py."""
    values = {
        "<uuid:draft>": str(draft),
        "<str:number>": number,
        "<uuid:case>": str(case),
        "<uuid:upload>": str(upload),
        "<str:field>": "father.name",
        "<int:entry>": str(entry),
    }
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        address = str(pattern.pattern)
        if any(value in address for value in values) and not address.startswith(("certificates/", "verify/")):
            for name, value in values.items():
                address = address.replace(name, value)
            yield f"/{address}"


@pytest.fixture
def theirs(cast: Cast) -> list[str]:
    """Addresses of the mother's draft, application, case and document."""
    draft = play.filled_draft(cast)
    running = play.running(cast)
    upload = Upload.objects.create(
        id=UUID(int=7), person=cast.mother_id, draft=draft, service="household_registration", evidence="birth_paper",
        filename="a.png", media_type="image/png", size=1, sha256=b"", content=b"x", sent_at=MONDAY,
    )  # fmt: skip
    case = Case.objects.get(application=running.application, service="birth_certificate")
    entry = Entry.objects.filter(subject=f"application:{running.application}").earliest("id")
    return list(addresses(draft, running.number, case.id, upload.id, entry.id))


def test_another_person_finds_nothing_of_it(neighbour: Client, theirs: list[str]) -> None:
    assert len(theirs) > 12
    before = (Draft.objects.get(application=None).answers, Application.objects.get().state)
    for address in theirs:
        got, sent = (
            neighbour.get(address),
            neighbour.post(address, {"declared": "yes", "child.name": "别人", "score": "1"}),
        )
        assert got.status_code in {404, 405}, address
        assert sent.status_code in {404, 405} or address.endswith("/discard/"), address
        assert "王小宝" not in got.content.decode() + sent.content.decode()
    assert (Draft.objects.get(application=None).answers, Application.objects.get().state) == before


def test_the_owner_finds_all_of_it(mother: Client, theirs: list[str]) -> None:
    for address in theirs:
        answers = {404} if RECEIPT.search(address) else {200, 302, 405}
        assert mother.get(address).status_code in answers, address


def test_whoever_has_not_signed_in_is_asked_to(anybody: Client, theirs: list[str]) -> None:
    for address in theirs:
        assert anybody.get(address).headers["Location"].startswith("/sign-in/?next=")


def serving(cast: Cast, official: str, person: int | None) -> Client:
    """A browser at which an official has signed in, and perhaps serves somebody."""
    client = Client(headers={"accept-language": "zh-hans"})
    session = client.session
    session[OFFICIAL] = (cast.clerk if official == "clerk" else cast.official(official)).actor.id
    if person is not None:
        session[SERVED], session[UNDER] = person, "本人到场"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    return client


def test_a_clerk_acts_for_the_person_present_and_the_page_says_so(cast: Cast) -> None:
    clerk = serving(cast, "clerk", cast.mother_id)
    page = clerk.get("/applications/").content.decode()
    assert "窗口代办：clerk 正在为到场的 王芳 办理" in page
    form = clerk.post("/events/birth/start/").headers["Location"].removesuffix("consent/")
    assert Draft.objects.get().person == cast.mother_id
    assert clerk.get(form).status_code == 200


def test_a_clerk_who_serves_nobody_has_nothing_to_do_here(cast: Cast) -> None:
    assert serving(cast, "clerk", None).get("/applications/").status_code == 302


def test_an_official_who_is_no_clerk_cannot_act_for_anybody(cast: Cast) -> None:
    assert serving(cast, "hospital", cast.mother_id).get("/applications/").status_code == 302
