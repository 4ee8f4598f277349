"""Taking what another node's official did to a request: verified by its node's signature, then moved by the same rules as here.

What comes too late for where the request stands is kept and changes nothing: each side's own rules decide, and both end at the same.

Note [Three copies]
A dispute between nodes is settled at the hub, which keeps a third copy where it is neither side. Letters of two nodes may overtake each
other: a decision may come before the dispute it is about, an approval before the order that it obeys. What comes so is told to come again.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from qipan import records
from qipan.adapters.working_days import WORKING_DAYS
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Resource
from qipan.core.grants import SIGNED_GRANT, Grant, NotAGrant, read_grant
from qipan.core.share_acts import SIGNED_ACT, SUBMIT, AskedFor, NotAnAct, ShareAct, read_act
from qipan.core.sharing import ROLES, Act, Role, State, due, is_above
from qipan.exchange import operations as exchange
from qipan.exchange.operations import Signed, verify_node
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.people.actors import SYSTEM
from qipan.sharing.errors import NotInThisState, NotTheirs, OutOfTurn, PastItsEnd, UnableToTakeAct
from qipan.sharing.granted import drafted
from qipan.sharing.holding import holder_of
from qipan.sharing.letters import TAKEN, counted, keep_letter
from qipan.sharing.locked import Locked, days, lock_any, move_here
from qipan.sharing.models import ShareRequest
from qipan.sharing.operations.asking import STORE
from qipan.sharing.operations.disputing import disputed
from qipan.sharing.superiors import superior_node
from qipan.sharing.wanted import ALL, AMENDED, OWN_CASES, OWN_REGION, Wanted, problems_of

PASSED_BY = "passed-by"
LATE = timedelta(days=31)  # a node that was down this long asks anew
ELSEWHERE = 0  # the number of an official of another node


def take_act(*, document: bytes, signed: Signed, at: datetime) -> str:
    """Take an act of another node's official for us; gives ``ok`` or ``passed-by``. The same again changes nothing.

    Raises NotAnAct, UnableToTakeAct, OutOfTurn, and UnableToTake where its node did not sign it.
    """
    act = read_act(document)
    verify_node(node=act.node, signed=signed, message=SIGNED_ACT + document, at=at)
    if act.to != settings.QIPAN_NODE:
        raise UnableToTakeAct
    request = _number(act.request)
    before = counted(request, act.node, outward=False)
    if act.number <= before:
        return TAKEN
    if act.number != before + 1:
        raise OutOfTurn
    outcome = TAKEN
    try:
        _take(request, act, at)
    except NotInThisState:
        outcome = PASSED_BY
    keep_letter(act, document, outcome, at)
    return outcome


def _take(request: UUID, act: ShareAct, at: datetime) -> None:
    if act.act == SUBMIT:
        _submitted(request, act, at)
        return
    found = _found(request, act, at)
    kind = _kind(act)
    if not _is_theirs(kind, act, found):
        raise UnableToTakeAct
    if _is_ahead(kind, found):
        raise OutOfTurn

    def entry(act_: str, subject: str, **said: object) -> NewEntry:
        return SYSTEM.entry(act_, subject, **said, **_told(act))

    move_here(found, kind, entry, at=at, reason=act.reason, **_columns(found, kind, act, at))


def _found(request: UUID, act: ShareAct, at: datetime) -> Locked:
    """Lock the request; raises UnableToTakeAct where there is none, and no dispute brings it."""
    with suppress(NotTheirs):
        return lock_any(request)
    if act.act != Act.DISPUTE or act.asked is None:
        raise UnableToTakeAct
    _brought_up(request, act, act.asked, at)
    return lock_any(request)


def _kind(act: ShareAct) -> Act:
    try:
        return Act(act.act)
    except ValueError:
        raise UnableToTakeAct from None


def _is_theirs(kind: Act, act: ShareAct, found: Locked) -> bool:
    """Whether the node that tells an act speaks for whom it belongs to."""
    match ROLES[kind]:
        case Role.REQUESTER:
            return bool(act.node) and act.node == found.consumer_node
        case Role.APPROVER:
            return bool(act.node) and act.node == found.provider_node
        case _:
            signs = act.node == found.provider_node
            above = is_above(act.agency, found.asked.consumer, found.asked.provider)
            return (
                act.node == superior_node()
                and above
                and (kind is Act.UPHOLD or signs == (kind is Act.OVERTURN))
            )


def _is_ahead(kind: Act, found: Locked) -> bool:
    """Whether something must come first from yet another node. See Note [Three copies]."""
    if ROLES[kind] is Role.COORDINATOR:
        return not found.coordinator_node
    return kind is Act.APPROVE and found.state == State.DISPUTED


def _columns(found: Locked, kind: Act, act: ShareAct, at: datetime) -> dict[str, object]:
    """What the act changes besides the state."""
    own = {"key": act.key, "signature": act.signature}
    match kind:
        case Act.APPROVE | Act.OVERTURN:
            grant = _approved(found, act, at)
            decided = {"granted": list(grant.fields), "decided_at": at, "decided_by": act.official}
            return {**decided, "document": act.grant.encode(), "signatures": {"provider": own}}
        case Act.SIGN:
            signatures = {**found.signatures, "consumer": own}
            return {"signatures": signatures, "grant": _signed(found, signatures, at)}
        case Act.ORDER:
            if not act.fields or not set(act.fields) <= set(found.asked.fields):
                raise UnableToTakeAct
            return {"granted": list(act.fields), "decided_at": at, "decided_by": act.official}
        case Act.DISPUTE:
            return _disputed(found)
        case Act.RETURN | Act.REFUSE | Act.UPHOLD:
            return {"decided_at": at, "decided_by": act.official}
        case Act.RESUBMIT if act.asked is not None:
            asked = _amended(found, act.asked)
            return {name: list(value) if isinstance(value, tuple) else value for name, value in asked.items()}
        case Act.WITHDRAW | Act.REVOKE | Act.GIVE_UP:
            return {}
        case _:
            raise UnableToTakeAct


def _approved(found: Locked, act: ShareAct, at: datetime) -> Grant:
    """The grant that the provider signed, which must be of what was asked and of nothing else."""
    try:
        grant = read_grant(act.grant.encode())
        wanted = drafted(found, list(grant.fields), settings.QIPAN_NODE, grant.begins)
    except (NotAGrant, PastItsEnd):
        raise UnableToTakeAct from None
    ordered = found.granted if found.state == State.ORDERED else ()
    same = _but_number(grant) == _but_number(wanted) and set(ordered) <= set(grant.fields) <= set(
        found.asked.fields
    )
    if not same or abs(grant.begins - at) > LATE:
        raise UnableToTakeAct
    own = Signed(act.key, bytes.fromhex(act.signature))
    verify_node(node=act.node, signed=own, message=SIGNED_GRANT + act.grant.encode(), at=at)
    return grant


def _disputed(found: Locked) -> dict[str, object]:
    """As where it was disputed; raises UnableToTakeAct where we know of nobody to settle it."""
    if not superior_node():
        raise UnableToTakeAct
    return disputed(found)


def _signed(found: Locked, signatures: Mapping[str, Mapping[str, str]], at: datetime) -> UUID | None:
    """Put the grant in force here as well, signed by both; whoever only settled a dispute about it has no part in it."""
    if found.document is None:
        raise NotInThisState
    if found.consumer_node and found.provider_node:
        return None
    issued = exchange.issue_grant(
        document=bytes(found.document),
        signatures={
            party: Signed(one["key"], bytes.fromhex(one["signature"])) for party, one in signatures.items()
        },
        at=at,
    )
    return UUID(issued.id)


def _submitted(request: UUID, act: ShareAct, at: datetime) -> None:
    """Open a request of another node's agency for a resource that is here."""
    if act.asked is None:
        raise UnableToTakeAct
    version, today = catalogue.current_version(), timezone.localdate(at)
    library, asked = catalogue.library(version), act.asked
    resource = library.resources.get(asked.resource)
    holder = holder_of(resource, asked.consumer, settings.QIPAN_NODE) if resource else None
    if resource is None or holder is None or holder.node or holder.agency != asked.provider:
        raise UnableToTakeAct
    if problems_of(_wanted(asked), library, own=False, today=today):
        raise UnableToTakeAct
    row = {"id": request, "version": version, "state": str(State.SUBMITTED), "provider_node": ""}
    row |= {"due_on": due(State.SUBMITTED, resource.share, days(), today, WORKING_DAYS)}
    _store(row, act, asked, resource, at)
    told = {"resource": asked.resource, "provider": asked.provider, **_told(act)}
    ledger.append([SYSTEM.entry("submit_share_request", f"share_request:{request}", **told)], at)


