"""Persons, officials, and the keys of agencies' systems."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection

from qipan.core.posts import Power
from qipan.core.sharing import Role
from qipan.ledger.models import Entry
from qipan.people import operations, queries
from qipan.people.actors import SYSTEM, Acting, Actor
from qipan.people.models import ApiKey, Official, Person
from qipan.people.rows import NewPerson
from qipan.posts.models import Tenure
from tests.posts_cast import hold

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FANG = NewPerson("330106199001011221", "王芳", "13800000001", "故事", "a story", sample=True)
POLICE = "330106002.public_security"


def test_a_person_is_admitted_once_and_kept_up_to_date(db: None) -> None:
    assert operations.admit_persons(persons=[FANG], at=NOON) == 1
    assert operations.admit_persons(persons=[FANG], at=NOON) == 0
    assert operations.admit_persons(persons=[FANG._replace(phone="13900000001")], at=NOON) == 1
    found = queries.person_by_number(FANG.id_number)
    assert found is not None
    assert (found.name, found.phone, Person.objects.count()) == ("王芳", "13900000001", 1)


def test_nobody_is_admitted_from_an_empty_list(db: None) -> None:
    assert operations.admit_persons(persons=[], at=NOON) == 0
    assert not Entry.objects.exists()


def test_sample_persons_are_found_by_name_and_a_wildcard_is_only_a_character(db: None) -> None:
    operations.admit_persons(persons=[FANG, NewPerson("330106197512120041", "赵敏", sample=False)], at=NOON)
    assert [row.name for row in queries.sample_persons("芳")] == ["王芳"]
    assert queries.sample_persons("%") == []
    assert queries.sample_persons("敏") == []


def test_an_agency_always_gets_the_same_sample_official(db: None) -> None:
    first = operations.appoint_sample_official(agency=POLICE, at=NOON)
    assert operations.appoint_sample_official(agency=POLICE, at=NOON) == first
    assert operations.appoint_sample_officials(agencies=[POLICE], clerks=[POLICE], at=NOON) == 1
    assert {row.clerk for row in queries.sample_officials(POLICE)} == {True, False}


def test_an_official_acts_for_their_agency_and_services_alone(db: None) -> None:
    number = operations.appoint_official(
        agency=POLICE, name="陈", post="经办人", services=["household_registration"], at=NOON
    )
    actor = queries.actor_of_official(number, NOON)
    assert actor is not None
    acting = Acting(actor)
    assert acting.handles(POLICE, "household_registration")
    assert not acting.handles(POLICE, "residence_permit")
    assert not acting.handles("330106.health", "household_registration")
    assert acting.applicant == 0


def test_a_clerk_applies_for_the_person_present_and_for_nobody_else() -> None:
    clerk = Actor("official", 1, agency=POLICE, powers=frozenset({Power.SERVE}))
    assert Acting(clerk, on_behalf_of=42).may_apply_for(42)
    assert not Acting(clerk, on_behalf_of=42).may_apply_for(43)
    assert not Acting(clerk).may_apply_for(0)
    assert not Acting(Actor("official", 1, agency=POLICE), on_behalf_of=42).may_apply_for(42)


def test_a_person_handles_no_cases() -> None:
    assert not Acting(Actor("person", 1, agency=POLICE)).handles(POLICE, "household_registration")


def test_a_key_lets_a_system_act_as_its_official_until_it_is_revoked(db: None) -> None:
    official = operations.appoint_official(agency=POLICE, name="系统", post="接口", at=NOON)
    key = operations.issue_api_key(acting=SYSTEM, official=official, label="户政系统", at=NOON)
    actor = queries.actor_of_key(key, NOON)
    assert actor is not None
    assert actor.id == official
    operations.revoke_api_key(acting=SYSTEM, key=ApiKey.objects.get().id, at=NOON)
    assert queries.actor_of_key(key, NOON) is None


def test_a_key_itself_is_nowhere_in_the_database(db: None) -> None:
    official = operations.appoint_official(agency=POLICE, name="系统", post="接口", at=NOON)
    key = operations.issue_api_key(acting=SYSTEM, official=official, label="户政系统", at=NOON)
    assert key.encode() != bytes(ApiKey.objects.get().digest)
    assert key not in str(Entry.objects.values_list("details", flat=True))


def test_issuing_and_revoking_leave_a_trace_each(db: None) -> None:
    official = operations.appoint_official(agency=POLICE, name="系统", post="接口", at=NOON)
    operations.issue_api_key(acting=SYSTEM, official=official, label="x", at=NOON)
    number = ApiKey.objects.get().id
    operations.revoke_api_key(acting=SYSTEM, key=number, at=NOON)
    operations.revoke_api_key(acting=SYSTEM, key=number, at=NOON)
    assert list(Entry.objects.order_by("id").values_list("act", flat=True)) == [
        "appoint_official",
        "issue_api_key",
        "revoke_api_key",
    ]


def test_unknown_numbers_belong_to_nobody(db: None) -> None:
    assert queries.actor_of_person(1) is None
    assert queries.actor_of_official(1, NOON) is None
    assert queries.actor_of_key("", NOON) is None
    assert not Official.objects.exists()


def test_nobody_has_two_roles_in_the_sharing_of_data(db: None) -> None:
    operations.appoint_official(agency=POLICE, name="陈", post="申请员", role=Role.REQUESTER, at=NOON)
    with pytest.raises(operations.UnableToAppoint):
        operations.appoint_official(agency=POLICE, name="陈", post="审批员", role=Role.APPROVER, at=NOON)
    assert Tenure.objects.count() == 1


def test_the_database_refuses_what_the_rule_would_have(db: None) -> None:
    number = operations.appoint_official(agency=POLICE, name="陈", post="经办人", at=NOON)
    with pytest.raises(IntegrityError):
        hold(number, POLICE, Power.AUDITOR)


def test_sample_officials_of_different_roles_are_different_people(db: None) -> None:
    powers = [(POLICE, Power(role)) for role in Role]
    assert operations.appoint_sample_officials(agencies=[POLICE], powers=powers, at=NOON) == 5
    assert operations.appoint_sample_officials(agencies=[POLICE], powers=powers, at=NOON) == 0
    found = queries.sample_officials(POLICE)
    assert {power for row in found for power in row.powers} == {"handle", *Role}
    assert len({row.name for row in found}) == 5


def test_sample_residents_are_listed_by_their_index_alone(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        asked: list[tuple[str, Any]] = []

        def note(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
            asked.append((statement, parameters))
            return execute(statement, parameters, many, context)

        with connection.execute_wrapper(note):
            queries.sample_persons("芳", 24)
        cursor.execute(f"EXPLAIN {asked[0][0]}", asked[0][1])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using persons_sample" in plan
    assert "Sort" not in plan
