"""The only writers of mandates: giving, accepting, ending, and representing an enterprise that the register names."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from qipan import reader, records
from qipan.applications.recording import For, record_calls
from qipan.catalogue import queries as catalogue
from qipan.core.mandates import LONGEST, Kind, permitted_end, permitted_scope
from qipan.core.names import same_name
from qipan.ledger import operations as ledger
from qipan.mandates.enterprises import Found
from qipan.mandates.errors import (
    EndsWrongly,
    NothingInScope,
    NotInOwnRight,
    NotTheirMandate,
    RegisterSilent,
    ToOneself,
    UnableToRepresent,
    UnknownAgent,
)
from qipan.mandates.later import BOTH, Became, Side, tell_later
from qipan.people import operations as people
from qipan.people import queries as persons
from qipan.people.actors import Acting

GIVE = """
INSERT INTO mandates (kind, principal, agent, events, ends_on, given_at, given_by, accepted_at, ended_by)
VALUES (%(kind)s, %(principal)s, %(agent)s, %(events)s, %(ends_on)s, %(at)s, %(by)s, %(accepted_at)s, '')
ON CONFLICT DO NOTHING RETURNING id
"""
OPEN = "SELECT id FROM mandates WHERE principal = %(principal)s AND agent = %(agent)s AND ended_at IS NULL"
REPLACE = """
UPDATE mandates SET ended_at = %(at)s, ended_by = %(by)s
WHERE principal = %(principal)s AND agent = %(agent)s AND ended_at IS NULL RETURNING id
"""
ACCEPT = """
UPDATE mandates SET accepted_at = %s
WHERE id = %s AND agent = %s AND accepted_at IS NULL AND ended_at IS NULL AND ends_on >= %s RETURNING principal
"""
END = """
UPDATE mandates SET ended_at = %(at)s, ended_by = %(by)s
WHERE id = %(mandate)s AND ended_at IS NULL AND (agent = %(who)s OR principal = %(who)s) RETURNING principal
"""
USE = """
UPDATE mandates SET used_at = %s
WHERE id = %s AND agent = %s AND kind <> 'representative' AND used_at IS NULL AND accepted_at IS NOT NULL AND ended_at IS NULL
RETURNING principal
"""
OTHERS = """
UPDATE mandates SET ended_at = %(at)s, ended_by = %(by)s
WHERE principal = %(principal)s AND kind = 'representative' AND agent <> %(agent)s AND ended_at IS NULL RETURNING id
"""


class _Id(NamedTuple):
    id: int


class _Given(NamedTuple):
    kind: Kind
    principal: int
    agent: int
    events: tuple[str, ...]
    ends_on: date


def give_mandate(
    *,
    acting: Acting,
    agent_name: str,
    agent_number: str,
    events: Collection[str],
    ends_on: date,
    at: datetime,
) -> int:
    """Offer somebody to act in these life events; give the mandate's number. It stands once they accept, in place of any before.

    Raises NotInOwnRight, UnknownAgent, ToOneself, NothingInScope and EndsWrongly.
    """
    principal = persons.person(acting.applicant)
    if principal is None or not acting.in_own_right:
        raise NotInOwnRight
    kind = Kind.AGENT if principal.kind == "organization" else Kind.FAMILY
    subjects = {name: event.subject for name, event in catalogue.current_library().events.items()}
    scope = permitted_scope(kind, events, subjects)
    if not scope:
        raise NothingInScope
    if not permitted_end(kind, ends_on, timezone.localdate(at)):
        raise EndsWrongly
    agent = _known(agent_name, agent_number)
    if agent == acting.applicant or (acting.actor.kind == "person" and agent == acting.actor.id):
        raise ToOneself
    return _give(acting, _Given(kind, acting.applicant, agent, scope, ends_on), at)


def accept_mandate(*, acting: Acting, mandate: int, at: datetime) -> None:
    """Take on what was offered; only who is to act can, themselves or at a hall. Raises NotTheirMandate."""
    if acting.mandate is not None:
        raise NotTheirMandate
    found = records.first(_Id, ACCEPT, [at, mandate, acting.applicant, timezone.localdate(at)])
    if found is None:
        raise NotTheirMandate
    ledger.append([acting.entry("accept_mandate", f"mandate:{mandate}", principal=found.id)], at)
    tell_later(mandate, Became.ACCEPTED, [Side.PRINCIPAL])


def use_mandate(*, acting: Acting, mandate: int, at: datetime) -> None:
    """Note that its agent turns to act under a mandate, and have its principal told, the first time; a representative's is their own."""
    found = records.first(_Id, USE, [at, mandate, acting.actor.id])
    if found is not None:
        ledger.append([acting.entry("use_mandate", f"mandate:{mandate}", principal=found.id)], at)
        tell_later(mandate, Became.USED, [Side.PRINCIPAL])


