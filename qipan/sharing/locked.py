"""A request, locked and read for change; and the one way in which its state moves.

Note [One decision]
Whoever acts on a request locks its row first and only then reads: of two who decide at once, the second finds the first one's
decision, and the state allows no other. The same act by the same official again is taken for a repeated click: it changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from qipan import records
from qipan.adapters.working_days import WORKING_DAYS
from qipan.core.declarations import Share
from qipan.core.share_acts import AskedFor
from qipan.core.sharing import (
    ENDED,
    REASONED,
    ROLES,
    TRANSITIONS,
    Act,
    Days,
    Role,
    State,
    UnableToMove,
    due,
    is_above,
    transition,
)
from qipan.core.worktime import working_days
from qipan.ledger import operations as ledger
from qipan.ledger.entries import NewEntry
from qipan.people.actors import Acting, Actor
from qipan.sharing.errors import NotInThisState, NotTheirs, Unreasoned
from qipan.sharing.letters import ASKED, Matter, asked_for, asked_in, one_line, write_letter
from qipan.sharing.models import ShareRequest
from qipan.sharing.superiors import superior_node

LOCK = "SELECT id FROM share_requests WHERE id = %s FOR NO KEY UPDATE"
READ = f"""
SELECT id, {ASKED}, version, share, requester, state, since, paused_days, paused_on, granted, approver, coordinator, document, signatures,
  "grant", consumer_node, provider_node, coordinator_node, reason
FROM share_requests WHERE id = %s
"""


class Parties(NamedTuple):
    """Who shares in a request. A node is empty where its agency is here; the coordinator's also where nothing was disputed."""

    consumer: str
    provider: str
    consumer_node: str = ""
    provider_node: str = ""
    coordinator_node: str = ""

    @property
    def peers(self) -> tuple[str, ...]:
        """The other nodes."""
        nodes = (self.consumer_node, self.provider_node, self.coordinator_node)
        return tuple(dict.fromkeys(filter(None, nodes)))


class Locked(NamedTuple):
    """A request while nobody else may change it."""

    id: UUID
    asked: AskedFor
    version: int
    share: str
    requester: int
    state: str
    since: date
    paused_days: int
    paused_on: date | None
    granted: tuple[str, ...]
    approver: int | None
    coordinator: int | None
    document: bytes | None
    signatures: dict[str, dict[str, str]]
    grant: UUID | None
    consumer_node: str
    provider_node: str
    coordinator_node: str
    reason: str

    @property
    def subject(self) -> str:
        """What the trail calls it."""
        return f"share_request:{self.id}"

    @property
    def parties(self) -> Parties:
        """Who shares in it."""
        return Parties(
            self.asked.consumer,
            self.asked.provider,
            self.consumer_node,
            self.provider_node,
            self.coordinator_node,
        )


class _Id(NamedTuple):
    id: UUID


def days() -> Days:
    """The limits that hold here."""
    return Days(**settings.QIPAN_SHARING_DAYS)


def lock(request: UUID, act: Act, actor: Actor) -> Locked:
    """Lock a request on which this is theirs to do, and read it; raises NotTheirs."""
    found = lock_any(request)
    if not is_theirs(act, actor, found.parties):
        raise NotTheirs
    if actor.id in _barred(found, ROLES[act]):
        raise NotTheirs
    return found


def lock_any(request: UUID) -> Locked:
    """Lock a request and read it; raises NotTheirs where there is none."""
    found = records.first(Locked, READ, [request]) if records.first(_Id, LOCK, [request]) else None
    if found is None:
        raise NotTheirs
    return found._replace(asked=asked_in(cast("Mapping[str, object]", found.asked)))


def _barred(found: Locked, role: Role) -> set[int | None]:
    """Who may not act in a role, whatever post they hold by now: nobody decides what they asked, or settles what they decided."""
    return {
        Role.APPROVER: {found.requester, found.coordinator},
        Role.COORDINATOR: {found.requester, found.approver},
    }.get(role, {found.approver, found.coordinator})


def is_theirs(act: Act, actor: Actor, parties: Parties) -> bool:
    """Whether an act on a request of these parties belongs to this official: what is elsewhere is decided there."""
    if actor.kind != "official" or actor.role != ROLES[act]:
        return False
    match ROLES[act]:
        case Role.COORDINATOR:
            return _settles(act, actor, parties)
        case Role.REQUESTER:
            mine = not parties.consumer_node and actor.agency == parties.consumer
            return mine and (act is not Act.DISPUTE or not parties.peers or bool(superior_node()))
        case _:
            return not parties.provider_node and actor.agency == parties.provider


