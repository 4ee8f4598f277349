"""A certificate of another node holds only if that node says so now; where it is silent, that is said, and nothing is called valid."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from qipan.adapters.peer_records import PeerSilent
from qipan.adapters.seals import Suite, generate
from qipan.adapters.seals.certificates import Subject, certify
from qipan.certificates import operations, published
from qipan.certificates.checking import Trust, Verdict, asked_elsewhere, check
from qipan.certificates.elsewhere import Elsewhere
from qipan.certificates.rows import WholeCertificate
from qipan.core import disclosures
from qipan.core.nodes import key_id
from qipan.faces.look.verdict_words import told
from tests.cast import MONDAY, Cast
from tests.certificates.office import ADDRESS, DAY, Office, listed

TUESDAY = MONDAY + DAY


class Peer:
    """Another node that gives out one list, or is silent."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.asked: list[tuple[str, int]] = []

    def list_of(self, peer: str, number: int) -> str:
        self.asked.append((peer, number))
        if not self.text:
            raise PeerSilent("peer-down")
        return self.text


def given_out(office: Office, at: datetime = TUESDAY) -> str:
    return published.status_token(0, office.custody, ADDRESS, at)


def found(paper: WholeCertificate, peer: Peer, trust: Trust | None = None) -> Verdict:
    """What can be said of it at a node that believes the list of the node that issued."""
    believed = trust or listed()
    first = check(paper.data_sm2.encode(), believed, TUESDAY)
    return asked_elsewhere(first, Elsewhere(peer).standing(first, believed, TUESDAY))


def test_it_holds_where_its_node_says_so(paper: WholeCertificate, office: Office) -> None:
    peer = Peer(given_out(office))
    assert found(paper, peer).findings == ()
    assert peer.asked == [("here", 0)]


def test_it_is_said_to_be_revoked_where_its_node_says_so(
    cast: Cast, paper: WholeCertificate, office: Office
) -> None:
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=paper.number, reason="登记错误", at=TUESDAY
        )
    verdict = found(paper, Peer(given_out(office)))
    assert (verdict.genuine, verdict.holds) == (True, False)
    assert [one.code for one in verdict.findings] == ["revoked"]


def test_where_its_node_is_silent_that_is_said(paper: WholeCertificate) -> None:
    verdict = found(paper, Peer())
    assert (verdict.genuine, verdict.holds) == (True, False)
    assert [one.code for one in verdict.findings] == ["status-unreachable"]
    assert told(verdict, None, "zh-hans").title == "由名单上的机关签发，但是否仍然有效，现在问不到"
    words = told(verdict, None, "en")
    assert (words.tone, words.title) == (
        "warn",
        "Issued by a known issuer; whether it still holds could not be asked",
    )


def test_expired_is_said_before_silent(paper: WholeCertificate) -> None:
    late, trust = MONDAY + timedelta(days=6 * 365), listed()
    first = check(paper.data_sm2.encode(), trust, MONDAY + timedelta(days=1))
    assert first.genuine
    expired = asked_elsewhere(check(paper.data_sm2.encode(), trust, late), None)
    assert {one.code for one in expired.findings} >= {"expired", "status-unreachable"}
    assert told(expired, None, "en").title == "Genuine, but not in force"


def test_what_another_node_signed_about_it_is_not_believed(paper: WholeCertificate, office: Office) -> None:
    mine = listed().lists["here"]
    key, name = generate(Suite.ES256), Subject("别处", "别处")
    root = certify(
        name, key.public, name, key, begins=MONDAY, ends=MONDAY + 99 * DAY, serial=1, authority=True
    )
    there = replace(mine, node="there", authorities=(root,), issuers={}, seals={})
    _header, payload, _signed, _signature = disclosures.read_signed(given_out(office))
    header = {"alg": "ES256", "typ": "statuslist+jwt", "kid": key_id("es256", key.public.raw)}
    forged = disclosures.signed_text(payload, header, key.sign)
    verdict = found(paper, Peer(forged), Trust({"here": mine, "there": there}))
    assert [one.code for one in verdict.findings] == ["status-unreachable"]


@pytest.mark.parametrize("spoilt", ["", "x", "a.b.c"])
def test_nor_is_what_nobody_signed(paper: WholeCertificate, spoilt: str) -> None:
    assert [one.code for one in found(paper, Peer(spoilt)).findings] == ["status-unreachable"]


def test_nor_is_an_old_list(paper: WholeCertificate, office: Office) -> None:
    old = given_out(office, TUESDAY - timedelta(hours=1))
    assert [one.code for one in found(paper, Peer(old)).findings] == ["status-unreachable"]


def test_a_node_is_not_asked_for_each_certificate(paper: WholeCertificate, office: Office) -> None:
    for peer in (Peer(given_out(office)), Peer()):
        elsewhere, trust = Elsewhere(peer), listed()
        first = check(paper.data_sm2.encode(), trust, TUESDAY)
        for _ in range(3):
            elsewhere.standing(first, trust, TUESDAY)
        assert len(peer.asked) == 1


def test_what_names_no_list_is_asked_of_nobody(paper: WholeCertificate) -> None:
    trust = listed()
    first = check(paper.data_sm2.encode(), trust, TUESDAY)
    for status in (None, {}, {"status_list": {"uri": "http://127.0.0.1/admin"}}, {"status_list": {"uri": 5}}):
        peer = Peer()
        without = replace(first, claims={**(first.claims or {}), "status": status})
        assert Elsewhere(peer).standing(without, trust, TUESDAY) is None
        assert peer.asked == []
