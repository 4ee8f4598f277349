"""The grants that the sample's nodes made with each other: whoever runs life events may look up, for each, what others hold.

In life each is asked for, decided and signed in the pool; the demo begins where that was done.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from qipan.adapters.seals import PrivateKey
from qipan.agencies.queries import agency_code
from qipan.core.declarations import Level, Library, LifeEvent, Resource, Share
from qipan.core.grants import SIGNED_GRANT, End, Grant, Mode, Rows
from qipan.core.nodes import key_id
from qipan.core.pool_index import index
from qipan.exchange.operations import Signed
from qipan.sample.shares import CITY, HUB, SampleNode, holder_of

VALID = timedelta(days=365)
RENEWED = timedelta(days=60)
A_DAY = 1_000_000  # rows
A_YEAR = 365  # days
FLOWING, FLOWING_BY = "population", "person.household_county"
NEAREST = "330106"  # of several agencies side by side, the story's
CONSUMERS = {HUB: "330000.data_bureau", CITY: "330100.data_bureau"}


class SignedGrant(NamedTuple):
    """A grant's bytes as both parties signed them."""

    document: bytes
    signatures: Mapping[str, Signed]


def agreed(path: Path, library: Library, keys: Mapping[str, PrivateKey], at: datetime) -> list[SignedGrant]:
    """The grants in this file, or new ones put there where what should be granted, or whoever signs, is another by now."""
    wanted = [*_wanted(library, at), *_flowing_back(library, at)]
    kept = _kept(path)
    if kept is not None and _same(kept, wanted, keys, at):
        return kept
    made = [_signed(one, keys) for one in wanted]
    path.write_text(json.dumps([_written(one) for one in made], ensure_ascii=False), encoding="utf-8")
    return made


def read_agreed(path: Path) -> list[SignedGrant]:
    """The grants in a file."""
    return _kept(path) or []


def purpose_of(library: Library, event: LifeEvent, resource: Resource) -> tuple[str, str]:
    """For what a resource is looked up in an event: as its grant in the library says, else to handle the event."""
    for one in library.grants.values():
        if (one.resource, one.event) == (resource.name, event.name) and one.purpose:
            return one.purpose.zh, one.purpose.say("en")
    return f"办理“{event.title.zh}”", f"To handle “{event.title.say('en')}”"


def _wanted(library: Library, at: datetime) -> Iterator[Grant]:
    uses = index(library).uses
    for consumer, agency in CONSUMERS.items():
        for resource in library.resources.values():
            if resource.source is None or resource.share is Share.WITHHELD:
                continue
            holder = holder_of(str(resource.source["register"]))
            for name in (
                dict.fromkeys(use.event for use in uses[resource.name]) if holder is not consumer else ()
            ):
                yield _grant(
                    library,
                    library.events[name],
                    resource,
                    _ends(holder, resource, library, consumer, agency),
                    at,
                )


def _flowing_back(library: Library, at: datetime) -> Iterator[Grant]:
    """What flows back 数据回流: a city has its own residents' rows of a provincial register sent to it, and all that changes."""
    resource = library.resources.get(FLOWING)
    if resource is None:
        return
    begins = at.astimezone(UTC).replace(microsecond=0) - timedelta(minutes=1)
    provider, consumer = _ends(HUB, resource, library, CITY, CONSUMERS[CITY])
    yield Grant(
        id=str(uuid4()),
        resource=resource.name,
        provider=provider,
        consumer=consumer,
        purpose_zh="本市户籍人口数据回流",
        purpose_en="Residents' data flow back to their city",
        basis=resource.legal_basis,
        fields=tuple(map(str, resource.gives)),
        begins=begins,
        ends=begins + VALID,
        rows=Rows(CITY.division, FLOWING_BY, own_cases=False),
        modes=(Mode.PUSH,),
        volume=A_DAY,
        retention=A_YEAR,
    )


def _grant(
    library: Library, event: LifeEvent, resource: Resource, ends: tuple[End, End], at: datetime
) -> Grant:
    begins = at.astimezone(UTC).replace(microsecond=0) - timedelta(minutes=1)
    zh, en = purpose_of(library, event, resource)
    declared = [
        one for one in library.grants.values() if (one.resource, one.event) == (resource.name, event.name)
    ]
    grounds = [basis for one in declared for basis in one.legal_basis]
    return Grant(
        id=str(uuid4()),
        resource=resource.name,
        provider=ends[0],
        consumer=ends[1],
        purpose_zh=zh,
        purpose_en=en,
        basis=tuple(dict.fromkeys(grounds or resource.legal_basis)) or ("政务数据共享条例",),
        fields=tuple(map(str, resource.gives)),
        begins=begins,
        ends=begins + VALID,
        event=event.name,
        volume=A_DAY,
    )


def _ends(
    holder: SampleNode, resource: Resource, library: Library, consumer: SampleNode, agency: str
) -> tuple[End, End]:
    levels = library.agencies[resource.agency].levels
    highest = next(
        one for one in Level if one in levels and (one is not Level.PROVINCE or holder.division == "33")
    )
    place = NEAREST if highest is Level.COUNTY else holder.division
    return End(holder.name, agency_code(resource.agency, highest, place)), End(consumer.name, agency)


def _signed(grant: Grant, keys: Mapping[str, PrivateKey]) -> SignedGrant:
    document = grant.document()
    parties = {"provider": keys[grant.provider.node], "consumer": keys[grant.consumer.node]}
    return SignedGrant(
        document,
        {
            party: Signed(key_id(key.suite, key.public.raw), key.sign(SIGNED_GRANT + document))
            for party, key in parties.items()
        },
    )


def _same(
    kept: Sequence[SignedGrant], wanted: Sequence[Grant], keys: Mapping[str, PrivateKey], at: datetime
) -> bool:
    """Whether what is kept grants the same as what is wanted, is signed by these keys and holds on."""

    def said(document: bytes) -> dict[str, Any]:
        return {
            name: value for name, value in json.loads(document).items() if name not in {"id", "from", "until"}
        }

    ids = {key_id(key.suite, key.public.raw) for key in keys.values()}
    signers = {one.key for each in kept for one in each.signatures.values()}
    if not kept or [said(one.document) for one in kept] != [said(one.document()) for one in wanted]:
        return False
    until = datetime.fromisoformat(json.loads(kept[0].document)["until"])
    return signers <= ids and until - at > RENEWED


def _written(one: SignedGrant) -> dict[str, object]:
    signatures = {party: [each.key, each.signature.hex()] for party, each in one.signatures.items()}
    return {"document": one.document.decode(), "signatures": signatures}


def _kept(path: Path) -> list[SignedGrant] | None:
    if not path.exists():
        return None
    return [
        SignedGrant(
            one["document"].encode(),
            {
                party: Signed(key, bytes.fromhex(signature))
                for party, (key, signature) in one["signatures"].items()
            },
        )
        for one in json.loads(path.read_text(encoding="utf-8"))
    ]
