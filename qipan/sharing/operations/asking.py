"""Asking for shared data, and taking the question back."""

from datetime import date, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from qipan import records
from qipan.adapters.working_days import WORKING_DAYS
from qipan.catalogue import queries as catalogue
from qipan.core import canonical
from qipan.core.declarations import Library
from qipan.core.share_acts import SUBMIT
from qipan.core.sharing import Act, Role, State, due
from qipan.ledger import operations as ledger
from qipan.people.actors import Acting
from qipan.sharing import queries
from qipan.sharing.errors import NotTheirs, UnableToRequest
from qipan.sharing.holding import holder_of
from qipan.sharing.letters import Matter, asked_for, write_letter
from qipan.sharing.locked import days, is_repeated, lock, move
from qipan.sharing.numbering import request_number
from qipan.sharing.wanted import AMENDED, Wanted, problems_of, rows_of

STORE = """
INSERT INTO share_requests (id, number, idempotency_key, resource, version, share, consumer, provider, requester, event, services,
  purpose, purpose_en, basis, fields, region, region_field, own_cases, modes, volume, retention, until, state, submitted_at, since,
  due_on, paused_days, granted, reason, signatures, consumer_node, provider_node, asked_by)
VALUES (%(id)s, %(number)s, %(key)s, %(resource)s, %(version)s, %(share)s, %(consumer)s, %(provider)s, %(requester)s, %(event)s,
  %(services)s, %(purpose)s, %(purpose_en)s, %(basis)s, %(fields)s, %(region)s, %(region_field)s, %(own_cases)s, %(modes)s,
  %(volume)s, %(retention)s, %(until)s, %(state)s, %(at)s, %(since)s, %(due_on)s, 0, '{}', '', '{}',
  %(consumer_node)s, %(provider_node)s, %(asked_by)s)
ON CONFLICT (requester, idempotency_key) DO NOTHING
"""


def submit_request(*, acting: Acting, wanted: Wanted, idempotency_key: str, at: datetime) -> UUID:
    """Ask for a resource in the name of one's agency; the same key again gives the request that it made.

    Raises NotTheirs and UnableToRequest.
    """
    actor = acting.actor
    if actor.kind != "official" or actor.role != Role.REQUESTER:
        raise NotTheirs
    version = catalogue.current_version()
    row = _row(wanted, actor.agency, catalogue.library(version), timezone.localdate(at))
    new = {"id": uuid4(), "key": idempotency_key, "requester": actor.id, "version": version, "at": at}
    new["number"] = request_number(timezone.localdate(at))
    row |= {**new, "consumer": actor.agency, "consumer_node": "", "asked_by": ""}
    if not records.execute(STORE, row):
        return queries.request_by_key(actor.id, idempotency_key)
    if peer := str(row["provider_node"]):
        matter = Matter(UUID(str(new["id"])), peer, actor.agency)
        write_letter(matter, SUBMIT, actor, at, asked=asked_for(row))
    told = {"resource": wanted.resource, "provider": row["provider"], "digest": _digest(wanted)}
    ledger.append([acting.entry("submit_share_request", f"share_request:{new['id']}", **told)], at)
    return UUID(str(new["id"]))


def resubmit_request(*, acting: Acting, request: UUID, wanted: Wanted, at: datetime) -> None:
    """Answer a return: the request as it is now asked; the clock goes on. Raises NotTheirs, NotInThisState, UnableToRequest."""
    found = lock(request, Act.RESUBMIT, acting.actor)
    if is_repeated(found, Act.RESUBMIT, acting.actor):
        return
    today = timezone.localdate(at)
    row = _row(
        wanted._replace(resource=found.asked.resource),
        found.asked.consumer,
        catalogue.library(found.version),
        today,
    )
    kept = {name: row[name] for name in AMENDED}
    move(found, Act.RESUBMIT, acting, at, "", **kept)


def withdraw_request(*, acting: Acting, request: UUID, at: datetime) -> None:
    """Take a request back before anything was granted; raises NotTheirs and NotInThisState."""
    found = lock(request, Act.WITHDRAW, acting.actor)
    if not is_repeated(found, Act.WITHDRAW, acting.actor):
        move(found, Act.WITHDRAW, acting, at)


def _row(wanted: Wanted, consumer: str, library: Library, today: date) -> dict[str, object]:
    resource = library.resources.get(wanted.resource)
    holder = holder_of(resource, consumer, settings.QIPAN_NODE) if resource else None
    own = holder is not None and (holder.node, holder.agency) == ("", consumer)
    problems = problems_of(wanted, library, own=own, today=today)
    if problems or resource is None:
        raise UnableToRequest(problems)
    if holder is None or not holder.agency:
        raise UnableToRequest({"resource": "unknown"})
    state = State.SUBMITTED
    return {
        **wanted._asdict(),
        **{name: list(getattr(wanted, name)) for name in ("fields", "basis", "services", "modes")},
        **rows_of(wanted, consumer, library),
        "provider": holder.agency,
        "provider_node": holder.node,
        "share": str(resource.share),
        "state": str(state),
        "since": today,
        "due_on": due(state, resource.share, days(), today, WORKING_DAYS),
    }


def _digest(wanted: Wanted) -> str:
    """SM3 over what was asked, so that the trail shows if it was changed."""
    said = {**wanted._asdict(), "until": str(wanted.until)}
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}
    return canonical.digest(canonical.write(listed)).hex()