def _brought_up(request: UUID, act: ShareAct, asked: AskedFor, at: datetime) -> None:
    """Keep the copy of a request that two other nodes share in, as it stood when one of them disputed the other's answer."""
    version, own = catalogue.current_version(), settings.QIPAN_NODE
    library, elsewhere = catalogue.library(version), act.provider not in {"", own, act.node}
    resource = library.resources.get(asked.resource)
    today = timezone.localdate(at)
    wrong = problems_of(_wanted(asked), library, own=False, today=today).keys() - {"until"}
    if resource is None or wrong or not elsewhere or superior_node() != own:
        raise UnableToTakeAct
    row = {"id": request, "version": version, "state": str(State.REFUSED), "provider_node": act.provider}
    _store({**row, "due_on": None}, act, asked, resource, at)
    ShareRequest.objects.filter(id=request).update(reason=act.answer)


def _store(
    row: Mapping[str, object], act: ShareAct, asked: AskedFor, resource: Resource, at: datetime
) -> None:
    written = asked._asdict() | {
        name: list(getattr(asked, name)) for name in ("services", "basis", "fields", "modes")
    }
    written |= {"key": str(row["id"]), "requester": ELSEWHERE, "share": str(resource.share)}
    written |= {
        "since": timezone.localdate(at),
        "consumer_node": act.node,
        "asked_by": act.official,
        "at": at,
    }
    if not records.execute(STORE, {**written, **row}):
        raise UnableToTakeAct


