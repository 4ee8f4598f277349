"""Whose an account is: by the population register, or by a clerk who sees the person."""

from datetime import datetime

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
from qipan.accounts.operations.sessions import record_act
from qipan.accounts.queries import account_of_person, by_verified_phone
from qipan.accounts.rows import AccountRow
from qipan.applications.recording import For, record_calls
from qipan.core.assurance import Assurance
from qipan.ledger import operations as ledger
from qipan.people import operations as people
from qipan.people import queries as persons
from qipan.people.actors import Acting, Actor

NAME = """
UPDATE accounts SET person_id = %(person)s, level = greatest(level, %(level)s), checked_at = %(at)s,
  level_at = CASE WHEN level <= %(level)s THEN %(at)s ELSE level_at END
WHERE id = %(account)s AND (person_id IS NULL OR person_id = %(person)s)
"""
RELEASE = "UPDATE accounts SET person_id = NULL, level = 1, level_at = %s WHERE id = %s"
CHECKED = "UPDATE accounts SET checked_at = %s WHERE id = %s"
CLOSE = "UPDATE accounts SET is_active = false, checked_at = %s WHERE id = %s"
END_ALL = "DELETE FROM account_sessions WHERE account_id = %s"


def record_check(
    *, account: int, checked: Checked, id_number: str, at: datetime, acting: Acting | None = None
) -> None:
    """Put on record that the population register was asked, whatever it said; whoever the number is, they are told of it."""
    if checked.made is None:
        return
    found = persons.person_by_number(id_number)
    entry = {"fields": checked.made.fields, "purpose": checked.made.purpose, "outcome": checked.outcome}
    if found is None:
        record_act(act="check_identity", account=account, at=at, **entry)
        return
    whose = For(found.id, account=account)
    record_calls(whose, acting or Acting(Actor("account", account)), [checked.made], at)


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


def bring_up_to_date(*, account: AccountRow, checked: Checked, at: datetime) -> None:
    """Take over what the register says by now of somebody: another name, or that they died, which closes the account."""
    with reader.as_platform():
        records.execute(CLOSE if checked.outcome == "deceased" else CHECKED, [at, account.id])
        if checked.outcome == "deceased":
            records.execute(END_ALL, [account.id])
    if checked.outcome == "deceased":
        record_act(act="close_account", account=account.id, at=at, person=account.person)
    elif checked.outcome == "different" and checked.name:
        phone = account.phone.removeprefix("+86")
        people.admit_person(id_number=account.id_number, name=checked.name, phone=phone, at=at)
        record_act(act="renew_name", account=account.id, at=at, person=account.person)


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
