"""Lists, grants, revocations and records: what is taken, what is refused, and that what was taken stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from qipan.adapters.seals import PrivateKey, Suite, generate
from qipan.core.grants import SIGNED_GRANT, SIGNED_REVOCATION, End, Grant, Revocation
from qipan.core.nodes import SIGNED_LIST, Node, NodeKey, NodeList, NotANodeList, key_id
from qipan.exchange import errors, queries
from qipan.exchange.operations import (
    Passing,
    Signed,
    accept_node_list,
    forget_nonces,
    issue_grant,
    record_passing,
    revoke_grant,
)
from qipan.ledger.models import Entry

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HUB, CITY, HOSPITALS = (generate(Suite.SM2) for _ in range(3))
GRANT = Grant(
    id="9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11", resource="birth_record", provider=End("hospitals", "330106.hospital"),
    consumer=End("city", "330100.data_bureau"), purpose_zh="核验分娩记录", purpose_en="To check", basis=("母婴保健法",),
    fields=("child.birth_date",), begins=NOW - timedelta(days=1), ends=NOW + timedelta(days=30), volume=5,
)  # fmt: skip


pytestmark = pytest.mark.django_db  # in a transaction, as the edge opens one


def signed(key: PrivateKey, message: bytes) -> Signed:
    return Signed(key_id("sm2-sm3", key.public.raw), key.sign(message))


def listed(number: int = 1, ends: datetime = NOW + timedelta(days=9)) -> NodeList:
    nodes = {
        name: Node(
            name, name, name, f"http://{name}.example", "downward",
            (NodeKey("sm2-sm3", key.public.raw, NOW - timedelta(days=1), NOW + timedelta(days=99)),),
        )
        for name, key in (("city", CITY), ("hospitals", HOSPITALS))
    }  # fmt: skip
    return NodeList(number, NOW, ends, nodes)


def accept(nodes: NodeList, key: PrivateKey = HUB) -> NodeList:
    document = nodes.document()
    return accept_node_list(
        document=document, signed=signed(key, SIGNED_LIST + document), trusted=HUB.public, at=NOW
    )


def issue(grant: Grant = GRANT, provider: PrivateKey = HOSPITALS, consumer: PrivateKey = CITY) -> Grant:
    message = SIGNED_GRANT + grant.document()
    signatures = {"provider": signed(provider, message), "consumer": signed(consumer, message)}
    return issue_grant(document=grant.document(), signatures=signatures, at=NOW)


def revoke(by: End = GRANT.consumer, key: PrivateKey = CITY, grant: str = GRANT.id) -> Revocation:
    document = Revocation(grant, by, "办完了", NOW).document()
    return revoke_grant(document=document, signed=signed(key, SIGNED_REVOCATION + document), at=NOW)


def passing(number: int, **changes: object) -> Passing:
    usual = Passing(
        exchange=f"{number:064x}", side="provider", peer="city", grant=GRANT.id, resource="birth_record",
        fields=("child.birth_date",), purpose="核验", basis="母婴保健法", case="case:1", official="official:1",
        outcome="ok", rows=1, at=NOW, milliseconds=3, nonce=f"{number:032x}", volume=5,
    )  # fmt: skip
    return usual._replace(**changes)  # type: ignore[arg-type]


def outcomes(*passings: Passing) -> list[str]:
    return [one.outcome for one in record_passing(passings=passings, at=NOW)]


def test_a_list_is_taken_once_and_never_an_older_one() -> None:
    accept(listed(7))
    assert queries.node_list() == listed(7)
    for number in (7, 6, 1):
        with pytest.raises(errors.OldList):
            accept(listed(number))
    accept(listed(8))
    assert [one.subject for one in Entry.objects.filter(act="accept_node_list")] == ["nodes:7", "nodes:8"]


def test_a_list_by_anybody_else_or_of_other_bytes_is_not_taken() -> None:
    with pytest.raises(errors.NotSignedByBoth):
        accept(listed(), key=CITY)
    document = listed().document()
    for changed in (document.replace(b"city.example", b"evil.example"), document + b" "):
        with pytest.raises((errors.NotSignedByBoth, NotANodeList)):
            accept_node_list(
                document=changed, signed=signed(HUB, SIGNED_LIST + document), trusted=HUB.public, at=NOW
            )


def test_a_grant_needs_both_signatures_over_its_very_bytes() -> None:
    with pytest.raises(errors.NoList):
        issue()
    accept(listed())
    for provider, consumer in ((CITY, CITY), (HOSPITALS, HOSPITALS), (HUB, CITY), (HOSPITALS, HUB)):
        with pytest.raises(errors.NotSignedByBoth):
            issue(provider=provider, consumer=consumer)
    message = SIGNED_GRANT + GRANT.document()
    with pytest.raises(errors.NotSignedByBoth):
        issue_grant(document=GRANT.document(), signatures={"provider": signed(HOSPITALS, message)}, at=NOW)
    bare = {"provider": signed(HOSPITALS, GRANT.document()), "consumer": signed(CITY, GRANT.document())}
    with pytest.raises(errors.NotSignedByBoth):  # without the line that says what it is
        issue_grant(document=GRANT.document(), signatures=bare, at=NOW)
    assert issue() == GRANT


def test_a_grant_is_found_by_both_its_agencies_and_issued_once() -> None:
    accept(listed())
    issue()
    issue()
    for agency in ("330106.hospital", "330100.data_bureau"):
        assert [one.grant for one in queries.grants_of(agency)] == [GRANT]
    assert queries.grants_of("330106.health") == []
    assert Entry.objects.filter(act="issue_grant", subject=f"grant:{GRANT.id}").count() == 1
    other = Grant(**{**{name: getattr(GRANT, name) for name in GRANT.__slots__}, "volume": 10**9})
    with pytest.raises(errors.AlreadyIssued):
        issue(other)


def test_either_party_can_revoke_and_nobody_else() -> None:
    accept(listed())
    with pytest.raises(errors.NoSuchGrant):
        revoke()
    issue()
    with pytest.raises(errors.NotAParty):
        revoke(by=End("city", "330100.health"))
    with pytest.raises(errors.NotSignedByBoth):
        revoke(key=HOSPITALS)
    revoke()
    revoke(by=GRANT.provider, key=HOSPITALS)
    held = queries.grant(GRANT.id)
    assert held is not None
    assert (held.revoked_at, held.reason) == (NOW, "办完了")
    assert Entry.objects.filter(act="revoke_grant").count() == 1


def test_one_group_takes_each_nonce_once() -> None:
    assert outcomes(passing(1), passing(2), passing(3, nonce=f"{1:032x}")) == ["ok", "ok", "replayed"]
    assert outcomes(passing(4, nonce=f"{2:032x}"), passing(5, nonce=f"{2:032x}", peer="county")) == [
        "replayed",
        "ok",
    ]
    assert [one.exchange[-1] for one in queries.alarms()] == ["4", "3"]


def test_nonces_are_kept_as_long_as_their_request_could_be_valid() -> None:
    outcomes(passing(1))
    assert forget_nonces(at=NOW + timedelta(seconds=120)) == 0
    assert forget_nonces(at=NOW + timedelta(seconds=126)) == 1


def test_the_volume_is_kept_within_a_group_and_over_groups() -> None:
    assert outcomes(*(passing(number) for number in range(3))) == ["ok"] * 3
    assert outcomes(*(passing(number) for number in range(3, 8))) == ["ok"] * 2 + ["volume-used-up"] * 3
    assert outcomes(passing(9)) == ["volume-used-up"]
    assert sum(one.rows for one in queries.calls_under(GRANT.id)) == 5


def test_a_revocation_counts_from_its_commit_on() -> None:
    accept(listed())
    issue()
    assert outcomes(passing(1)) == ["ok"]
    revoke()
    assert outcomes(passing(2)) == ["grant-revoked"]


def test_every_record_has_its_entry_with_the_same_exchange() -> None:
    outcomes(
        passing(1),
        passing(2, side="consumer", nonce="", volume=None),
        passing(3, outcome="no-purpose", rows=0),
    )
    found = [(one.act, one.subject, one.details["outcome"]) for one in Entry.objects.order_by("id")]
    assert found == [
        ("provide_data", f"exchange:{1:064x}", "ok"),
        ("use_data", f"exchange:{2:064x}", "ok"),
        ("provide_data", f"exchange:{3:064x}", "no-purpose"),
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("node_lists", "key"),
        ("exchange_grants", "resource"),
        ("exchange_revocations", "key"),
        ("exchange_calls", "peer"),
    ],
)
def test_what_was_taken_can_be_neither_changed_nor_removed(table: str, column: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
        with (
            pytest.raises(DatabaseError, match="only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