def end_mandate(*, acting: Acting, mandate: int, at: datetime) -> None:
    """End a mandate, at once and for good: its principal takes it back, or its agent lays it down. Raises NotTheirMandate."""
    if not acting.in_own_right:
        raise NotTheirMandate
    ending = {"mandate": mandate, "who": acting.applicant, "by": _by(acting), "at": at}
    found = records.first(_Id, END, ending) if acting.applicant else None
    if found is None:
        raise NotTheirMandate
    ledger.append([acting.entry("end_mandate", f"mandate:{mandate}", principal=found.id)], at)
    tell_later(mandate, Became.ENDED)


def record_look_up(*, acting: Acting, found: Found, at: datetime) -> None:
    """Put on record that the register of enterprises was asked, whatever it said."""
    record_calls(For(acting.applicant), acting, found.made, at)


def represent_enterprise(*, acting: Acting, found: Found, at: datetime) -> int:
    """Let whom the register names act for their enterprise, in place of whoever it named before; give the mandate's number.

    Raises UnableToRepresent and RegisterSilent.
    """
    if acting.actor.kind != "person" or acting.mandate is not None or found.outcome not in {"leads", "down"}:
        raise UnableToRepresent
    if found.outcome == "down":
        raise RegisterSilent
    agent, code = acting.actor.id, found.credit_code
    enterprise = people.admit_enterprise(
        credit_code=code, name=found.name, representative=agent, at=at, acting=acting
    )
    with reader.as_platform():  # those of whoever represented it before are nobody's to see here
        gone = {"principal": enterprise, "agent": agent, "at": at, "by": _by(acting)}
        ended = records.rows(_Id, OTHERS, gone)
    ledger.append(
        [acting.entry("end_mandate", f"mandate:{one.id}", principal=enterprise) for one in ended], at
    )
    for one in ended:
        tell_later(one.id, Became.ENDED, [Side.AGENT])
    ends_on = timezone.localdate(at) + LONGEST[Kind.REPRESENTATIVE]
    return _give(acting, _Given(Kind.REPRESENTATIVE, enterprise, agent, (), ends_on), at)


def _known(name: str, number: str) -> int:
    found = persons.person_by_number("".join(number.split()).upper())
    if found is None or not same_name(name, found.name):
        raise UnknownAgent
    return found.id


def _give(acting: Acting, given: _Given, at: datetime) -> int:
    """Write a mandate in place of the one between the same two, if any; of two at once, the first stands."""
    accepted_at = at if given.kind is Kind.REPRESENTATIVE else None
    values = {**given._asdict(), "events": list(given.events), "at": at, "by": _by(acting)}
    replaced = records.rows(_Id, REPLACE, values)
    new = records.first(_Id, GIVE, {**values, "accepted_at": accepted_at})
    if new is None:
        return records.number(OPEN, values)
    details = {
        "kind": given.kind,
        "agent": given.agent,
        "events": list(given.events),
        "ends_on": str(given.ends_on),
    }
    entries = [acting.entry("end_mandate", f"mandate:{one.id}", replaced_by=new.id) for one in replaced]
    entries.append(acting.entry("give_mandate", f"mandate:{new.id}", principal=given.principal, **details))
    ledger.append(entries, at)
    tell_later(new.id, Became.GIVEN, [Side.AGENT] if given.kind is Kind.REPRESENTATIVE else BOTH)
    return new.id


def _by(acting: Acting) -> str:
    return f"{acting.actor.kind}:{acting.actor.id}"
