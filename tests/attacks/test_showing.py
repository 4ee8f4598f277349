"""What somebody shows of a certificate is not to be had in any other way: by guessing, replaying, asking for more, or afterwards."""

import re
import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from qipan import reader
from qipan.adapters.embedded_postgres import PLATFORM as ROLE
from qipan.certificates import showings
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing import address_of, key
from qipan.certificates.showing_models import Look, Showing
from qipan.certificates.showings import ShowingRow
from qipan.core.disclosures import NotAPresentation, decoded, encoded, opened, split
from qipan.core.showings import token
from qipan.reader import Reader
from qipan.site import rights
from tests.cast import Cast
from tests.certificates import vaccination
from tests.certificates.office import issued_and_listed
from tests.portal.conftest import signed_in

EARLIER = timezone.now() - timedelta(hours=1)
NUMBER = "V33000"  # the birth certificate's begins so; three characters may stand in any token
SECRETS = (NUMBER, "child.sex", "330106199001011221")
LINK = {"fact": ["child.name"], "receiver": "西溪幼儿园", "use": "入园登记", "days": "7", "most": "5"}
WHO = {"who": "某人"}


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Cast:
    return vaccination.enter(tmp_path / "library")


@pytest.fixture
def shot(cast: Cast, tmp_path: Path) -> WholeCertificate:
    return issued_and_listed(cast, tmp_path, EARLIER)


@pytest.fixture
def mother(cast: Cast) -> Client:
    return signed_in(cast.mother)


@pytest.fixture
def thief(cast: Cast) -> Client:
    """Another person, signed in."""
    return signed_in(cast.neighbour)


def linked(mother: Client, shot: WholeCertificate, way: str = "link") -> ShowingRow:
    answer = mother.post(f"/certificates/{shot.number}/show/{way}/", LINK)
    assert answer.status_code == 302
    found = showings.showing(Showing.objects.latest("id").id)
    assert found
    return found


def path_of(found: ShowingRow) -> str:
    return address_of(found, "", timezone.now())


def test_another_persons_certificate_cannot_be_shown(
    mother: Client, thief: Client, shot: WholeCertificate
) -> None:
    found = linked(mother, shot)
    for way in ("link", "code"):
        assert thief.get(f"/certificates/{shot.number}/show/{way}/").status_code == 404
        assert thief.post(f"/certificates/{shot.number}/show/{way}/", LINK).status_code == 404
    page = f"/certificates/{shot.number}/shown/{found.id}/"
    assert thief.get(page).status_code == 404
    assert thief.post(f"{page}withdraw/").status_code == 404
    assert Client().post(f"{page}withdraw/").status_code == 302, "led to sign in"
    assert Showing.objects.get().withdrawn_at is None


def test_links_cannot_be_guessed(mother: Client, shot: WholeCertificate) -> None:
    found = linked(mother, shot)
    real = path_of(found).split("/")[2]
    raw = decoded(real, "")
    guesses = [encoded(raw[:-1] + bytes([raw[-1] ^ 1 << bit])) for bit in range(8)]
    guesses += [encoded(raw[:12] + secrets.token_bytes(16)) for _ in range(40)]
    guesses += [
        token(found.id, 0, key(), secrets.token_bytes(16)),
        token(found.id, 0, bytes(32), found.secret),
    ]
    guesses += [
        token(found.id + 1, 0, key(), found.secret),
        real[:-1],
        real + "A",
        real.upper(),
        str(found.id),
        "%00",
        "x" * 2000,
    ]
    anybody = Client(headers={"accept-language": "zh-hans"})
    for guess in guesses:
        for answer in (anybody.get(f"/shown/{guess}/"), anybody.post(f"/shown/{guess}/", WHO)):
            assert answer.status_code == 404, guess
            assert "西溪幼儿园" not in answer.content.decode()
    assert not Look.objects.exists()


def test_a_code_of_an_earlier_minute_shows_nothing(mother: Client, shot: WholeCertificate) -> None:
    found = linked(mother, shot, "code")
    until = int(timezone.now().timestamp())
    past = f"/shown/{token(found.id, until, key(), found.secret)}/"
    anybody = Client(headers={"accept-language": "zh-hans"})
    for answer in (anybody.get(past), anybody.post(past, WHO)):
        assert answer.status_code == 410
        assert "这个码已经过期" in answer.content.decode()
        assert "王小宝" not in answer.content.decode()
    longer = encoded(decoded(past.split("/")[2], "")[:8] + bytes(4) + decoded(past.split("/")[2], "")[12:])
    assert anybody.get(f"/shown/{longer}/").status_code == 404, "its minute is under the signature"
    anybody.get(path_of(found))
    assert anybody.get(past).status_code == 410, "who looked a minute ago looks again by the new code"