def _amended(found: Locked, asked: AskedFor) -> dict[str, object]:
    library = catalogue.library(found.version)
    same = (asked.resource, asked.consumer, asked.provider) == (
        found.asked.resource,
        found.asked.consumer,
        found.asked.provider,
    )
    if not same or problems_of(_wanted(asked), library, own=False, today=found.since):
        raise UnableToTakeAct
    return {name: getattr(asked, name) for name in AMENDED}


def _wanted(asked: AskedFor) -> Wanted:
    rows = OWN_REGION if asked.region else OWN_CASES if asked.own_cases else ALL
    return Wanted(
        resource=asked.resource,
        fields=asked.fields,
        purpose=asked.purpose,
        basis=asked.basis,
        until=asked.until,
        event=asked.event,
        services=asked.services,
        purpose_en=asked.purpose_en,
        rows=rows,
        modes=asked.modes,
        volume=asked.volume,
        retention=asked.retention,
    )


def _but_number(grant: Grant) -> dict[str, object]:
    """All that two documents of one request must have in common."""
    return {name: getattr(grant, name) for name in Grant.__dataclass_fields__ if name != "id"}


def _told(act: ShareAct) -> dict[str, object]:
    """Who acted there, for the trail."""
    return {"node": act.node, "agency": act.agency, "official": act.official}


def _number(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotAnAct from None
