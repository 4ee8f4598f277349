"""Whether another node's certificates hold, through both gateways: real processes, the list signed by that node's authority."""

import httpx
import pytest
from django.utils import timezone

from qipan.adapters.peer_records import PeerSilent
from qipan.adapters.peer_standing import PeerStanding
from qipan.certificates.checking import Trust, Verdict
from qipan.certificates.elsewhere import Elsewhere
from qipan.core.issuer_lists import IssuerList
from qipan.core.status_lists import Status
from tests.exchange.forged import ANSWER_SECONDS
from tests.exchange.two_nodes import TwoNodes

ISSUED = """
import json, sys
from qipan.site.setup import set_up
set_up()
from uuid import uuid4
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from qipan.certificates import operations, queries
from qipan.certificates.keeping import custody
from qipan.certificates.models import Certificate
now = timezone.now()
with transaction.atomic():
    operations.establish_authority(name="医院签发中心", custody=custody(), at=now)
    made = [
        Certificate.objects.create(
            number=f"standing-{state}", type="t", library=1, case=uuid4(), application=uuid4(), event="e", agency="a", issuer="a",
            seal="s", holder=1, issued_at=now, begins=now.date(), state=state, data="", data_sm2="",
        ).id
        for state in (0, 1)
    ]
roots = [one.certificate.hex() for one in queries.every_key() if not one.agency]
print(json.dumps({"places": made, "roots": roots, "address": settings.QIPAN_ADDRESS}))
"""


def test_one_node_learns_from_another_what_holds(pair: TwoNodes) -> None:
    made = pair.hospitals.run(ISSUED, {})
    roots = tuple(bytes.fromhex(one) for one in made["roots"])
    now = timezone.now()
    trust = Trust({"hospitals": IssuerList("hospitals", 1, now, roots, {}, {})})
    elsewhere = Elsewhere(PeerStanding(pair.city.inside, pair.city.secret, ANSWER_SECONDS))
    stands = [
        elsewhere.standing(
            Verdict("data", (), node="hospitals", claims={"status": {"status_list": {
                "idx": place, "uri": f"{made['address']}/verify/status/0"}}}),
            trust, timezone.now(),
        )
        for place in made["places"]
    ]  # fmt: skip
    assert [one and one.status for one in stands] == [Status.VALID, Status.REVOKED]


def test_who_may_not_ask_and_what_there_is_not(pair: TwoNodes) -> None:
    for peer, number in (("nowhere", 0), ("hospitals", 999)):
        with pytest.raises(PeerSilent):
            PeerStanding(pair.city.inside, pair.city.secret, ANSWER_SECONDS).list_of(peer, number)
    with pytest.raises(PeerSilent):
        PeerStanding(pair.city.inside, "guessed", ANSWER_SECONDS).list_of("hospitals", 0)
    for query in ("", "?list=", "?list=-1", "?list=x", "?list=99999999999", "?list=1;2"):
        answer = httpx.get(
            f"{pair.hospitals.public}/exchange/v1/standing{query}", trust_env=False, timeout=ANSWER_SECONDS
        )
        assert answer.status_code in {400, 404}, query
