"""A dispute between two nodes: the hub's coordinator settles it, the provider's own node signs, and nobody else has a say.

The node ``here`` is in turn the requester's, the provider's, and the hub.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from qipan.core.grants import SIGNED_GRANT
from qipan.core.share_acts import ShareAct
from qipan.exchange import queries as exchange
from qipan.exchange.errors import UnableToTake
from qipan.exchange.trust import Trust, signer_of, write_trust
from qipan.sharing import operations, queries
from qipan.sharing.errors import LessThanOrdered, NotTheirs, OutOfTurn, UnableToTakeAct, Unreasoned
from qipan.sharing.models import ShareRequest
from qipan.sharing.signers import Signer
from tests.nodes.acts import SIGNING, THEIRS, granted, hold_there, letters, theirs, told
from tests.nodes.listed import HERE, HUB, NOW, SIGNER, THERE, accept, list_with_hub, signed
from tests.sharing.conftest import HOSPITAL, PROVINCE, Pool, enter

BUREAU = "330000.data_bureau"
NINGBO = "330200.health"
ASKED = THEIRS._replace(consumer=NINGBO, fields=("person.name", "person.marital_status"))
FIELDS = ["person.name"]
Node = Callable[[str], Pool]


@pytest.fixture
def node(db: None, settings: Settings, tmp_path: Path) -> Node:
    """`node("here")`: the pool of a node that has joined the hub; `node("hub")`: the hub's own."""

    def enter_as(name: str) -> Pool:
        settings.QIPAN_NODE, settings.QIPAN_HOME = name, tmp_path
        found = enter(tmp_path)
        accept(list_with_hub())
        if name == "hub":
            signer_of(tmp_path)
        else:
            write_trust(tmp_path, Trust(SIGNER.public, "http://hub.example"))
        return found

    return enter_as


def do(pool: Pool, name: str, act: str, request: UUID, **more: Any) -> None:
    """Have somebody here do something."""
    acts: dict[str, Callable[..., object]] = {
        "refuse": operations.refuse_request, "dispute": operations.dispute_request, "uphold": operations.uphold_refusal,
        "order": operations.order_sharing, "overturn": operations.overturn_refusal, "approve": operations.approve_request,
        "sign": operations.sign_grant, "withdraw": operations.withdraw_request,
    }  # fmt: skip
    with transaction.atomic():
        acts[act](acting=pool[name], request=request, at=NOW, **more)


def state(request: UUID) -> str:
    return str(ShareRequest.objects.get(id=request).state)


def ruled(request: UUID, act: str = "order", number: int = 1, **changes: Any) -> ShareAct:
    """What the hub's coordinator decided."""
    usual = {
        "node": "hub",
        "agency": BUREAU,
        "official": "协调员",
        "reason": "依法应当共享",
        "fields": tuple(FIELDS),
    }
    return theirs(request, number, act, **{**usual, **changes})


def provider(request: UUID, number: int, act: str, **changes: Any) -> ShareAct:
    """What the provider at the other node did."""
    return theirs(request, number, act, agency=PROVINCE, official="张警官", **changes)


# --- Where the requester is


@pytest.fixture
def disputed(node: Node) -> tuple[Pool, UUID]:
    """A request of ours that the other node refused, and that we disputed."""
    pool = node("here")
    hold_there()
    request = pool.asked(at=NOW)
    told(provider(request, 1, "refuse", reason="没有依据"))
    do(pool, "requester", "dispute", request, reason="有依据")
    return pool, request


def test_a_dispute_goes_to_the_provider_and_to_the_hub_with_what_it_is_about(
    disputed: tuple[Pool, UUID],
) -> None:
    _, request = disputed
    assert [one.act for one in letters()] == ["submit", "dispute"]
    [letter] = letters("hub")
    assert letter.asked is not None
    assert (letter.number, letter.to, letter.provider, letter.answer) == (1, "hub", "there", "没有依据")
    assert (letter.asked.resource, letter.asked.consumer, letter.reason) == ("population", HOSPITAL, "有依据")
    assert state(request) == "disputed"


def test_what_the_hub_orders_the_provider_signs_and_no_less(disputed: tuple[Pool, UUID]) -> None:
    pool, request = disputed
    asked = letters()[0].asked
    assert asked is not None
    both = granted(asked)
    with pytest.raises(OutOfTurn):  # the provider's letter overtook the hub's
        told(provider(request, 2, "approve", **both))
    assert told(ruled(request, fields=asked.fields), HUB) == "ok"
    row = queries.request(request, pool["requester"].actor)
    assert row is not None
    assert (row.state, row.granted, row.decided_by, row.reason) == (
        "ordered",
        asked.fields,
        "协调员",
        "依法应当共享",
    )
    less = granted(asked, fields=("person.name",))
    with pytest.raises(UnableToTakeAct):
        told(provider(request, 2, "approve", **less))
    assert told(provider(request, 2, "approve", **both)) == "ok"
    do(pool, "requester", "sign", request, signer=SIGNING["here"])
    assert state(request) == "granted"
    assert [one.act for one in letters("hub")] == ["dispute", "sign"]


