"""What nodes share in, as it stands on the desks: a dispute at each of its three ends, recalls that were told and that came."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.test import override_settings

from qipan.exchange.trust import Trust, signer_of, write_trust
from qipan.sharing import operations
from qipan.sharing.notice_letters import notices_to_send, settle_notice
from tests.nodes.acts import hold_there, theirs, told
from tests.nodes.listed import HUB, NOW, SIGNER, accept, list_with_hub
from tests.nodes.test_disputes import ASKED, NINGBO, dispute, provider, ruled
from tests.nodes.test_notices import GIVEN, GIVER, OURS, THEIRS, answer_to, answered, granted, issued
from tests.nodes.test_notices import theirs as their_notice
from tests.nodes.test_notices import told as notice_told
from tests.sharing.conftest import Pool


class Shared(NamedTuple):
    """The requests: where the hub settles, where we asked, and where we must give what was ordered."""

    settled: UUID
    asked: UUID
    ordered: UUID


def share(pool: Pool, home: Path) -> Shared:
    """Have it all happen; ``home`` keeps whom each of our nodes trusts."""
    with transaction.atomic():
        accept(list_with_hub())
        with _as_node("here", home):
            _recalls(pool)
        return Shared(*_disputes(pool, home))


@contextmanager
def _as_node(name: str, home: Path) -> Iterator[None]:
    own = home / name
    own.mkdir(exist_ok=True)
    if name == "hub":
        signer_of(own)
    else:
        write_trust(own, Trust(SIGNER.public, "http://hub.example"))
    with override_settings(QIPAN_NODE=name, QIPAN_HOME=own):
        yield


def _disputes(pool: Pool, home: Path) -> Iterator[UUID]:
    with _as_node("hub", home):
        settled = uuid4()
        told(dispute(settled))
        yield settled
    with _as_node("here", home):
        ordered = uuid4()
        told(theirs(ordered, 1, "submit", asked=ASKED._replace(number="GX-20261123-ABCDEG"), agency=NINGBO))
        operations.refuse_request(acting=pool["approver"], request=ordered, reason="没有依据", at=NOW)
        told(theirs(ordered, 2, "dispute", reason="有依据", agency=NINGBO))
        told(ruled(ordered), HUB)
        hold_there()
        asked = pool.asked(at=NOW)
        told(provider(asked, 1, "refuse", reason="没有依据"))
        operations.dispute_request(acting=pool["requester"], request=asked, reason="有依据", at=NOW)
        yield asked
        yield ordered


def _recalls(pool: Pool) -> None:
    """One that a receiver acknowledged and another has not got, one that a node refused, and one that came from there."""
    granted(OURS, THEIRS)
    notice = issued(pool)
    answered(answer_to(notice))
    granted(OURS, THEIRS._replace(agency="310000.tax"))
    issued(pool, message="户籍地有误", kind="correction", record="")
    [letter] = notices_to_send()
    settle_notice(letter, "not-taken", NOW)
    issued(pool, message="婚姻状况有误")
    notice_told(their_notice(granted(GIVER, GIVEN), due=NOW.date() + timedelta(days=14)))
