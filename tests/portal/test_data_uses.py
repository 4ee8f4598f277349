"""Who used one's data through the exchange: who, what, why, when, under which grant; and what a law leaves out."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from qipan.applications.models import Call
from qipan.catalogue.operations import publish_library
from qipan.exchange.operations import Passing, record_passing
from qipan.people import queries as people
from qipan.people.actors import Acting
from qipan.sharing import queries as sharing
from qipan.sharing.models import ShareRequest
from tests import cast as play
from tests.cast import MONDAY
from tests.portal.conftest import signed_in
from tests.sharing.conftest import Pool, enter


@pytest.fixture
def pool(db: None, tmp_path: Path) -> Pool:
    return enter(tmp_path)


@pytest.fixture
def mother(pool: Pool) -> Client:
    return signed_in(person(play.MOTHER))


def person(number: str) -> Acting:
    found = people.person_by_number(number)
    assert found
    actor = people.actor_of_person(found.id)
    assert actor
    return Acting(actor)


@pytest.fixture
def application(pool: Pool) -> UUID:
    return play.running(play.enter()).application


def granted(pool: Pool) -> str:
    request = pool.granted(pool.asked())
    return str(ShareRequest.objects.get(id=request).grant)


def used(grant: str, case: str, ago: timedelta = timedelta(hours=3)) -> None:
    at = timezone.now() - ago
    both = [
        Passing(
            "ab" * 32, side, "here", grant, "population", ("person.marital_status",), "办理出生医学证明", "母婴保健法 第二十三条", case,
            "official:7", "ok", 1, at, 3,
        )
        for side in ("consumer", "provider")
    ]  # fmt: skip
    with transaction.atomic():
        record_passing(passings=both, at=at)


def test_a_call_for_ones_case_is_told_with_its_grant(mother: Client, pool: Pool, application: UUID) -> None:
    grant = granted(pool)
    used(grant, f"application:{application}", timedelta(minutes=30))
    page = mother.get("/data-uses/").content.decode()
    assert f"province与hospital签署的授权 {grant[:8]}，到2027年11月23日为止" in page
    assert "母婴保健法 第二十三条" in page
    assert "数据：" in page


def test_a_call_for_anothers_case_is_not_told(pool: Pool, application: UUID) -> None:
    grant = granted(pool)
    used(grant, f"application:{application}")
    page = signed_in(person(play.NEIGHBOUR)).get("/data-uses/").content.decode()
    assert grant[:8] not in page


def test_a_look_up_that_went_to_another_node_is_told_once(
    mother: Client, pool: Pool, application: UUID
) -> None:
    before = mother.get("/data-uses/").content.decode().count("查询《人口信息》")
    call = Call.objects.filter(resource="population").latest("id")
    used(granted(pool), f"application:{application}", timezone.now() - call.at)
    page = mother.get("/data-uses/").content.decode()
    assert page.count("查询《人口信息》") == before
    assert "签署的授权" in page


def publish_with(folder: Path, declared: str) -> None:
    """Publish the cast's library, with something more said of the population."""
    text = (play.LIBRARY / "birth.yaml").read_text(encoding="utf-8")
    said = text.replace("    agency: public_security\n", f"    agency: public_security\n{declared}", 1)
    folder.mkdir()
    (folder / "birth.yaml").write_text(said, encoding="utf-8")
    with transaction.atomic():
        publish_library(folder=folder, at=timezone.now())


def test_what_a_law_withholds_for_a_time_is_told_once_that_is_over(
    mother: Client, pool: Pool, application: UUID, tmp_path: Path
) -> None:
    since = max(timezone.now() - MONDAY, timedelta(0))
    used(grant := granted(pool), f"application:{application}", since + timedelta(days=3))
    for days, told in ((since.days + 30, False), (since.days + 2, True)):
        publish_with(tmp_path / str(days), f"    untold_law: 反洗钱法 第七条\n    untold_days: {days}\n")
        page = mother.get("/data-uses/").content.decode()
        assert (f"签署的授权 {grant[:8]}" in page) is told
        assert f"使用 {days} 天后列出" in page
        assert ("查询《人口信息》" in page) is told, "the application's own uses are younger"


def test_what_a_law_leaves_out_is_named_with_the_law_alone(
    mother: Client, pool: Pool, application: UUID, tmp_path: Path
) -> None:
    used(granted(pool), f"application:{application}")
    publish_with(tmp_path / "library", "    untold_law: 反洗钱法 第七条\n")
    page = mother.get("/data-uses/").content.decode()
    assert "查询《人口信息》" not in page
    assert "反洗钱法 第七条" in page
    api = mother.get("/api/data-uses").content.decode()
    assert "population(" not in api
    assert sharing.uses_about(1, timezone.now(), {"population": 1}) == []