def test_what_the_hub_upholds_is_at_its_end(disputed: tuple[Pool, UUID]) -> None:
    _, request = disputed
    for _time in range(2):
        assert told(ruled(request, "uphold"), HUB) == "ok"
    assert state(request) == "upheld"


def test_a_decision_after_a_withdrawal_changes_nothing(disputed: tuple[Pool, UUID]) -> None:
    pool, request = disputed
    do(pool, "requester", "withdraw", request)
    assert told(ruled(request), HUB) == "passed-by"
    assert state(request) == "withdrawn"


def test_nobody_but_the_hubs_coordinator_settles(disputed: tuple[Pool, UUID]) -> None:
    pool, request = disputed
    for act in ("order", "uphold"):
        with pytest.raises(UnableToTakeAct):  # the provider's node, in its own name
            told(ruled(request, act, node="there", number=2))
        with pytest.raises(UnableToTake):  # or in the hub's
            told(ruled(request, act), THERE)
        with pytest.raises(UnableToTakeAct):  # an agency that stands above neither
            told(ruled(request, act, agency="330200.data_bureau"), HUB)
        with pytest.raises(NotTheirs):  # who holds the post here
            do(
                pool,
                "coordinator",
                act,
                request,
                reason="x",
                **({"fields": FIELDS} if act == "order" else {}),
            )
    for wrong in (("overturn", {}), ("order", {"fields": ("person.phone",)}), ("order", {"fields": ()})):
        with pytest.raises(UnableToTakeAct):
            told(ruled(request, wrong[0], **wrong[1]), HUB)
    with pytest.raises(UnableToTakeAct):  # a letter to somebody else
        told(ruled(request, to="there"), HUB)
    assert state(request) == "disputed"


def test_without_a_hub_there_is_nobody_to_bring_it_to(node: Node, tmp_path: Path) -> None:
    pool = node("here")
    hold_there()
    (tmp_path / "joined.json").unlink()
    request = pool.asked(at=NOW)
    told(provider(request, 1, "refuse", reason="没有依据"))
    with pytest.raises(NotTheirs):
        do(pool, "requester", "dispute", request, reason="有依据")


# --- Where the provider is


@pytest.fixture
def refused(node: Node) -> tuple[Pool, UUID]:
    """A request of the other node's that was refused here."""
    pool = node("here")
    request = uuid4()
    told(theirs(request, 1, "submit", asked=ASKED, agency=NINGBO))
    do(pool, "approver", "refuse", request, reason="没有依据")
    return pool, request


def test_the_provider_obeys_an_order_with_its_own_signature(refused: tuple[Pool, UUID]) -> None:
    pool, request = refused
    with pytest.raises(OutOfTurn):  # the hub's letter overtook the requester's
        told(ruled(request), HUB)
    told(theirs(request, 2, "dispute", reason="有依据", agency=NINGBO))
    with pytest.raises(NotTheirs):
        do(pool, "coordinator", "overturn", request, fields=FIELDS, reason="x", signer=SIGNING["here"])
    assert told(ruled(request), HUB) == "ok"
    sign = {"signer": SIGNING["here"]}
    with pytest.raises(LessThanOrdered):
        do(pool, "approver", "approve", request, fields=["person.marital_status"], reason="x", **sign)
    do(
        pool, "approver", "approve", request, fields=FIELDS, **sign
    )  # who refused may obey, and needs no reason
    assert [one.act for one in letters()] == ["refuse", "approve"]
    [letter] = letters("hub")
    assert (letter.act, letter.fields) == ("approve", tuple(FIELDS))
    row = queries.request(request, pool["approver"].actor)
    assert row is not None
    assert (row.state, row.decided_by) == ("approved", "approver")


# --- At the hub


@pytest.fixture
def brought(node: Node) -> tuple[Pool, UUID]:
    """At the hub: a dispute between two other nodes."""
    pool = node("hub")
    request = uuid4()
    told(dispute(request))
    return pool, request


def dispute(request: UUID, **changes: Any) -> ShareAct:
    usual = {
        "to": "hub",
        "agency": NINGBO,
        "asked": ASKED,
        "provider": "here",
        "answer": "没有依据",
        "reason": "有依据",
    }
    return theirs(request, 1, "dispute", **{**usual, **changes})