def test_nothing_in_the_address_asks_for_more(mother: Client, shot: WholeCertificate) -> None:
    path = path_of(linked(mother, shot))
    anybody = Client(headers={"accept-language": "zh-hans"})
    more = "?fact=child.sex&fact=child.birth_certificate_number&facts=*&most=100"
    anybody.post(path + more, {**WHO, "fact": ["child.sex", "child.birth_certificate_number"]})
    page = anybody.get(path + more).content.decode()
    assert "王小宝" in page
    assert NUMBER not in page
    for form in ("data", "data-sm2"):
        signed, *facts = split(anybody.get(f"{path}{form}{more}").content.decode())
        assert [opened(one)[0] for one in facts] == ["child.name"]
        assert not any(secret in decoded(signed.split(".")[1], "").decode() for secret in SECRETS)
    for form in ("ofd", "pdf", "code", "show"):
        assert anybody.get(f"{path}{form}").status_code == 404
    with pytest.raises(NotAPresentation):
        opened("")
    assert Showing.objects.get().facts == ["child.name"]


def test_after_it_was_taken_back_nobody_sees_it_not_even_who_looked(
    mother: Client, shot: WholeCertificate
) -> None:
    found = linked(mother, shot)
    path, anybody = path_of(found), Client(headers={"accept-language": "zh-hans"})
    anybody.post(path, WHO)
    assert "王小宝" in anybody.get(path).content.decode()
    mother.post(f"/certificates/{shot.number}/shown/{found.id}/withdraw/")
    for answer in (
        anybody.get(path),
        anybody.post(path, WHO),
        anybody.get(f"{path}data"),
        Client().get(path),
    ):
        assert answer.status_code == 410
        assert "王小宝" not in answer.content.decode()


def test_one_look_opens_no_other_link(mother: Client, shot: WholeCertificate) -> None:
    first, second = linked(mother, shot), linked(mother, shot)
    anybody = Client(headers={"accept-language": "zh-hans"})
    anybody.post(path_of(first), WHO)
    stolen = anybody.cookies["look"].value
    other = Client(headers={"accept-language": "zh-hans"})
    other.cookies["look"] = stolen
    assert "王小宝" not in other.get(path_of(second)).content.decode()
    other.cookies["look"] = str(second.id)
    assert "王小宝" not in other.get(path_of(second)).content.decode()
    assert other.get(f"{path_of(second)}data").status_code == 302


def test_the_last_look_is_one(mother: Client, shot: WholeCertificate) -> None:
    found = linked(mother, shot)
    Showing.objects.update(most=1)
    seen = [
        Client(headers={"accept-language": "zh-hans"}).post(path_of(found), WHO).status_code for _ in range(3)
    ]
    assert seen == [302, 410, 410]
    assert Look.objects.count() == 1


def test_looks_stay(mother: Client, shot: WholeCertificate) -> None:
    path = path_of(linked(mother, shot))
    Client().post(path, WHO)
    with (
        connection.cursor() as cursor,
        pytest.raises(Exception, match=re.compile("forbid|only|added", re.IGNORECASE)),
    ):
        cursor.execute("DELETE FROM certificate_looks")


def test_who_acts_in_one_life_event_does_not_learn_to_whom_things_are_shown(
    mother: Client, cast: Cast, shot: WholeCertificate
) -> None:
    """The certificate itself is of that event, and comes out; the showing of it and who looked do not."""
    linked(mother, shot)
    rights.grant(connection)
    narrow = Reader(person=cast.mother_id, events=(shot.event,), actor=cast.neighbour.actor.id)
    own = Reader(person=cast.mother_id, actor=cast.mother_id)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    found = {
        (who is own, table): rows_seen(who, table)
        for who in (narrow, own)
        for table in ("certificates", "certificate_showings")
    }
    assert found == {
        (False, "certificates"): 1, (False, "certificate_showings"): 0,
        (True, "certificates"): 1, (True, "certificate_showings"): 1,
    }  # fmt: skip


def rows_seen(who: Reader, table: str) -> int:
    with transaction.atomic(), reader.reading(lambda: who), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
