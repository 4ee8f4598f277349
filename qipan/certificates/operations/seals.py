"""The life of a seal: asked for by one, approved by two others, used, suspended, destroyed. Every act is on record.

Whoever may deal with a seal is an official of its agency, of one above it in its line, or of the office that keeps the catalogue of
seals (the data bureau) of its place or above, in a post that carries the power: to keep seals, or to approve them, and never both.
"""

from datetime import datetime
from typing import NamedTuple

from qipan import records
from qipan.adapters.papers.seal_pictures import seal_picture
from qipan.adapters.seals.custody import Custody
from qipan.agencies import queries as agencies
from qipan.certificates import queries
from qipan.certificates.errors import NoIssuer, NoSuchSeal, SamePerson, SealNotSo, WithoutReason
from qipan.certificates.models import Seal, SealAct
from qipan.certificates.operations.issuers import remake_seal
from qipan.certificates.rows import SealRow
from qipan.core.posts import Power
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting

PURPOSE = "电子证照专用章"
LONGEST = 500
NEXT = """
INSERT INTO serials (scope, last) VALUES (%s, 1) ON CONFLICT (scope) DO UPDATE SET last = serials.last + 1 RETURNING last
"""
LOCK = "SELECT 1 FROM certificate_seals WHERE number = %s FOR NO KEY UPDATE"


class _Change(NamedTuple):
    act: str
    before: tuple[str, ...]
    after: str


SUSPEND = _Change("suspend_seal", ("active",), "suspended")
RESUME = _Change("resume_seal", ("suspended",), "active")
DESTROY = _Change("destroy_seal", ("asked", "approved", "active", "suspended"), "destroyed")


def ask_for_seal(*, acting: Acting, agency: str, at: datetime) -> str:
    """Ask for a seal to be made; gives its number. Raises NoSuchSeal where it is not theirs to ask, NoIssuer, SealNotSo."""
    issuer = queries.issuer(agency)
    if not may(acting=acting, agency=agency, power=Power.SEAL_KEEPER):
        raise NoSuchSeal
    if issuer is None:
        raise NoIssuer
    if any(one.state != "destroyed" for one in queries.seals_of([agency])):
        raise SealNotSo
    division = agency[:6].ljust(6, "0")
    number = f"{division}{records.number(NEXT, [f'seal:{division}']):07}"
    Seal.objects.create(
        number=number,
        agency=agency,
        name=f"{issuer.name_zh}{PURPOSE}",
        purpose=PURPOSE,
        state="asked",
        picture=seal_picture(issuer.name_zh, PURPOSE),
        asked_by=acting.actor.id,
        asked_at=at,
    )
    _record(acting, number, "ask_for_seal", "", at)
    return number


def approve_seal(*, acting: Acting, number: str, custody: Custody, at: datetime) -> bool:
    """Approve a seal; with the second approval it is made. Whether it is. Raises NoSuchSeal, SealNotSo, SamePerson, NoIssuer."""
    seal = _theirs(acting, number, Power.SEAL_APPROVER)
    if seal.state not in {"asked", "approved"}:
        raise SealNotSo
    if acting.actor.id in {seal.asked_by, seal.first_by}:
        raise SamePerson
    second = seal.state == "approved"
    if second:
        remake_seal(seal=seal, custody=custody, at=at)
        Seal.objects.filter(number=number).update(state="active", second_by=acting.actor.id)
    else:
        Seal.objects.filter(number=number).update(state="approved", first_by=acting.actor.id)
    _record(acting, number, "make_seal" if second else "approve_seal", "", at)
    return second


def suspend_seal(*, acting: Acting, number: str, reason: str, at: datetime) -> None:
    """Let a seal be used no more for now; raises NoSuchSeal, SealNotSo, WithoutReason."""
    _change(acting, number, SUSPEND, reason, at)


def resume_seal(*, acting: Acting, number: str, reason: str, at: datetime) -> None:
    """Let a suspended seal be used again; raises NoSuchSeal, SealNotSo, WithoutReason."""
    _change(acting, number, RESUME, reason, at)


def destroy_seal(*, acting: Acting, number: str, reason: str, at: datetime) -> None:
    """Destroy a seal for good, or drop one that was only asked for; what it sealed before holds.

    Raises NoSuchSeal, SealNotSo, WithoutReason.
    """
    seal = _change(acting, number, DESTROY, reason, at)
    if seal.begins is not None:
        Seal.objects.filter(number=number).update(ends=at)


def may(*, acting: Acting, agency: str, power: Power) -> bool:
    """Whether they may do this with the seal of an agency."""
    actor = acting.actor
    if actor.kind != "official" or power not in actor.powers:
        return False
    stem = queries.kept_below(actor.agency)
    if stem:
        return agency.startswith(stem)
    return any(one.code == actor.agency for one in agencies.line_of(agency))


def _change(acting: Acting, number: str, change: _Change, reason: str, at: datetime) -> SealRow:
    said = reason.replace("\x00", "").strip()[:LONGEST]
    seal = _theirs(acting, number, Power.SEAL_KEEPER)
    if seal.state not in change.before:
        raise SealNotSo
    if not said:
        raise WithoutReason
    Seal.objects.filter(number=number).update(state=change.after)
    _record(acting, number, change.act, said, at)
    return seal


def _theirs(acting: Acting, number: str, power: Power) -> SealRow:
    """Lock a seal, then read it."""
    records.execute(LOCK, [number])
    seal = queries.seal(number)
    if seal is None or not may(acting=acting, agency=seal.agency, power=power):
        raise NoSuchSeal
    return seal


def _record(acting: Acting, number: str, act: str, reason: str, at: datetime) -> None:
    SealAct.objects.create(seal=number, act=act, official=acting.actor.id, reason=reason, at=at)
    ledger.append([acting.entry(act, f"seal:{number}")], at)
