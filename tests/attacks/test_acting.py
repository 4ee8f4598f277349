"""Whoever acts for another does what they were given, while they were given it, and nothing more."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from qipan import reader
from qipan.adapters.embedded_postgres import PLATFORM as ROLE
from qipan.applications import operations
from qipan.applications.queries import application_detail, applications_of, data_uses, drafts_of
from qipan.mandates import queries
from qipan.mandates.models import Mandate
from qipan.people.actors import Acting
from qipan.reader import Reader
from qipan.site import rights
from tests import acting as play
from tests.acting import AGENT, DAUGHTER, RIVAL, Company

NOW = timezone.now
Rows = Callable[[Reader, str], list[tuple[object, ...]]]


@pytest.fixture
def company(db: None) -> Company:
    return play.enter()


@pytest.fixture
def daughter(company: Company) -> Acting:
    """Acts for her father, in his retirement alone; he has begun and sent other things."""
    play.begun(company.father)
    play.sent(company.father)
    return play.given(company.father, company.daughter, DAUGHTER, ["retirement"], at=NOW())


@pytest.fixture
def agent(company: Company) -> Acting:
    """Opens the shop for one enterprise; another has begun its own."""
    play.sent(play.leads(company.rival, at=NOW()), "open_shop")
    return play.given(play.leads(company.owner, at=NOW()), company.agent, AGENT, ["open_shop"], at=NOW())


@pytest.fixture
def rows(company: Company) -> Rows:
    """Statements as the platform's processes send them, for whoever is named."""
    rights.grant(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")

    def read(who: Reader, statement: str) -> list[tuple[object, ...]]:
        with transaction.atomic(), reader.reading(lambda: who), connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    return read


def reads_as(acting: Acting) -> Reader:
    assert acting.mandate
    return Reader(person=acting.applicant, events=acting.mandate.events, actor=acting.actor.id)


def at_home(who: Acting, mandate: int | None = None) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.post("/sign-in/", {"person": who.actor.id})
    if mandate is not None:
        client.post("/delegations/act/", {"mandate": mandate})
    return client


# Rows


def test_rows_outside_the_mandate_do_not_come_out(company: Company, daughter: Acting, rows: Rows) -> None:
    with reader.as_platform():
        begin(company.father, "birth")
    father, whole = reads_as(daughter), Reader(person=daughter.applicant, actor=daughter.applicant)
    for table in ("drafts", "applications"):
        assert rows(father, f"SELECT DISTINCT event FROM {table}") == [("retirement",)], table
    assert ("birth",) in rows(whole, "SELECT DISTINCT event FROM drafts")
    nothing = father._replace(events=("no-such-event",))
    for table in ("drafts", "applications", "cases", "fact_sets", "uploads", "certificates"):
        assert rows(nothing, f"SELECT count(*) FROM {table}") == [(0,)], table


def begin(acting: Acting, event: str) -> None:
    with transaction.atomic():
        operations.start_draft(acting=acting, person=acting.applicant, event=event, at=NOW())


def test_a_scope_is_part_of_the_seal(daughter: Acting, rows: Rows) -> None:
    """Whoever slips a statement in cannot drop the narrowing, or take another's place."""
    here = connection.connection.info.backend_pid
    mine = reader.sealed(reads_as(daughter), here)
    raw = connection.connection.cursor()
    counts = []
    for told in (mine, mine._replace(events=""), mine._replace(events=" birth "), mine._replace(actor="1")):
        for name, value in told._asdict().items():
            raw.execute("SELECT set_config(%s, %s, true)", [f"qipan.{name}", value])
        counts.append(raw.execute("SELECT count(*) FROM applications").fetchone()[0])
    assert counts == [1, 0, 0, 0]


def test_of_its_principals_mandates_an_agent_sees_their_own_alone(
    company: Company, daughter: Acting, rows: Rows
) -> None:
    with reader.as_platform():
        play.offered(company.father, RIVAL, ["retirement"], at=NOW())
    assert rows(reads_as(daughter), "SELECT agent FROM mandates") == [(daughter.actor.id,)]
    father = Reader(person=company.father.actor.id, actor=company.father.actor.id)
    assert rows(father, "SELECT count(*) FROM mandates") == [(2,)]
    stranger = Reader(person=company.owner.actor.id, actor=company.owner.actor.id)
    assert rows(stranger, "SELECT count(*) FROM mandates") == [(0,)]


@pytest.mark.parametrize(
    "wider",
    [
        "events = ARRAY['retirement', 'birth']",
        "events = '{}', kind = 'representative'",
        "ends_on = '2099-01-01'",
        "agent = agent + 1",
        "principal = principal + 1",
    ],
)
def test_a_mandate_cannot_be_made_wider_even_in_the_database(
    company: Company, daughter: Acting, rows: Rows, wider: str
) -> None:
    with pytest.raises(Exception, match="stays as it was given"):
        rows(reader.PLATFORM, f"UPDATE mandates SET {wider} RETURNING id")


def test_what_has_ended_is_not_opened_again(company: Company, daughter: Acting, rows: Rows) -> None:
    assert daughter.mandate
    with reader.as_platform():
        play.end(company.father, daughter.mandate.id, NOW())
    with pytest.raises(Exception, match="stays as it was given"):
        rows(reader.PLATFORM, "UPDATE mandates SET ended_at = NULL RETURNING id")


# Pages and API


def test_another_agents_mandate_is_not_taken_up(company: Company, daughter: Acting) -> None:
    assert daughter.mandate
    rival = at_home(company.rival, daughter.mandate.id)
    assert "方建国" not in rival.get("/").content.decode()
    assert "没填完的" not in rival.get("/applications/").content.decode()
    for act in ("accept", "leave", "withdraw"):
        assert rival.post(f"/delegations/{daughter.mandate.id}/{act}/").status_code == 404
    assert Mandate.objects.get(id=daughter.mandate.id).ended_at is None


def test_one_that_was_not_accepted_is_not_taken_up(company: Company) -> None:
    mandate = play.offered(company.father, DAUGHTER, ["retirement"], at=NOW())
    assert "方建国" not in at_home(company.daughter, mandate).get("/").content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "9" * 40, "x", "1 OR 1=1", "١"])