def test_the_hub_decides_and_both_are_told_but_cannot_sign_for_the_provider(
    brought: tuple[Pool, UUID],
) -> None:
    pool, request = brought
    [line] = queries.requests(pool["coordinator"].actor, shown="mine", today=NOW.date())
    assert (line.id, line.state) == (request, "disputed")
    row = queries.request(request, pool["coordinator"].actor)
    assert row is not None
    assert (row.consumer_node, row.provider_node, row.reason) == ("there", "here", "没有依据")
    assert row.history[-1]["reason"] == "有依据"
    with pytest.raises(NotTheirs):
        do(
            pool,
            "coordinator",
            "overturn",
            request,
            fields=FIELDS,
            reason="x",
            signer=Signer("hub", HUB),
        )
    with pytest.raises(NotTheirs):
        do(pool, "county coordinator", "order", request, fields=FIELDS, reason="x")
    with pytest.raises(Unreasoned):
        do(pool, "coordinator", "order", request, fields=FIELDS, reason=" ")
    for _time in range(2):
        do(pool, "coordinator", "order", request, fields=FIELDS, reason="依法应当共享")
    for peer in ("there", "here"):
        [letter] = letters(peer)
        assert (letter.act, letter.fields, letter.node, letter.to) == ("order", tuple(FIELDS), "hub", peer)


def test_the_hub_follows_to_the_grant_and_has_no_part_in_it(brought: tuple[Pool, UUID]) -> None:
    pool, request = brought
    do(pool, "coordinator", "order", request, fields=[*ASKED.fields], reason="依法应当共享")
    approval = granted(ASKED, key=HERE)
    own = {"to": "hub", "node": "here", "agency": PROVINCE}
    assert told(theirs(request, 1, "approve", **own, **approval), HERE) == "ok"
    signature = THERE.sign(SIGNED_GRANT + approval["grant"].encode())
    sign = {"to": "hub", "agency": NINGBO, "key": signed(THERE, b"").key, "signature": signature.hex()}
    assert told(theirs(request, 2, "sign", **sign)) == "ok"
    row = ShareRequest.objects.get(id=request)
    assert (row.state, row.grant) == ("granted", None)
    assert exchange.standing_grants("hub", NOW) == []


@pytest.mark.parametrize(
    "change",
    [
        {"provider": "there"},
        {"provider": "hub"},
        {"provider": ""},
        {"asked": None},
        {"asked": ASKED._replace(resource="nothing")},
        {"asked": ASKED._replace(fields=("person.phone",))},
        {"act": "withdraw"},
    ],
    ids=str,
)
def test_the_hub_takes_no_dispute_that_is_none(node: Node, change: dict[str, Any]) -> None:
    node("hub")
    with pytest.raises(UnableToTakeAct):
        told(dispute(uuid4())._replace(**change))
    assert not ShareRequest.objects.exists()


def test_another_node_is_not_made_the_hub_by_a_letter(node: Node) -> None:
    node("here")
    with pytest.raises(UnableToTakeAct):
        told(dispute(uuid4(), to="here", provider="hub"))


def test_where_the_hub_is_the_provider_its_coordinator_decides_and_its_node_signs(node: Node) -> None:
    pool = node("hub")
    request = uuid4()
    told(theirs(request, 1, "submit", asked=ASKED, to="hub", agency=NINGBO))
    do(pool, "approver", "refuse", request, reason="没有依据")
    told(theirs(request, 2, "dispute", reason="有依据", to="hub", agency=NINGBO))
    with pytest.raises(NotTheirs):
        do(pool, "coordinator", "order", request, fields=FIELDS, reason="x")
    do(
        pool,
        "coordinator",
        "overturn",
        request,
        fields=FIELDS,
        reason="依法应当共享",
        signer=Signer("hub", HUB),
    )
    assert [one.act for one in letters()] == ["refuse", "overturn"]
    assert letters()[-1].grant
    assert state(request) == "approved"


def test_what_the_hub_overturns_as_the_provider_is_signed_at_the_requesters(node: Node) -> None:
    pool = node("here")
    hold_there("hub", HUB)
    request = pool.asked(at=NOW)
    asked = letters("hub")[0].asked
    assert asked is not None
    told(provider(request, 1, "refuse", reason="没有依据", node="hub"), HUB)
    do(pool, "requester", "dispute", request, reason="有依据")
    assert [one.act for one in letters("hub")] == ["submit", "dispute"]
    overturned = {**granted(asked, key=HUB), "reason": "依法应当共享"}
    assert told(ruled(request, "overturn", 2, **overturned), HUB) == "ok"
    do(pool, "requester", "sign", request, signer=Signer("here", HERE))
    assert state(request) == "granted"
