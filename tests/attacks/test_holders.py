"""A certificate that several hold opens to nobody else: to no stranger, former holder or clerk; and no holder sees another's showings."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from qipan import reader
from qipan.adapters.embedded_postgres import PLATFORM as ROLE
from qipan.adapters.seals.custody import FileCustody
from qipan.applications.facts import FactSource, learn
from qipan.certificates import operations
from qipan.certificates.holder_models import Holder
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing_models import Showing
from qipan.core.elements import Field
from qipan.people.actors import Acting
from qipan.reader import Reader
from qipan.site import rights
from tests.cast import AGENCIES, FATHER, MOTHER, NEIGHBOUR, Cast
from tests.certificates import parents
from tests.certificates.office import ADDRESS, issued_and_listed
from tests.portal.conftest import signed_in

EARLIER = timezone.now() - timedelta(hours=1)
LINK = {"fact": ["child.name"], "receiver": "西溪幼儿园", "use": "入园登记", "days": "7", "most": "5"}
FORMS = ("", "ofd", "pdf", "data", "data-sm2", "show/link/", "show/code/")
WALLED = ("certificates", "certificate_papers", "certificate_holders")


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Cast:
    return parents.enter(tmp_path / "library")


@pytest.fixture
def paper(cast: Cast, tmp_path: Path) -> WholeCertificate:
    return issued_and_listed(cast, tmp_path, EARLIER)


@pytest.fixture
def father(cast: Cast) -> Acting:
    return parents.father_comes()


def clerk_serving(cast: Cast, number: str = "") -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    assert client.post("/desk/sign-in", {"official": cast.clerk.actor.id}).status_code == 302
    if number:
        form = {"id_number": number, "under": "asked-in-person", "present": "yes"}
        assert client.post("/desk/window", form).headers["Location"] == "/"
    return client


def showing_of(client: Client, paper: WholeCertificate) -> int:
    assert client.post(f"/certificates/{paper.number}/show/link/", LINK).status_code == 302
    return int(Showing.objects.latest("id").id)


def refuses(client: Client, paper: WholeCertificate) -> bool:
    pages = [client.get(f"/certificates/{paper.number}/{form}").status_code for form in FORMS]
    shown = client.post(f"/certificates/{paper.number}/show/link/", LINK).status_code
    return paper.number not in client.get("/certificates/").content.decode() and {*pages, shown} == {404}


def rows_of(who: Reader, table: str, more: str = "") -> int:
    with transaction.atomic(), reader.reading(lambda: who), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} {more}")
        return int(cursor.fetchone()[0])


def become() -> None:
    rights.grant(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")


# Pages


def test_the_other_parent_has_it_without_having_applied(paper: WholeCertificate, father: Acting) -> None:
    client = signed_in(father)
    assert "出生医学证明" in client.get("/certificates/").content.decode()
    page = client.get(f"/certificates/{paper.number}/").content.decode()
    assert "王小宝" in page
    assert "也由您持有" in page
    assert client.get(f"/certificates/{paper.number}/data").content.decode() == paper.data
    assert client.get(f"/applications/{paper.application}/").status_code == 404, "only what came of it"


def test_a_stranger_has_nothing_of_it(cast: Cast, paper: WholeCertificate, father: Acting) -> None:
    assert refuses(signed_in(cast.neighbour), paper)


def test_a_former_holder_has_nothing_of_it_any_more(paper: WholeCertificate, father: Acting) -> None:
    client = signed_in(father)
    assert not refuses(client, paper)
    Holder.objects.filter(subject=FATHER).update(ended_at=timezone.now())
    assert refuses(client, paper)


def test_no_holder_sees_or_takes_back_what_the_other_shows(
    cast: Cast, paper: WholeCertificate, father: Acting
) -> None:
    his, hers = signed_in(father), signed_in(cast.mother)
    number = showing_of(his, paper)
    assert "西溪幼儿园" in his.get(f"/certificates/{paper.number}/").content.decode()
    assert "西溪幼儿园" not in hers.get(f"/certificates/{paper.number}/").content.decode()
    page = f"/certificates/{paper.number}/shown/{number}/"
    assert hers.get(page).status_code == 404
    assert hers.post(f"{page}withdraw/").status_code == 404
    assert Showing.objects.get().withdrawn_at is None
    assert his.post(f"{page}withdraw/").status_code == 302
    assert Showing.objects.get().withdrawn_at is not None


def test_a_clerk_has_it_only_while_a_holder_is_present(
    cast: Cast, paper: WholeCertificate, father: Acting
) -> None:
    page = f"/certificates/{paper.number}/"
    assert clerk_serving(cast).get(page).status_code == 302, "led to sign in as somebody"
    assert refuses(clerk_serving(cast, NEIGHBOUR), paper)
    clerk = clerk_serving(cast, FATHER)
    assert "王小宝" in clerk.get(page).content.decode()
    clerk.post("/desk/window/end")
    assert clerk.get(page).status_code == 302


# Rows


def test_rows_come_out_for_those_who_hold_it_now(cast: Cast, paper: WholeCertificate, father: Acting) -> None:
    become()
    mother = Reader(person=cast.mother_id)
    his, stranger = Reader(person=father.actor.id), Reader(person=cast.neighbour.actor.id)
    clerk = Reader(agency=cast.clerk.actor.agency)
    for who, seen in ((mother, 1), (his, 1), (stranger, 0), (clerk, 0), (reader.NOBODY, 0)):
        assert {table: rows_of(who, table) for table in WALLED} == dict.fromkeys(WALLED, seen)
    assert rows_of(clerk._replace(person=father.actor.id), "certificates") == 1, "the person is present"
    with reader.as_platform():
        Holder.objects.filter(subject=FATHER).update(ended_at=timezone.now())
    assert rows_of(his, "certificates") == 0
    assert rows_of(mother, "certificates") == 1


def test_a_holder_does_not_learn_who_else_is_one(cast: Cast, paper: WholeCertificate, father: Acting) -> None:
    become()
    others = f"WHERE subject <> '{MOTHER}'"
    assert rows_of(Reader(person=cast.mother_id), "certificate_holders", others) == 0
    assert rows_of(Reader(agency=AGENCIES["hospital"]), "certificate_holders", others) == 1
    assert rows_of(Reader(agency=AGENCIES["police"]), "certificate_holders") == 0


def test_nobody_makes_themselves_a_holder(cast: Cast, paper: WholeCertificate) -> None:
    become()
    thief = Reader(person=cast.neighbour.actor.id)
    taking = (
        f"UPDATE certificate_holders SET subject = '{NEIGHBOUR}' WHERE certificate = {paper.id} RETURNING id"
    )
    with transaction.atomic(), reader.reading(lambda: thief), connection.cursor() as cursor:
        cursor.execute(taking)
        assert cursor.fetchall() == []


def test_an_official_replaces_it_for_its_new_holders_and_takes_back_what_the_former_shows(
    cast: Cast, paper: WholeCertificate, father: Acting, tmp_path: Path
) -> None:
    """As the desk does, behind the wall of rows: whose links these are, the official does not see."""
    number = showing_of(signed_in(father), paper)
    learn(paper.application, FactSource("answer"), {Field("father", "id_number"): NEIGHBOUR}, EARLIER)
    become()
    hospital = Reader(agency=AGENCIES["hospital"])
    with transaction.atomic(), reader.reading(lambda: hospital):
        operations.replace_certificate(
            acting=cast.official("hospital"),
            number=paper.number,
            reason="父亲信息登记错误",
            custody=FileCustody(tmp_path / "keys"),
            address=ADDRESS,
            at=timezone.now(),
        )
        assert not Showing.objects.exists()
    seen = [
        rows_of(Reader(person=one), "certificates")
        for one in (father.actor.id, cast.neighbour.actor.id, cast.mother_id)
    ]
    assert seen == [0, 1, 2]
    with reader.as_platform():
        assert Showing.objects.get(id=number).withdrawn_at is not None


def test_an_agent_of_a_holder_sees_it_in_its_life_event_alone(
    paper: WholeCertificate, cast: Cast, father: Acting
) -> None:
    become()
    agent = Reader(person=father.actor.id, actor=cast.neighbour.actor.id, events=(paper.event,))
    assert rows_of(agent, "certificates") == 1
    assert rows_of(agent._replace(events=("retirement",)), "certificates") == 0
    assert rows_of(agent, "certificate_showings") == 0
