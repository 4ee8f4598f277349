"""Admitting people, appointing officials, and the keys of agencies' own systems."""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.core.posts import Period, Power, Tenure, clash
from qipan.core.sharing import Role
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM, Acting
from qipan.people.queries import key_digest, person_by_number, tenures_of
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
# Whoever the register names now represents it; a person's row is never turned into an enterprise's.
ADMIT_ENTERPRISE = """
INSERT INTO persons (id_number, name, phone, story_zh, story_en, sample, kind, represented_by)
VALUES (%(credit_code)s, %(name)s, '', '', '', false, 'organization', %(representative)s)
ON CONFLICT (id_number) DO UPDATE SET name = excluded.name, represented_by = excluded.represented_by
WHERE persons.kind = 'organization' RETURNING id
"""
# Whoever comes into office by the platform's own word is in it from ever; see qipan/posts for what managers give.
OFFICIAL = """
INSERT INTO officials (name, agency, post, sample) VALUES (%(name)s, %(agency)s, %(post)s, %(sample)s)
ON CONFLICT (agency, name) WHERE person_id IS NULL AND agency <> '' DO UPDATE SET sample = excluded.sample RETURNING id
"""
MAKE_POST = """
INSERT INTO posts (agency, title, services, powers, made_at) VALUES (%(agency)s, %(post)s, %(services)s, %(powers)s, %(at)s)
ON CONFLICT DO NOTHING
"""
THE_POST = """SELECT id FROM posts WHERE (agency, title, services, powers)
  = (%(agency)s, %(post)s, %(services)s::text[], %(powers)s::text[])"""
END_OTHERS = """
UPDATE tenures t SET ends = greatest(%(at)s, t.begins) FROM posts p
WHERE p.id = t.post_id AND t.official_id = %(official)s AND p.agency = %(agency)s AND p.title = %(post)s AND p.id <> %(number)s AND t.ends IS NULL
"""
HOLD = """
INSERT INTO tenures (official_id, post_id, given_at, confirmed_at) VALUES (%(official)s, %(number)s, %(at)s, %(at)s)
"""
APPOINT_SAMPLES = """
WITH new AS (
  SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS new (name, agency, post, powers)),
known AS (
  INSERT INTO officials (name, agency, post, sample) SELECT name, agency, min(post), true FROM new GROUP BY 1, 2
  ON CONFLICT (agency, name) WHERE person_id IS NULL AND agency <> '' DO UPDATE SET sample = true
  RETURNING id, name, agency),
made AS (
  INSERT INTO posts (agency, title, services, powers, made_at)
  SELECT DISTINCT agency, post, '{}'::text[], string_to_array(powers, ' '), %s::timestamptz FROM new
  ON CONFLICT DO NOTHING RETURNING id, agency, title, powers),
there AS (
  SELECT id, agency, title, powers FROM made
  UNION SELECT p.id, p.agency, p.title, p.powers FROM posts p JOIN new
    ON (p.agency, p.title, p.services, p.powers) = (new.agency, new.post, '{}'::text[], string_to_array(new.powers, ' ')))
INSERT INTO tenures (official_id, post_id, given_at, confirmed_at)
SELECT known.id, there.id, %s, %s FROM new JOIN known USING (name, agency)
JOIN there ON (there.agency, there.title, there.powers) = (new.agency, new.post, string_to_array(new.powers, ' '))
WHERE NOT EXISTS (SELECT FROM tenures t WHERE t.official_id = known.id AND t.post_id = there.id AND t.ends IS NULL)
"""
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹"
GIVEN = "文明志华建国秀英丽芳静敏强军杰磊洋勇艳娟涛超霞平刚桂兰婷宁晓峰玲辉鹏"
POST, CLERK_POST = "经办人", "代办员"
POSTS: Mapping[Power, str] = {
    Power.REQUESTER: "数据共享申请员",
    Power.APPROVER: "数据共享审批员",
    Power.AUDITOR: "数据安全审计员",
    Power.COORDINATOR: "数据共享协调员",
    Power.MANAGER: "岗位管理员",
}
"""What posts of one power are usually called."""


