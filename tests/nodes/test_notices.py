"""Corrections and recalls between nodes: whom they reach, who acknowledges, and what is refused of whoever tells them."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from qipan.adapters.seals import PrivateKey
from qipan.core.grants import SIGNED_GRANT, End, Grant
from qipan.core.posts import Power
from qipan.core.share_notices import (
    SIGNED_ANSWER,
    SIGNED_NOTICE,
    Answer,
    NotANotice,
    Notice,
    Receiver,
    read_answer,
    read_notice,
)
from qipan.exchange.errors import UnableToTake
from qipan.exchange.operations import issue_grant
from qipan.ledger.models import Entry
from qipan.people.actors import Actor
from qipan.sharing import operations, queries
from qipan.sharing.errors import NotTheirs, UnableToTakeNotice
from qipan.sharing.letters import Letter
from qipan.sharing.models import ShareNotice, ShareReceipt
from qipan.sharing.notice_letters import answers_to_send, notices_to_send, settle_answer, settle_notice
from tests.cast import MOTHER
from tests.nodes.listed import HERE, HUB, NOW, SIGNER, THERE, accept, node_list, signed
from tests.sharing.conftest import HOSPITAL, PROVINCE, Pool, enter

OURS, THEIRS = End("here", PROVINCE), End("there", "310000.health")
GIVER, GIVEN = End("there", PROVINCE), End("here", HOSPITAL)


@pytest.fixture
def pool(db: None, settings: Settings, tmp_path: Path) -> Pool:
    """The pool of the node ``here``, which is in a list with another."""
    settings.QIPAN_NODE = "here"
    found = enter(tmp_path)
    accept(node_list(2))
    return found


def granted(provider: End, consumer: End, resource: str = "population", **changes: Any) -> Grant:
    """A grant between the nodes, signed by both; by default in force."""
    keys = {"here": HERE, "there": THERE, "hub": HUB}
    usual: dict[str, Any] = {
        "id": str(uuid4()), "resource": resource, "provider": provider, "consumer": consumer, "purpose_zh": "核验",
        "purpose_en": "To check", "basis": ("民法典",), "fields": ("person.name",), "begins": NOW - timedelta(days=9),
        "ends": NOW + timedelta(days=30),
    }  # fmt: skip
    found = Grant(**{**usual, **changes})
    message = SIGNED_GRANT + found.document()
    signatures = {
        party: signed(keys[end.node], message)
        for party, end in (("provider", provider), ("consumer", consumer))
    }
    return issue_grant(document=found.document(), signatures=signatures, at=NOW)


def issued(pool: Pool, **changes: Any) -> UUID:
    """A recall of ours."""
    usual = {
        "kind": "recall", "resource": "population", "record": MOTHER, "fields": ["person.name"], "message": "姓名有误\n请删除",
    }  # fmt: skip
    with transaction.atomic():
        return operations.issue_notice(acting=pool["approver"], at=NOW, **{**usual, **changes})


def theirs(grant: Grant, **changes: Any) -> Notice:
    """A correction by the agency at the other node that gave ours data."""
    usual: dict[str, Any] = {
        "notice": str(uuid4()), "to": "here", "node": "there", "kind": "correction", "resource": "population",
        "provider": PROVINCE, "official": "李警官", "record": MOTHER, "library": 0, "fields": ("person.name",),
        "message": "姓名有误", "issued": NOW, "due": NOW.date() + timedelta(days=14),
        "receivers": (Receiver(grant.id, HOSPITAL),),
    }  # fmt: skip
    return Notice(**{**usual, **changes})


def told(notice: Notice, key: PrivateKey = THERE) -> None:
    """Have the other node tell a notice."""
    document = notice.document()
    with transaction.atomic():
        operations.take_notice(document=document, signed=signed(key, SIGNED_NOTICE + document), at=NOW)


def answered(answer: Answer, key: PrivateKey = THERE) -> None:
    """Have the other node tell what its agency did."""
    document = answer.document()
    with transaction.atomic():
        operations.take_answer(document=document, signed=signed(key, SIGNED_ANSWER + document), at=NOW)


def answer_to(number: UUID, **changes: Any) -> Answer:
    usual: dict[str, Any] = {
        "notice": str(number), "to": "here", "node": "there", "agency": THEIRS.agency, "official": "李医生",
        "answer": "已删除", "at": NOW,
    }  # fmt: skip
    return Answer(**{**usual, **changes})


def test_documents_read_as_they_were_written_and_in_no_other_way() -> None:
    notice = Notice(
        str(uuid4()), "here", "there", "recall", "population", PROVINCE, "李", "", 3, (), "有误", NOW, NOW.date(),
        (Receiver(str(uuid4()), HOSPITAL),),
    )  # fmt: skip
    answer = answer_to(uuid4())
    assert read_notice(notice.document()) == notice
    assert read_answer(answer.document()) == answer
    spoilt = [
        notice._replace(kind="x"), notice._replace(library=0), notice._replace(record="1"), notice._replace(message=""),
        notice._replace(receivers=()), notice._replace(due=NOW.date() - timedelta(days=1)),
        notice._replace(message="误" * 1001),
    ]  # fmt: skip
    for one in (
        *(one.document() for one in spoilt),
        b" " + notice.document(),
        answer.document(),
        b"{}",
        b"x",
    ):
        with pytest.raises(NotANotice):
            read_notice(one)
    for one in (answer._replace(answer="").document(), notice.document(), b"[]"):
        with pytest.raises(NotANotice):
            read_answer(one)


@pytest.mark.parametrize("mode", ["look-up", "push", "batch"])
def test_a_recall_goes_to_each_node_that_was_given_the_data_however_it_came_there(
    pool: Pool, mode: str
) -> None:
    ours = granted(OURS, End("here", HOSPITAL))
    grant = granted(OURS, THEIRS, modes=(mode,), ends=NOW - timedelta(days=1))  # also where it is over
    granted(OURS, THEIRS, resource="marriage")
    notice = issued(pool)
    [letter] = notices_to_send()
    said = read_notice(letter.document)
    assert (letter.peer, said.notice, said.record, said.message) == (
        "there",
        str(notice),
        MOTHER,
        "姓名有误 请删除",
    )
    assert said.receivers == (Receiver(grant.id, THEIRS.agency),)
    receipts = ShareReceipt.objects.order_by("node")
    assert [(str(one.grant), one.node, one.told_at) for one in receipts] == [
        (ours.id, "", NOW),
        (grant.id, "there", None),
    ]
    assert notices_to_send(without=["there"]) == []
    settle_notice(letter, "ok", NOW)
    assert notices_to_send() == []


def test_many_receivers_are_told_by_several_letters(pool: Pool) -> None:
    grants = {granted(OURS, THEIRS).id for _ in range(3)}
    issued(pool)
    [letter] = notices_to_send()
    said = read_notice(letter.document)
    told_first = said._replace(receivers=said.receivers[:2]).document()
    settle_notice(letter._replace(document=told_first), "ok", NOW)
    [rest] = notices_to_send()
    assert {one.grant for one in said.receivers} == grants
    assert read_notice(rest.document).receivers == said.receivers[2:]


def test_the_giver_sees_who_was_told_and_who_acknowledged(pool: Pool) -> None:
    granted(OURS, THEIRS)
    notice = issued(pool)
    [line] = queries.notices(pool["approver"].actor)
    assert [(one.node, one.told, one.acknowledged_at) for one in line.receipts] == [("there", False, None)]
    for _time in range(2):
        answered(answer_to(notice))
    answered(answer_to(notice, answer="没有删除", official="别人"))  # the first answer stands
    [line] = queries.notices(pool["approver"].actor)
    [receipt] = line.receipts
    assert (receipt.told, receipt.answer, receipt.who) == (True, "已删除", "李医生")
    entries = Entry.objects.filter(subject=f"share_notice:{notice}", act="acknowledge_share_notice")
    assert [entry.details for entry in entries] == [
        {"node": "there", "agency": THEIRS.agency, "official": "李医生"}
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"agency": "310000.tax"},
        {"notice": str(uuid4())},
        {"node": "here"},
        {"to": "there"},
        {"at": NOW + timedelta(minutes=5)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_answer_that_is_not_the_tellers_to_give_is_refused(pool: Pool, change: dict[str, Any]) -> None:
    granted(OURS, THEIRS)
    notice = issued(pool)
    with pytest.raises((UnableToTakeNotice, UnableToTake)):
        answered(answer_to(notice, **change))
    with pytest.raises(UnableToTake):
        answered(answer_to(notice), SIGNER)
    assert ShareReceipt.objects.get().acknowledged_at is None


def test_an_agency_here_is_told_what_another_nodes_agency_corrects_and_answers_it(pool: Pool) -> None:
    grant = granted(GIVER, GIVEN)
    notice = theirs(grant)
    for _time in range(2):
        told(notice)
    assert (ShareNotice.objects.count(), ShareReceipt.objects.count()) == (1, 1)
    assert answers_to_send() == []
    [line] = queries.notices(pool["requester"].actor)
    assert (line.node, line.provider, line.record, line.message) == ("there", PROVINCE, MOTHER, "姓名有误")
    with transaction.atomic():
        operations.acknowledge_notice(
            acting=pool["requester"], notice=UUID(notice.notice), answer="已改正\n谢谢", at=NOW
        )
    [letter] = answers_to_send()
    said = read_answer(letter.document)
    assert (letter.peer, said.notice, said.agency, said.answer) == (
        "there",
        notice.notice,
        HOSPITAL,
        "已改正 谢谢",
    )
    settle_answer(letter, "ok", NOW)
    assert answers_to_send() == []
    told(notice)  # late, and again: the answer stands
    assert ShareReceipt.objects.get().answer == "已改正\n谢谢"


def test_a_recall_that_overtakes_a_correction_stands_beside_it(pool: Pool) -> None:
    grant = granted(GIVER, GIVEN)
    later = theirs(grant, kind="recall", issued=NOW)
    told(later)
    told(theirs(grant, issued=NOW - timedelta(hours=1)))
    assert [one.kind for one in queries.notices(pool["requester"].actor)] == ["recall", "correction"]


def test_a_notice_in_anothers_name_is_refused(pool: Pool) -> None:
    """Of a grant that another gave, to whom it was not given, of another resource, for another node, or signed by another."""
    grant = granted(GIVER, GIVEN)
    own = granted(OURS, THEIRS)
    elsewhere = granted(GIVER, End("here", "330106.health"))
    spoilt = [
        theirs(own), theirs(own, provider=THEIRS.agency), theirs(grant, provider="330000.civil_affairs"),
        theirs(grant, resource="marriage"), theirs(grant, to="hub"), theirs(grant, issued=NOW + timedelta(hours=1)),
        theirs(grant, due=NOW.date() + timedelta(days=400)),
        theirs(grant, receivers=(Receiver(grant.id, HOSPITAL), Receiver(elsewhere.id, HOSPITAL))),
        theirs(grant, receivers=(Receiver(str(uuid4()), HOSPITAL),)),
    ]  # fmt: skip
    for one in spoilt:
        with pytest.raises(UnableToTakeNotice):
            told(one)
    for key in (HERE, SIGNER):
        with pytest.raises(UnableToTake):
            told(theirs(grant), key)
    with pytest.raises(UnableToTake):
        told(theirs(grant, node="nobody"))
    assert not ShareNotice.objects.exists()


def test_a_notice_says_the_same_for_ever(pool: Pool) -> None:
    grant = granted(GIVER, GIVEN)
    notice = theirs(grant)
    told(notice)
    others: list[dict[str, Any]] = [
        {"message": "别的"},
        {"kind": "recall"},
        {"record": "1"},
        {"official": "别人"},
    ]
    for other in others:
        with pytest.raises(UnableToTakeNotice):
            told(theirs(grant, notice=notice.notice, **other))
    granted(OURS, THEIRS)
    ours = issued(pool)
    with pytest.raises(UnableToTakeNotice):
        told(theirs(grant, notice=str(ours)))


def test_whoever_stands_for_an_agency_of_another_node_here_neither_sees_nor_answers(pool: Pool) -> None:
    told(theirs(granted(GIVER, GIVEN)))
    assert queries.notices(pool["approver"].actor) == []  # of the agency that issued it, but not of its node
    granted(OURS, End("there", HOSPITAL))
    notice = issued(pool)
    assert [str(one.id) for one in queries.notices(pool["requester"].actor)] != [str(notice)]
    with pytest.raises(NotTheirs), transaction.atomic():
        operations.acknowledge_notice(acting=pool["requester"], notice=notice, answer="x", at=NOW)
    auditor = Actor("official", 99, agency="330000.data_bureau", powers=frozenset({Power.AUDITOR}))
    assert len(queries.notices(auditor)) == 2


def test_a_node_that_refuses_for_good_is_shown_as_such(pool: Pool) -> None:
    granted(OURS, THEIRS)
    issued(pool)
    letter: Letter = notices_to_send()[0]
    settle_notice(letter, "not-taken", NOW)
    [line] = queries.notices(pool["approver"].actor)
    assert [(one.told, one.outcome) for one in line.receipts] == [(True, "not-taken")]
