"""The second wall: where a query of ours forgets its filter, PostgreSQL lets out the reader's rows and nobody else's."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg_pool import ConnectionPool

from qipan import reader
from qipan.adapters.embedded_postgres import PLATFORM as ROLE
from qipan.applications import operations, queries
from qipan.applications.queries import officials, persons
from qipan.people.actors import Acting
from qipan.reader import Reader, Sealed
from qipan.site import rights
from tests import cast as play
from tests.cast import MONDAY, Cast

WALLED = (
    "accounts", "applications", "cases", "certificates", "certificate_holders", "certificate_looks", "certificate_papers", "certificate_showings", "fact_sets", "drafts", "discarded_drafts", "uploads", "corrections", "ratings",
    "mandates",
)  # fmt: skip
# What names a person, an application or a case, and stands outside the wall: docs/handbook/walls.md says why.
OUTSIDE = {
    "allowances", "calls", "certificate_dues", "certificate_keys", "exchange_calls", "exchange_followed", "exchange_outgoing", "officials", "readings",
}  # fmt: skip
OF_WHOM = {
    "certificate",
    "holder",
    "showing",
    "person",
    "person_id",
    "application",
    "application_id",
    "case",
    "case_id",
    "case_ref",
    "draft",
    "principal",
}


class Undone(Exception):
    """A savepoint is rolled back."""


class Inside:
    """Statements as the platform's processes send them, for whoever is named."""

    def rows(self, who: Reader, statement: str) -> list[tuple[object, ...]]:
        with transaction.atomic(), reader.reading(lambda: who), connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def count(self, who: Reader, table: str) -> int:
        (found,) = self.rows(who, f"SELECT count(*) FROM {table}")[0]
        return int(str(found))


def become(role: str = ROLE) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")


@pytest.fixture
def application(cast: Cast) -> UUID:
    """The mother's application under way, one case returned to her, and a draft of the neighbour's."""
    application = play.running(cast).application
    case = play.case_of(application, "birth_certificate").id
    operations.return_for_correction(
        acting=cast.official("hospital"), case=case, message="请补正", at=MONDAY, fields=["child.name"]
    )
    operations.start_draft(acting=cast.neighbour, person=cast.neighbour.actor.id, event="birth", at=MONDAY)
    return application


@pytest.fixture
def inside(application: UUID) -> Inside:
    """Until the test's transaction ends."""
    rights.grant(connection)
    become()
    return Inside()


def person(acting: Acting) -> Reader:
    return Reader(person=acting.actor.id)


def of_agency(cast: Cast, name: str) -> Reader:
    actor = cast.official(name).actor
    return Reader(agency=actor.agency, services=actor.services)


# Who sees what


def test_an_official_sees_the_cases_of_their_agency_alone(cast: Cast, inside: Inside) -> None:
    for name, code in play.AGENCIES.items():
        found = inside.rows(of_agency(cast, name), "SELECT DISTINCT agency FROM cases")
        assert {agency for (agency,) in found} <= {code}
    assert inside.count(of_agency(cast, "hospital"), "cases") == 1


def test_an_official_of_some_services_sees_no_others(cast: Cast, inside: Inside) -> None:
    agency = play.AGENCIES["hospital"]
    for services, seen in ((("birth_certificate",), 1), (("birth",), 0), (("other", "birth_certificate"), 1)):
        assert inside.count(Reader(agency=agency, services=services), "cases") == seen
        assert inside.count(Reader(agency=agency, services=services), "applications") == seen


def test_an_official_sees_only_what_belongs_to_their_cases(
    cast: Cast, inside: Inside, application: UUID
) -> None:
    hospital, health = of_agency(cast, "hospital"), of_agency(cast, "health")
    assert inside.rows(hospital, "SELECT id FROM applications") == [(application,)]
    assert inside.count(hospital, "fact_sets") > 0
    assert inside.count(hospital, "corrections") == 1
    assert inside.count(health, "corrections") == 0
    assert inside.count(hospital, "drafts") == 0


def test_a_person_sees_their_own_alone(cast: Cast, inside: Inside) -> None:
    mother, neighbour = person(cast.mother), person(cast.neighbour)
    assert inside.count(mother, "cases") > 1
    assert inside.count(mother, "facts") > 0
    assert inside.count(mother, "corrections") == 1
    of_neighbour = {table: inside.count(neighbour, table) for table in (*WALLED, "facts")}
    assert {table: found for table, found in of_neighbour.items() if found} == {"drafts": 1}


def test_a_clerk_sees_whom_they_serve(cast: Cast, inside: Inside) -> None:
    clerk = Reader(agency=cast.clerk.actor.agency)
    assert inside.count(clerk._replace(person=cast.mother_id), "uploads") == 0
    assert inside.count(clerk._replace(person=cast.neighbour.actor.id), "drafts") == 1
    assert inside.count(clerk, "drafts") == 0