class UnableToAppoint(Exception):
    """Nobody has two powers in one agency that are kept apart: qipan/core/posts.py."""


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


def admit_enterprise(
    *, credit_code: str, name: str, representative: int, at: datetime, acting: Acting
) -> int:
    """Admit an enterprise, or bring its name and its legal representative up to date; give its number here."""
    known = {"credit_code": credit_code, "name": name, "representative": representative}
    number = records.number(ADMIT_ENTERPRISE, known)
    ledger.append([acting.entry("admit_enterprise", f"person:{number}")], at)
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
    powers: Collection[Power] = (),
    sample: bool = False,
    acting: Acting = SYSTEM,
) -> int:
    """Put an official in a post of this title, or change what they handle in it; give their number. Raises UnableToAppoint.

    The post carries ``powers``; where none are named, those of its ``role``, or else to handle cases and, as a ``clerk``, to serve.
    """
    carried = sorted(powers or ([Power(role)] if role else _usual(clerk=clerk)))
    new = {"agency": agency, "name": name, "post": post, "sample": sample, "services": sorted(services)}
    new |= {"powers": list(map(str, carried)), "at": at, "official": 0, "number": 0}
    new["official"] = official = records.number(OFFICIAL, new)
    records.execute(MAKE_POST, new)
    new["number"] = number = records.number(THE_POST, new)
    records.execute(END_OTHERS, new)
    held = tenures_of(official)
    if not any(one.official == official and one.post == number and one.period.ends is None for one in held):
        coming = Tenure(official, number, agency, frozenset(carried), Period())
        if clash(official, [*held, coming]):
            raise UnableToAppoint
        records.execute(HOLD, new)
    details = {"agency": agency, "title": post, "services": sorted(services), "powers": new["powers"]}
    ledger.append([acting.entry("appoint_official", f"official:{official}", **details, to_post=number)], at)
    return official


def _usual(*, clerk: bool) -> tuple[Power, ...]:
    return (Power.HANDLE, Power.SERVE) if clerk else (Power.HANDLE,)


def appoint_sample_official(*, agency: str, at: datetime, clerk: bool = False) -> int:
    """Put a synthetic official in post at an agency, always the same one; a clerk may apply for people who are present."""
    post = CLERK_POST if clerk else POST
    return appoint_official(agency=agency, name=_name(agency), post=post, at=at, clerk=clerk, sample=True)


def appoint_sample_officials(
    *,
    agencies: Collection[str],
    at: datetime,
    clerks: Collection[str] = (),
    powers: Collection[tuple[str, Power]] = (),
) -> int:
    """Put synthetic officials in post at many agencies, clerks at others, and those with one power alone.

    Gives how many tenures are new.
    """
    new_ones = [(code, POST, _usual(clerk=False)) for code in sorted(set(agencies))]
    new_ones += [(code, CLERK_POST, _usual(clerk=True)) for code in sorted(set(clerks))]
    new_ones += [(code, POSTS[power], (power,)) for code, power in sorted(set(powers))]
    names = [_name(code, carried[0]) for code, _post, carried in new_ones]
    columns = [[*column] for column in zip(*new_ones, strict=True)] or [[], [], []]
    carried = [" ".join(sorted(one)) for one in columns[2]]
    new = records.execute(APPOINT_SAMPLES, [names, columns[0], columns[1], carried, at, at, at])
    if new:
        ledger.append([SYSTEM.entry("appoint_sample_officials", "officials:sample", count=new)], at)
    return new


def _name(agency: str, power: Power = Power.HANDLE) -> str:
    """A name that is always the same for an agency, and another for each power of weight in it."""
    stem = agency if power is Power.HANDLE else agency + power
    digest = hashlib.sha256(stem.encode()).digest()
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