def test_numbers_of_ones_own_making_open_nothing(company: Company, number: str) -> None:
    client = at_home(company.rival)
    assert client.post("/delegations/act/", {"mandate": number}).headers["Location"] == "/delegations/"


def test_after_the_end_every_page_and_the_api_are_closed(company: Company, daughter: Acting) -> None:
    assert daughter.mandate
    client = at_home(company.daughter, daughter.mandate.id)
    assert client.get("/api/applications").status_code == 200
    sent = client.get("/api/applications").json()[0]["number"]
    play.end(company.father, daughter.mandate.id, NOW())
    for path in ("/applications/", f"/applications/{sent}/", "/certificates/"):
        assert client.get(path).headers["Location"] == "/delegations/?why=over"
    assert client.get("/api/applications").status_code == 401
    late = client.post(
        "/api/applications", {"event": "retirement"}, "application/json", HTTP_IDEMPOTENCY_KEY="late"
    )
    assert late.status_code == 401


def test_a_narrow_mandate_does_not_tell_who_used_the_principals_data(
    company: Company, daughter: Acting
) -> None:
    assert daughter.mandate
    assert data_uses(company.father.actor.id) != []
    client = at_home(company.daughter, daughter.mandate.id)
    assert client.get("/api/data-uses").status_code == 404
    assert client.get("/data-uses/").status_code == 302


def test_the_api_submits_for_whom_one_acts_and_in_scope_alone(company: Company, daughter: Acting) -> None:
    assert daughter.mandate
    client = at_home(company.daughter, daughter.mandate.id)
    whole = {"event": "birth", "answers": {}}
    answer = client.post("/api/applications", whole, "application/json", HTTP_IDEMPOTENCY_KEY="k")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-covered")
    assert not applications_of(company.daughter.actor.id)
    assert {one.event for one in applications_of(company.father.actor.id)} == {"retirement"}


# Enterprises


def test_one_enterprises_agent_reads_nothing_of_another(company: Company, agent: Acting) -> None:
    other = Mandate.objects.get(kind="representative", agent=company.rival.actor.id).principal
    (theirs,) = applications_of(other)
    assert agent.mandate
    client = at_home(company.agent, agent.mandate.id)
    for path in ("", "submitted/", "results/", "receipts/", "withdraw/", "missing/"):
        assert client.get(f"/applications/{theirs.number}/{path}").status_code == 404
    assert theirs.number not in client.get("/applications/").content.decode()
    assert client.get(f"/api/applications/{theirs.number}").status_code == 404


def test_rows_of_another_enterprise_do_not_come_out(company: Company, agent: Acting, rows: Rows) -> None:
    assert rows(reads_as(agent), "SELECT count(*) FROM applications") == [(0,)]
    assert rows(reads_as(agent), "SELECT count(*) FROM drafts") == [(0,)]


def test_a_session_chosen_by_one_is_not_the_next_ones(company: Company, agent: Acting) -> None:
    """At a kiosk: whoever signs in next acts for themselves."""
    assert agent.mandate
    client = at_home(company.agent, agent.mandate.id)
    assert "湖畔鲜" in client.get("/").content.decode()
    client.post("/sign-in/", {"person": company.father.actor.id})
    assert "湖畔鲜" not in client.get("/").content.decode()


def test_what_is_begun_for_one_cannot_be_sent_by_another(company: Company, agent: Acting) -> None:
    draft = play.begun(agent, "open_shop", NOW())
    for other in (company.agent, company.owner, company.rival, play.leads(company.rival, at=NOW())):
        with pytest.raises(Exception, match="not-found"):
            operations.submit_application(
                acting=other, person=other.applicant, idempotency_key="", draft=draft, at=NOW()
            )
    assert [one.id for one in drafts_of(agent.applicant)] == [draft]


def test_numbers_of_others_applications_stay_closed(company: Company, daughter: Acting) -> None:
    own = play.sent(company.owner)
    assert application_detail(daughter.applicant, own) is None
    assert [one.principal for one in queries.held_by(company.owner.actor.id, timezone.localdate())] == []
