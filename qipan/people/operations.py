"""Admitting people, appointing officials, and the keys of agencies' own systems."""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.sharing import Role
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM, Acting
from qipan.people.queries import key_digest, person_by_number
from qipan.people.rows import NewPerson

ADMIT = """
INSERT INTO persons (id_number, name, phone, story_zh, story_en, sample)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[])
ON CONFLICT (id_number) DO UPDATE
SET (name, phone, story_zh, story_en) = (excluded.name, excluded.phone, excluded.story_zh, excluded.story_en)
WHERE (persons.name, persons.phone, persons.story_zh, persons.story_en)
  IS DISTINCT FROM (excluded.name, excluded.phone, excluded.story_zh, excluded.story_en)
RETURNING id
"""
ADMIT_ONE = """
INSERT INTO persons (id_number, name, phone, story_zh, story_en, sample) VALUES (%s, %s, %s, '', '', false)
ON CONFLICT (id_number) DO UPDATE SET name = excluded.name RETURNING id
"""
APPOINT = """
INSERT INTO officials (name, agency, post, services, clerk, role, sample) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (agency, name, post) DO UPDATE SET services = excluded.services, clerk = excluded.clerk, role = excluded.role
RETURNING id
"""
APPOINT_SAMPLES = """
INSERT INTO officials (name, agency, post, services, clerk, role, sample)
SELECT name, agency, post, '{}', post = %s, role, true
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS new (name, agency, post, role)
ON CONFLICT (agency, name, post) DO NOTHING
"""
OTHER_ROLES = "SELECT count(*) FROM officials WHERE agency = %s AND name = %s AND post <> %s AND role <> ''"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹"
GIVEN = "文明志华建国秀英丽芳静敏强军杰磊洋勇艳娟涛超霞平刚桂兰婷宁晓峰玲辉鹏"
POST, CLERK_POST = "经办人", "代办员"
ROLE_POSTS = {
    Role.REQUESTER: "数据共享申请员",
    Role.APPROVER: "数据共享审批员",
    Role.AUDITOR: "数据安全审计员",
    Role.COORDINATOR: "数据共享协调员",
}


class UnableToAppoint(Exception):
    """Whoever requests, approves, audits or decides disputes about shared data does one of these alone."""


class UnableToServe(Exception):
    """There is no resident of this number, or whoever asks is not a clerk."""


class _Id(NamedTuple):
    id: int


def admit_persons(*, persons: Iterable[NewPerson], at: datetime, acting: Acting = SYSTEM) -> int:
    """Admit people, or bring their names and phones up to date; give how many rows changed."""
    columns = [list(column) for column in zip(*persons, strict=True)]
    changed = records.rows(_Id, ADMIT, columns) if columns else []
    ledger.append([acting.entry("admit_person", f"person:{row.id}") for row in changed], at)
    return len(changed)


def admit_person(*, id_number: str, name: str, phone: str, at: datetime, acting: Acting = SYSTEM) -> int:
    """Admit somebody who came with an account, or bring their name up to date; give their number here."""
    number = records.number(ADMIT_ONE, [id_number, name, phone])
    ledger.append([acting.entry("admit_person", f"person:{number}")], at)
    return number


def appoint_official(
    *,
    agency: str,
    name: str,
    post: str,
    at: datetime,
    services: Collection[str] = (),
    clerk: bool = False,
    role: Role | None = None,
    sample: bool = False,
    acting: Acting = SYSTEM,
) -> int:
    """Put an official in post, or change what they handle; give their number. Raises UnableToAppoint."""
    if role and records.number(OTHER_ROLES, [agency, name, post]):
        raise UnableToAppoint
    number = records.number(APPOINT, [name, agency, post, list(services), clerk, role or "", sample])
    details = {
        "agency": agency,
        "post": post,
        "services": sorted(services),
        "clerk": clerk,
        "role": role or "",
    }
    ledger.append([acting.entry("appoint_official", f"official:{number}", **details)], at)
    return number


def appoint_sample_official(*, agency: str, at: datetime, clerk: bool = False) -> int:
    """Put a synthetic official in post at an agency, always the same one; a clerk may apply for people who are present."""
    post = CLERK_POST if clerk else POST
    return appoint_official(agency=agency, name=_name(agency), post=post, at=at, clerk=clerk, sample=True)


def appoint_sample_officials(
    *,
    agencies: Collection[str],
    at: datetime,
    clerks: Collection[str] = (),
    roles: Collection[tuple[str, Role]] = (),
) -> int:
    """Put synthetic officials in post at many agencies, clerks at others, and those with a role in the sharing of data.

    Gives how many were not there yet.
    """
    new_ones = [(code, POST, "") for code in sorted(set(agencies))]
    new_ones += [(code, CLERK_POST, "") for code in sorted(set(clerks))]
    new_ones += [(code, ROLE_POSTS[role], str(role)) for code, role in sorted(set(roles))]
    names = [_name(code + role) for code, _post, role in new_ones]
    columns = [[*column] for column in zip(*new_ones, strict=True)] or [[], [], []]
    new = records.execute(APPOINT_SAMPLES, [CLERK_POST, names, *columns])
    if new:
        ledger.append([SYSTEM.entry("appoint_sample_officials", "officials:sample", count=new)], at)
    return new


def _name(agency: str) -> str:
    """A name that is always the same for an agency, and another for each role in it."""
    digest = hashlib.sha256(agency.encode()).digest()
    return SURNAMES[digest[0] % len(SURNAMES)] + GIVEN[digest[1] % len(GIVEN)] + GIVEN[digest[2] % len(GIVEN)]


def issue_api_key(*, acting: Acting, official: int, label: str, at: datetime) -> str:
    """Issue a key by which an agency's own system acts as this official; it is shown this once."""
    key = secrets.token_urlsafe(32)
    number = records.number(
        "INSERT INTO api_keys (digest, official_id, label, created_at) VALUES (%s, %s, %s, %s) RETURNING id",
        [key_digest(key), official, label, at],
    )
    ledger.append([acting.entry("issue_api_key", f"official:{official}", key=number, label=label)], at)
    return key


def revoke_api_key(*, acting: Acting, key: int, at: datetime) -> None:
    """Make a key worthless from now on."""
    if records.execute("UPDATE api_keys SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL", [at, key]):
        ledger.append([acting.entry("revoke_api_key", f"api_key:{key}")], at)


def begin_service(*, acting: Acting, id_number: str, under: str, at: datetime) -> int:
    """Let a clerk act for a resident who is present, found by the whole number alone; give the resident's own number here.

    Raises UnableToServe.
    """
    found = person_by_number("".join(id_number.split()).upper())
    if found is None or not acting.actor.clerk:
        raise UnableToServe
    ledger.append([acting.entry("begin_service", f"person:{found.id}", under=under)], at)
    return found.id
