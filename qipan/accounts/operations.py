"""The only writers of accounts and their devices."""

from datetime import datetime, timedelta

from django.db import IntegrityError

from qipan import reader, records
from qipan.accounts.errors import (
    IdentityDeceased,
    IdentityFixed,
    IdentityTaken,
    RegisterDown,
    UnableToConfirm,
    UnknownIdentity,
)
from qipan.accounts.hall_codes import is_hall_code
from qipan.accounts.identity import Checked
from qipan.accounts.queries import account_of_person, by_verified_phone, digest_of
from qipan.applications.recording import For, record_calls
from qipan.core.assurance import Assurance
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.people import operations as people
from qipan.people import queries as persons
from qipan.people.actors import Acting, Actor

UNVERIFIED_KEPT = timedelta(hours=1)
LONGEST_AGENT, LONGEST_ADDRESS = 300, 45

BEGIN = """
INSERT INTO account_sessions (digest, account_id, content, agent, address, created_at, seen_at, expires_at)
VALUES (%(digest)s, %(account)s, %(content)s, %(agent)s, %(address)s, %(at)s, %(at)s, %(until)s)
"""
KEEP = """
UPDATE account_sessions SET account_id = %(account)s, content = %(content)s, seen_at = %(at)s
WHERE digest = %(digest)s AND expires_at > %(at)s
"""
SEEN = "UPDATE account_sessions SET seen_at = %s WHERE digest = %s"
END = "DELETE FROM account_sessions WHERE account_id = %s AND digest = %s"
END_OTHERS = "DELETE FROM account_sessions WHERE account_id = %s AND digest <> %s"
FORGET_SESSIONS = "DELETE FROM account_sessions WHERE expires_at < %s"
FORGET_UNVERIFIED = "DELETE FROM accounts WHERE NOT phone_verified AND created_at < %s"

NAME = """
UPDATE accounts SET person_id = %(person)s, level = greatest(level, %(level)s), level_at = %(at)s
WHERE id = %(account)s AND (person_id IS NULL OR person_id = %(person)s)
"""
RELEASE = "UPDATE accounts SET person_id = NULL, level = 1, level_at = %s WHERE id = %s"
END_ALL = "DELETE FROM account_sessions WHERE account_id = %s"


def keep_session(
    *,
    key: str,
    new: bool,
    account: int | None,
    content: str,
    agent: str,
    address: str,
    at: datetime,
    until: datetime,
) -> bool:
    """Keep a sign-in, begun or going on; say whether it was there to go on: one that was ended stays so."""
    values = {
        "digest": digest_of(key),
        "account": account,
        "content": content,
        "agent": agent[:LONGEST_AGENT],
        "address": address[:LONGEST_ADDRESS],
        "at": at,
        "until": until,
    }
    with reader.as_platform():
        return records.execute(BEGIN if new else KEEP, values) == 1


def drop_session(*, key: str) -> None:
    """Forget a sign-in, as on signing out."""
    with reader.as_platform():
        records.execute("DELETE FROM account_sessions WHERE digest = %s", [digest_of(key)])


def see_device(*, key: str, at: datetime) -> None:
    """Note that a device is in use."""
    with reader.as_platform():
        records.execute(SEEN, [at, digest_of(key)])


def end_device(*, account: int, digest: bytes, at: datetime) -> bool:
    """Sign one of an account's devices out; say whether it was signed in."""
    with reader.as_platform():
        ended = records.execute(END, [account, digest]) == 1
    if ended:
        record_act(act="end_device", account=account, at=at)
    return ended


def end_other_devices(*, account: int, key: str, at: datetime) -> int:
    """Sign an account out everywhere but on the device of this key; give on how many."""
    with reader.as_platform():
        ended = records.execute(END_OTHERS, [account, digest_of(key)])
    record_act(act="end_other_devices", account=account, at=at, count=ended)
    return ended


def record_act(*, act: str, account: int, at: datetime, **details: object) -> None:
    """Put into the trail what somebody did with their account."""
    ledger.append([NewEntry(act, "account", account, None, f"account:{account}", details)], at)


def forget_what_is_over(*, at: datetime) -> int:
    """Drop sessions that ended and accounts whose number nobody proved to have; give how many accounts."""
    with reader.as_platform():
        records.execute(FORGET_SESSIONS, [at])
        return records.execute(FORGET_UNVERIFIED, [at - UNVERIFIED_KEPT])


def record_check(*, account: int, checked: Checked, id_number: str, at: datetime) -> None:
    """Put on record that the population register was asked, whatever it said; whoever the number is, they are told of it."""
    if checked.made is None:
        return
    found = persons.person_by_number(id_number)
    entry = {"fields": checked.made.fields, "purpose": checked.made.purpose, "outcome": checked.outcome}
    if found is None:
        record_act(act="check_identity", account=account, at=at, **entry)
        return
    acting = Acting(Actor("account", account))
    record_calls(For(found.id, account=account), acting, [checked.made], at)


def real_name(*, account: int, checked: Checked, id_number: str, phone: str, at: datetime) -> int:
    """Give an account to the person whom the register knows; give the person's number here. Raises UnableToRealName.

    A name that changed in the register is brought up to date.
    """
    _refuse(checked)
    known = persons.person_by_number(id_number)
    other = account_of_person(known.id) if known else None
    if other is not None and other.id != account:
        raise IdentityTaken
    person = people.admit_person(id_number=id_number, name=checked.name, phone=phone, at=at)
    _name(account=account, person=person, level=Assurance.REAL_NAME, at=at)
    record_act(act="real_name", account=account, at=at, person=person)
    return person


def confirm_in_person(*, acting: Acting, phone: str, code: str, at: datetime) -> int:
    """A clerk has seen the person whom they serve, and what their account shows: give it to them, at the highest level.

    An account that had taken the person's name without them is theirs no more, and signed out everywhere. Raises UnableToConfirm.
    """
    person, found = acting.applicant, by_verified_phone(phone)
    if acting.actor.kind != "official" or not person or found is None or not is_hall_code(code, found.id, at):
        raise UnableToConfirm
    if found.person not in {None, person}:
        raise UnableToConfirm
    other = account_of_person(person)
    if other is not None and other.id != found.id:
        with reader.as_platform():
            records.execute(RELEASE, [at, other.id])
            records.execute(END_ALL, [other.id])
        ledger.append([acting.entry("release_identity", f"account:{other.id}")], at)
    _name(account=found.id, person=person, level=Assurance.IN_PERSON, at=at)
    ledger.append([acting.entry("confirm_in_person", f"account:{found.id}")], at)
    return found.id


def _name(*, account: int, person: int, level: Assurance, at: datetime) -> None:
    values = {"account": account, "person": person, "level": int(level), "at": at}
    try:
        with reader.as_platform(), records.savepoint():
            named = records.execute(NAME, values)
    except IntegrityError:
        raise IdentityTaken from None
    if not named:
        raise IdentityFixed


def _refuse(checked: Checked) -> None:
    match checked.outcome:
        case "same":
            return
        case "deceased":
            raise IdentityDeceased
        case "down":
            raise RegisterDown
        case _:
            raise UnknownIdentity