def test_nobody_sees_nothing(inside: Inside) -> None:
    assert {table: inside.count(reader.NOBODY, table) for table in (*WALLED, "facts")} == dict.fromkeys(
        (*WALLED, "facts"), 0
    )


def test_the_platform_sees_all(inside: Inside) -> None:
    assert inside.count(reader.PLATFORM, "cases") > 1
    assert inside.count(reader.PLATFORM, "drafts") == 2


def test_what_is_not_seen_cannot_be_changed(cast: Cast, inside: Inside) -> None:
    changes = (
        "UPDATE applications SET trouble = 'mine' RETURNING id",
        "UPDATE cases SET state = 'granted' RETURNING id",
        "UPDATE drafts SET answers = '{}' WHERE application IS NOT NULL RETURNING id",
        "DELETE FROM uploads RETURNING id",
    )
    for statement in changes:
        assert inside.rows(person(cast.neighbour), statement) == []
        assert inside.rows(reader.NOBODY, statement) == []


def test_nobody_applies_for_another(cast: Cast, inside: Inside) -> None:
    theirs = "UPDATE drafts SET person = {} WHERE person = {} RETURNING id"
    mother, neighbour = cast.mother_id, cast.neighbour.actor.id
    with pytest.raises(Exception, match="row-level security"):
        inside.rows(person(cast.neighbour), theirs.format(mother, neighbour))


@pytest.mark.parametrize("view", ["draft_events", "application_events", "facts"])
def test_the_views_behind_the_policies_change_nothing(inside: Inside, view: str) -> None:
    with pytest.raises(Exception, match=r"permission denied|cannot"):
        inside.rows(reader.PLATFORM, f"DELETE FROM {view}")


# Nobody reads as another


def seen_as(told: Sealed) -> object:
    """How many cases a statement of an attacker's own sees that says this first."""
    raw = psycopg.Cursor(connection.connection)
    for name, value in told._asdict().items():
        raw.execute("SELECT set_config(%s, %s, true)", [f"qipan.{name}", value])
    (found,) = raw.execute("SELECT count(*) FROM cases").fetchone() or (None,)
    return found


@pytest.mark.parametrize("seal", ["", "0" * 64, "' OR true --", "%", "\\x00"])
def test_without_its_seal_a_name_is_nobodys(inside: Inside, seal: str) -> None:
    assert seen_as(Sealed(seal, platform="yes")) == 0
    assert seen_as(Sealed(seal, agency=play.AGENCIES["hospital"])) == 0


def test_a_seal_is_for_this_name_on_this_connection(cast: Cast, inside: Inside) -> None:
    """Read in a log or a list of statements, it opens nothing elsewhere; and nothing else here."""
    here = connection.connection.info.backend_pid
    hospital = of_agency(cast, "hospital")
    assert seen_as(reader.sealed(hospital, here)) == 1
    assert seen_as(reader.sealed(hospital, here + 1)) == 0
    mine = reader.sealed(hospital, here)
    for forged in (
        mine._replace(platform="yes"),
        mine._replace(agency=play.AGENCIES["health"]),
        mine._replace(agency="", person=str(cast.mother_id)),
        mine._replace(services=" birth "),
        mine._replace(agency="", services=mine.agency + "|"),
    ):
        assert seen_as(forged) == 0


@pytest.mark.parametrize("agency", ["x', true); SELECT 1; --", "330106.hospital\x00", "a|b", "%s", "中"])
def test_a_name_that_no_agency_has_is_nobodys(inside: Inside, agency: str) -> None:
    assert reader.sealed(Reader(agency=agency), 1) == Sealed()
    assert inside.count(Reader(agency=agency), "cases") == 0


def test_the_key_cannot_be_read(inside: Inside) -> None:
    with pytest.raises(Exception, match="permission denied"):
        inside.rows(reader.PLATFORM, "SELECT * FROM reader_keys")


def test_text_that_looks_like_sql_stays_text(cast: Cast, inside: Inside) -> None:
    hostile = "x'; SELECT set_config('qipan.platform','yes',false); --"
    with reader.reading(lambda: of_agency(cast, "health")):
        assert queries.inbox(cast.official("health").actor, search=hostile) == []
    assert inside.count(reader.NOBODY, "cases") == 0


def test_a_reader_ends_with_what_it_surrounds(cast: Cast, inside: Inside) -> None:
    """In one transaction, too: whoever comes next says who they are, or is nobody."""
    assert inside.count(reader.PLATFORM, "cases") > 1
    assert inside.count(reader.NOBODY, "cases") == 0
    assert inside.count(person(cast.mother), "cases") > 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("ending", ["undone", "kept"])