def _settles(act: Act, actor: Actor, parties: Parties) -> bool:
    """Whether this coordinator decides; for the provider, what is decided is signed here, or ordered of its node."""
    if parties.coordinator_node or (
        act is not Act.UPHOLD and (act is Act.ORDER) != bool(parties.provider_node)
    ):
        return False
    return is_above(actor.agency, parties.consumer, parties.provider)


def is_repeated(found: Locked, act: Act, actor: Actor) -> bool:
    """Whether this act is what brought the request where it stands, by the same official. See Note [One decision]."""
    results = {moves[act] for moves in TRANSITIONS.values() if act in moves}
    doers = {
        Role.APPROVER: found.approver,
        Role.COORDINATOR: found.coordinator,
        Role.REQUESTER: found.requester,
    }
    return found.state in results and doers.get(ROLES[act]) == actor.id


def move(found: Locked, act: Act, acting: Acting, at: datetime, reason: str = "", **columns: object) -> None:
    """Move a locked request on, set its clock, write the entry and tell the other nodes; raises NotInThisState and Unreasoned."""
    move_here(found, act, acting.entry, at=at, reason=reason, **columns)
    told = found.parties._replace(
        coordinator_node=str(columns.get("coordinator_node", found.coordinator_node))
    )
    for peer in told.peers:
        _tell(found, act, acting, at, peer=peer, reason=reason, columns=columns)


def move_here(
    found: Locked,
    act: Act,
    entry: Callable[..., NewEntry],
    *,
    at: datetime,
    reason: str,
    **columns: object,
) -> None:
    """The same without telling anybody, as what another node told us; ``entry`` words who did it for the trail."""
    if act in REASONED and not reason.strip():
        raise Unreasoned
    try:
        state = transition(State(found.state), act)
    except UnableToMove as refusal:
        raise NotInThisState from refusal
    clock = _clock(found, act, state, timezone.localdate(at))
    ended = {"ended_at": at} if state in ENDED else {}
    said = {"reason": reason} if reason else {}
    ledger.append([entry(f"{act}_share_request", found.subject, **said, **_told(columns))], at)
    kept = {} if act is Act.DISPUTE else said  # the answer that is disputed stands beside it
    ShareRequest.objects.filter(id=found.id).update(state=state, **clock, **ended, **kept, **columns)


def _tell(
    found: Locked,
    act: Act,
    acting: Acting,
    at: datetime,
    *,
    peer: str,
    reason: str,
    columns: Mapping[str, object],
) -> None:
    """Write to another node what was done here; of the signatures, our own side's."""
    document = columns.get("document") or (found.document if act is Act.SIGN else None)
    own = "consumer" if found.provider_node else "provider"
    signatures = columns.get("signatures")
    signed = signatures.get(own, {}) if isinstance(signatures, Mapping) else {}
    third = act is Act.DISPUTE and peer not in {found.consumer_node, found.provider_node}
    asked = asked_for({**found.asked._asdict(), **columns}) if act is Act.RESUBMIT or third else None
    granted = columns.get("granted")
    write_letter(
        Matter(found.id, peer, acting.actor.agency),
        act,
        acting.actor,
        at,
        reason=one_line(reason),
        fields=tuple(granted) if isinstance(granted, list) else (),
        grant=bytes(document).decode() if isinstance(document, bytes | memoryview) else "",
        key=signed.get("key", ""),
        signature=signed.get("signature", ""),
        asked=asked,
        provider=found.provider_node if third else "",
        answer=one_line(found.reason) if third else "",
    )


def _clock(found: Locked, act: Act, state: State, today: date) -> dict[str, object]:
    """A return stops the clock, the answer lets it go on; any other act begins the one of its state."""
    share = Share(found.share)
    if act is Act.RETURN:
        return {"paused_on": today, "due_on": None}
    if act is Act.RESUBMIT:
        paused = found.paused_days + max(0, _working_days(found.paused_on, today))
        day = due(state, share, days(), found.since, WORKING_DAYS, paused=paused)
        return {"paused_on": None, "paused_days": paused, "due_on": day}
    return {
        "since": today,
        "due_on": due(state, share, days(), today, WORKING_DAYS),
        "paused_days": 0,
        "paused_on": None,
    }


def _working_days(since: date | None, today: date) -> int:
    return working_days(since, today, WORKING_DAYS) if since else 0


def _told(columns: Mapping[str, object]) -> dict[str, object]:
    """What of the change the trail says: which fields, which grant."""
    told: dict[str, object] = {}
    if granted := columns.get("granted"):
        told["fields"] = granted
    if grant := columns.get("grant"):
        told["grant"] = str(grant)
    return told
