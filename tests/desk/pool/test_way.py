"""The way of a request as the page draws it: what is behind, where it stands, and where it ended."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from qipan.sharing import operations
from tests.desk.pool.conftest import At
from tests.sharing.conftest import WANTED, Pool

STATION = re.compile(
    r'<li class="(\w+)".*?width="(\d+)" height="6"/></svg>.*?"way-title">([^<]+)<', re.DOTALL
)


def way(at: At, request: object, who: str = "requester") -> list[tuple[str, str]]:
    shown = at(who).get(f"/desk/pool/requests/{request}").content.decode()
    drawn = shown[shown.index('<ol class="way"') :]
    return [(title, tone) for tone, _used, title in STATION.findall(drawn[: drawn.index("</ol>")])]


def test_a_new_request_waits_for_the_provider(at: At, pool: Pool) -> None:
    assert way(at, pool.asked(at=timezone.now())) == [
        ("提出申请", "done"),
        ("提供方答复", "now"),
        ("使用方签收", "later"),
        ("按授权使用", "later"),
    ]


def test_a_grant_in_force_is_at_its_last_station(at: At, pool: Pool) -> None:
    until = timezone.localdate() + timedelta(days=365)
    granted = pool.granted(pool.asked(at=timezone.now(), wanted=WANTED._replace(until=until)))
    assert [tone for _title, tone in way(at, granted)] == ["done", "done", "done", "now"]


@pytest.mark.parametrize(("disputed", "stations"), [(False, 4), (True, 5)])
def test_a_refusal_ends_the_way_and_a_dispute_leads_on(
    at: At, pool: Pool, *, disputed: bool, stations: int
) -> None:
    request, now = pool.asked(at=timezone.now()), timezone.now()
    with transaction.atomic():
        operations.refuse_request(acting=pool["approver"], request=request, reason="用途太宽", at=now)
        if disputed:
            operations.dispute_request(acting=pool["requester"], request=request, reason="依法应当", at=now)
    drawn = way(at, request)
    assert len(drawn) == stations
    assert ("上级协调", "now") in drawn if disputed else drawn[1] == ("提供方答复", "off")


def test_what_is_withdrawn_ends_where_it_stood(at: At, pool: Pool) -> None:
    request = pool.asked(at=timezone.now())
    with transaction.atomic():
        operations.withdraw_request(acting=pool["requester"], request=request, at=timezone.now())
    assert way(at, request)[1] == ("提供方答复", "off")