def test_who_reads_is_told_again_where_it_may_have_been_undone(
    cast: Cast, inside: Inside, ending: str
) -> None:
    """Told within a savepoint that is rolled back, or kept: the next statement knows the right reader."""
    assert inside.count(person(cast.neighbour), "applications") == 0
    with suppress(Undone), transaction.atomic():
        assert inside.count(person(cast.mother), "applications") == 1
        if ending == "undone":
            raise Undone
    assert inside.count(person(cast.mother), "applications") == 1
    assert inside.count(person(cast.neighbour), "applications") == 0


def test_after_a_savepoint_is_undone_nobody_still_sees_nothing(cast: Cast, inside: Inside) -> None:
    with connection.cursor() as cursor:
        with reader.reading(partial(person, cast.mother)):
            for statement in ("SAVEPOINT here", "ROLLBACK TO SAVEPOINT here"):
                cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM applications")
        assert cursor.fetchone() == (0,)


def test_prepared_statements_are_the_readers(cast: Cast, inside: Inside) -> None:
    """Prepared for one reader, run for the next."""
    for who, found in ((cast.mother, 1), (cast.neighbour, 0), (cast.mother, 1)):
        with reader.reading(partial(person, who)):
            assert len(queries.applications_of(cast.mother_id)) == found
    assert queries.applications_of(cast.mother_id) == []


# Everything is behind it


def test_every_table_about_people_is_walled(inside: Inside) -> None:
    columns = ", ".join(f"'{name}'" for name in sorted(OF_WHOM))
    about = inside.rows(
        reader.NOBODY,
        f"""SELECT DISTINCT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attname IN ({columns})""",
    )
    open_ones = {str(table) for table, walled in about if not walled}
    assert open_ones <= OUTSIDE
    assert {str(table) for table, walled in about if walled} == set(WALLED)


def test_every_statement_goes_through_a_cursor_that_looks_who_reads() -> None:
    """What takes psycopg's connection itself could read as whoever read before."""
    sources = Path(reader.__file__).parent
    raw = {
        str(path.relative_to(sources))
        for path in sources.rglob("*.py")
        if re.search(r"connection\.connection\b", path.read_text(encoding="utf-8"))
    }
    assert raw == {"records.py", "adapters/sources/sql.py"}  # the latter's are agencies' own databases


# It costs no index


def plan_of(who: Reader, statement: str, parameters: Any) -> str:
    with reader.reading(lambda: who), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_desk_and_portal_go_by_their_indexes(cast: Cast, inside: Inside, application: UUID) -> None:
    hospital = cast.official("hospital").actor
    whose = {"agency": hospital.agency, "services": [], "me": hospital.id}
    page = {**whose, "due_on": MONDAY.date(), "id": application, "limit": 50}
    scans = " UNION ALL ".join(officials._SCANS.values())
    inbox = plan_of(of_agency(cast, "hospital"), officials.INBOX.format(scans=scans), page)
    assert "cases_in_hand" in inbox
    counts = plan_of(
        of_agency(cast, "hospital"),
        officials.COUNTS,
        {**whose, "today": MONDAY.date(), "soon": MONDAY.date()},
    )
    assert "Index Only Scan using cases_in_hand" in counts
    case = plan_of(of_agency(cast, "hospital"), officials.CASE, {**whose, "case": application})
    mine = plan_of(person(cast.mother), persons.LIST, [cast.mother_id, MONDAY, 20])
    assert "applications_person_submitted" in mine
    detail = plan_of(person(cast.mother), persons.DETAIL, ["A", cast.mother_id])
    assert "applications_number" in detail
    for plan in (inbox, counts, case, mine, detail):
        assert not re.search(r"Seq Scan on (applications|cases|fact_sets|uploads|corrections)\b", plan), plan


# Connections that are shared


def test_connections_of_a_pool_carry_nobody_over(transactional_db: None) -> None:
    """Two connections, eight threads, two people and nobody, in any order."""
    cast = play.enter()
    play.submitted(cast)
    rights.grant(connection)
    name = connection.settings_dict["NAME"]
    address = settings.DATABASE_URL.replace("@/qipan?", f"@/{name}?")
    expected = {person(cast.mother): 1, person(cast.neighbour): 0, reader.NOBODY: 0}
    cursors = (reader.ReaderCursor, reader.PreparedCursor)
    with ConnectionPool(address, min_size=2, max_size=2, kwargs={"autocommit": True}) as pool:

        def count(turn: int) -> tuple[Reader, int]:
            who = list(expected)[turn % 3]
            with (
                reader.reading(lambda: who),
                pool.connection() as shared,
                cursors[turn % 2](shared) as cursor,
            ):
                if turn % 5 == 0:
                    with suppress(Undone), shared.transaction():
                        cursor.execute("SELECT count(*) FROM applications")
                        raise Undone
                cursor.execute("SELECT count(*) FROM applications")
                row = cursor.fetchone()
            assert row
            return who, row[0]

        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(count, range(300)))
    assert {(who, seen) for who, seen in found} == set(expected.items())
