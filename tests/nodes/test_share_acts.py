"""A request that two nodes share in: what the other side tells is taken in order and once, from whose turn it is, as it was asked."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from qipan.core.grants import SIGNED_GRANT, read_grant
from qipan.core.share_acts import AskedFor, NotAnAct, ShareAct, read_act
from qipan.exchange import queries as exchange
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import Signed
from qipan.sharing import operations
from qipan.sharing.errors import NotTheirs, OutOfTurn, UnableToTakeAct
from qipan.sharing.letters import letters_to_send, settle_letter
from qipan.sharing.models import ShareLetter, ShareRequest
from tests.nodes.acts import SIGNING, THEIRS, granted, hold_there, letters, theirs, told
from tests.nodes.listed import HERE, NOW, SIGNER, THERE, accept, node_list, signed
from tests.sharing.conftest import HOSPITAL, PROVINCE, Pool, enter


@pytest.fixture
def pool(db: None, settings: Settings, tmp_path: Path) -> Pool:
    """The pool of the node ``here``, which is in a list with another."""
    settings.QIPAN_NODE = "here"
    found = enter(tmp_path)
    accept(node_list(2))
    return found


@pytest.fixture
def held_there(pool: Pool) -> Pool:
    """The same where the other node holds the population."""
    hold_there()
    return pool


def submitted(asked: AskedFor = THEIRS) -> UUID:
    request = uuid4()
    told(theirs(request, 1, "submit", asked=asked))
    return request


def approved(pool: Pool, request: UUID) -> ShareAct:
    with transaction.atomic():
        operations.approve_request(
            acting=pool["approver"], request=request, fields=["person.name"], signer=SIGNING["here"], at=NOW
        )
    return letters()[-1]


def test_an_act_reads_as_it_was_written_and_in_no_other_way() -> None:
    one = theirs(uuid4(), 1, "submit", asked=THEIRS)
    assert read_act(one.document()) == one
    for spoilt in (b" " + one.document(), one.document().replace(b'"number":1', b'"number":-1'), b"{}", b"x"):
        with pytest.raises(NotAnAct):
            read_act(spoilt)


def test_a_request_from_elsewhere_is_decided_here_and_in_force_at_both(pool: Pool) -> None:
    request = submitted()
    act = approved(pool, request)
    assert (act.act, act.fields, act.node) == ("approve", ("person.name",), "here")
    grant = read_grant(act.grant.encode())
    assert (grant.provider, grant.consumer) == (("here", PROVINCE), ("there", "310000.health"))
    signature = THERE.sign(SIGNED_GRANT + act.grant.encode())
    sign = theirs(request, 2, "sign", key=signed(THERE, b"").key, signature=signature.hex())
    assert told(sign) == "ok"
    assert told(sign) == "ok", "the same again changes nothing"
    row = ShareRequest.objects.get()
    assert (row.state, str(row.grant), row.requester) == ("granted", grant.id, 0)
    assert exchange.grant(grant.id)
    assert ShareLetter.objects.filter(outward=False).count() == 2


def test_a_request_of_ours_goes_there_and_comes_back_granted(held_there: Pool) -> None:
    request = held_there.asked(at=NOW)
    [asked] = letters()
    assert asked.asked
    assert (asked.act, asked.asked.resource, asked.asked.consumer) == ("submit", "population", HOSPITAL)
    ours = ShareRequest.objects.get(id=request)
    assert ours.provider_node == "there"
    with pytest.raises(NotTheirs):  # nobody decides here, even who stands for that agency here
        approved(held_there, request)
    document = granted(asked.asked)
    told(replace_agency(theirs(request, 1, "approve", **document)))
    with transaction.atomic():
        operations.sign_grant(acting=held_there["requester"], request=request, signer=SIGNING["here"], at=NOW)
    assert ShareRequest.objects.get(id=request).state == "granted"
    assert [one.act for one in letters()] == ["submit", "sign"]
    told(replace_agency(theirs(request, 2, "revoke", reason="不再需要")))
    assert ShareRequest.objects.get(id=request).state == "revoked"


def replace_agency(act: ShareAct) -> ShareAct:
    return act._replace(agency=PROVINCE)


@pytest.mark.parametrize(
    "change",
    [
        {"fields": ("person.name", "person.household_region")},
        {"purpose_zh": "别的"},
        {"ends": NOW + timedelta(days=1000)},
        {"volume": 9_999_999},
        {"resource": "marriage"},
        {"begins": NOW - timedelta(days=400)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_grant_that_is_not_what_was_asked_is_not_taken(held_there: Pool, change: Mapping[str, Any]) -> None:
    request = held_there.asked(at=NOW)
    [asked] = letters()
    assert asked.asked
    with pytest.raises(UnableToTakeAct):
        told(replace_agency(theirs(request, 1, "approve", **granted(asked.asked, **change))))
    assert ShareRequest.objects.get(id=request).state == "submitted"


def test_only_the_side_whose_turn_it_is_acts_and_only_its_node_tells(pool: Pool) -> None:
    request = submitted()
    for act in ("approve", "return", "refuse", "revoke", "overturn", "nonsense"):
        with pytest.raises(UnableToTakeAct):
            told(theirs(request, 2, act, reason="x"))
    with pytest.raises(UnableToTake):
        told(theirs(request, 2, "withdraw"), HERE)
    with pytest.raises(UnableToTakeAct):
        told(theirs(uuid4(), 1, "withdraw"))
    with pytest.raises(OutOfTurn):
        told(theirs(request, 3, "withdraw"))
    ours = pool.asked("ours", at=NOW)
    with pytest.raises(UnableToTakeAct):
        told(theirs(ours, 1, "withdraw"))
    assert ShareRequest.objects.get(id=request).state == "submitted"
    assert told(theirs(request, 2, "withdraw")) == "ok"
    assert ShareRequest.objects.get(id=request).state == "withdrawn"


@pytest.mark.parametrize(
    "change",
    [
        {"resource": "nonsense"},
        {"provider": "330106.hospital"},
        {"fields": ("person.id_number",)},
        {"fields": ()},
        {"purpose": ""},
        {"basis": ()},
        {"volume": 0},
        {"modes": ("push",)},
        {"until": NOW.date()},
    ],
    ids=str,
)
def test_what_cannot_be_asked_for_here_cannot_be_from_elsewhere(
    pool: Pool, change: Mapping[str, Any]
) -> None:
    with pytest.raises(UnableToTakeAct):
        submitted(THEIRS._replace(**change))
    assert not ShareRequest.objects.exists()


def test_what_comes_too_late_changes_nothing_and_is_kept(pool: Pool) -> None:
    """The requester there withdraws while the approver here refuses: whoever was first at each node, both are at an end."""
    request = submitted()
    with transaction.atomic():
        operations.refuse_request(acting=pool["approver"], request=request, reason="不符", at=NOW)
    assert told(theirs(request, 2, "withdraw")) == "passed-by"
    assert ShareRequest.objects.get(id=request).state == "refused"


def test_a_letter_waits_until_it_is_taken(held_there: Pool) -> None:
    request = held_there.asked(at=NOW)
    with transaction.atomic():
        operations.withdraw_request(acting=held_there["requester"], request=request, at=NOW)
    for act in ("submit", "withdraw"):  # one after the other
        [letter] = letters_to_send()
        assert (letter.peer, read_act(letter.document).act) == ("there", act)
        settle_letter(letter, "ok", NOW)
    assert letters_to_send() == []


def test_a_forged_letter_is_refused(pool: Pool) -> None:
    act = theirs(uuid4(), 1, "submit", asked=THEIRS)
    with pytest.raises(UnableToTake):
        told(act, SIGNER)
    with pytest.raises(UnableToTake):
        operations.take_act(document=act.document(), signed=Signed("0" * 16, b"\0" * 64), at=NOW)
    assert not ShareRequest.objects.exists()
