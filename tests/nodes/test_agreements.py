"""What another node holds is planned and looked up under a grant in force, and under nothing else."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from qipan.adapters.sources import FakeSources
from qipan.applications import agreements
from qipan.applications.drafting import asking_of
from qipan.applications.lookups import LookedUp, look_up
from qipan.applications.planning import plan_for
from qipan.core.elements import Field
from qipan.core.grants import SIGNED_GRANT, SIGNED_REVOCATION, End, Grant, Mode, Revocation
from qipan.core.plan import Plan
from qipan.core.planner import Knowledge
from qipan.exchange.operations import issue_grant, revoke_grant
from tests import cast as play
from tests.cast import MOTHER
from tests.nodes.listed import HERE, NOW, THERE, accept, node_list, signed

TODAY = NOW.date()
BORN = Field("child", "birth_date")


@pytest.fixture
def version(db: None, settings: Settings, tmp_path: Path) -> Iterator[int]:
    """The cast's library at the node ``here``, all of whose registers the other node holds."""
    settings.QIPAN_NODE = "here"
    settings.QIPAN_REGISTERS = tmp_path / "registers.json"
    settings.QIPAN_REGISTERS.write_text(json.dumps({"none": "node://there"}))
    agreements.registers_elsewhere.cache_clear()
    accept(node_list())
    yield play.enter().version
    agreements.registers_elsewhere.cache_clear()


def issue(**changes: Any) -> Grant:
    usual: dict[str, Any] = {
        "id": "9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11", "resource": "birth_record",
        "provider": End("there", "330106.hospital"), "consumer": End("here", "330100.data_bureau"),
        "purpose_zh": "核验分娩记录", "purpose_en": "To check", "basis": ("母婴保健法",),
        "fields": ("child.birth_date", "child.sex"), "begins": NOW - timedelta(days=1), "ends": NOW + timedelta(days=30),
        "event": "birth",
    }  # fmt: skip
    grant = Grant(**{**usual, **changes})
    message = SIGNED_GRANT + grant.document()
    signatures = {"provider": signed(THERE, message), "consumer": signed(HERE, message)}
    return issue_grant(document=grant.document(), signatures=signatures, at=NOW)


def plan(version: int) -> Plan:
    knowledge = Knowledge(
        facts={Field("mother", "id_number"): MOTHER},
        identified=True,
        today=TODAY,
        agreed=agreements.agreed_fields(version, "birth", TODAY),
    )
    return plan_for(version, "birth", knowledge).plan


def fetched(version: int) -> set[str]:
    return {fetch.resource for fetch in plan(version).fetches}


def asked(version: int) -> set[str]:
    return {str(question.field) for question in plan(version).questions}


def looked_up(version: int, fetches: Any) -> list[LookedUp]:
    registers = FakeSources(
        {"birth_record": [{"mother.id_number": MOTHER, "child.birth_date": "2026-11-20", "child.sex": "2"}]}
    )
    facts = {Field("mother", "id_number"): MOTHER}
    return look_up(
        asking_of(version, "birth", TODAY), fetches, facts, registers, made_for="draft:x", by="person:1"
    )


def test_without_a_grant_the_person_is_asked(version: int) -> None:
    assert fetched(version) == set()
    assert "child.birth_date" in asked(version)


def test_a_grant_in_force_is_counted_on_and_named_as_the_ground(version: int) -> None:
    issue()
    fetches = plan(version).fetches
    assert [fetch.resource for fetch in fetches] == ["birth_record"]
    [found] = looked_up(version, fetches)
    assert (found.outcome, found.purpose, found.legal_basis) == ("ok", "核验分娩记录", "母婴保健法")
    assert found.values[BORN] == "2026-11-20"


@pytest.mark.parametrize(
    "change",
    [
        {"begins": NOW - timedelta(days=30), "ends": NOW - timedelta(days=2)},
        {"begins": NOW + timedelta(days=2)},
        {"event": "enrolment"},
        {"services": ("social_card",)},
        {"modes": (Mode.BATCH,)},
        {"consumer": End("there", "x"), "provider": End("here", "y")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_grant_that_is_for_something_else_is_not(version: int, change: dict[str, Any]) -> None:
    if "consumer" in change:
        return_to_sender(**change)
    else:
        issue(**change)
    assert fetched(version) == set()


def return_to_sender(**change: Any) -> None:
    """A grant by which the other node uses what is ours."""
    grant = Grant(
        id="9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a12", resource="birth_record", purpose_zh="x", purpose_en="x", basis=("x",),
        fields=("child.birth_date",), begins=NOW - timedelta(days=1), ends=NOW + timedelta(days=9), **change,
    )  # fmt: skip
    message = SIGNED_GRANT + grant.document()
    signatures = {"provider": signed(HERE, message), "consumer": signed(THERE, message)}
    issue_grant(document=grant.document(), signatures=signatures, at=NOW)


def test_a_grant_of_fewer_fields_leaves_the_others_to_be_asked(version: int) -> None:
    issue(fields=("child.sex",))
    assert fetched(version) == {"birth_record"}
    assert "child.birth_date" in asked(version)
    assert "child.sex" not in asked(version)


def test_of_several_the_one_of_most_fields_counts(version: int) -> None:
    issue(fields=("child.sex",))
    issue(id="9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a12", purpose_zh="办理出生")
    [found] = looked_up(version, plan(version).fetches)
    assert found.purpose == "办理出生"


@pytest.mark.parametrize(
    "newer", ["0d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a10", "fd1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a1f"]
)
def test_of_several_alike_the_newest_counts(version: int, newer: str) -> None:
    issue()
    issue(id=newer, purpose_zh="办理出生", begins=NOW - timedelta(hours=1))
    [found] = looked_up(version, plan(version).fetches)
    assert found.purpose == "办理出生"


def test_a_grant_that_is_revoked_between_plan_and_look_up_lets_nothing_pass(version: int) -> None:
    grant = issue()
    fetches = plan(version).fetches
    document = Revocation(grant.id, grant.provider, "不再需要", NOW).document()
    revoke_grant(document=document, signed=signed(THERE, SIGNED_REVOCATION + document), at=NOW)
    [found] = looked_up(version, fetches)
    assert (found.outcome, found.values, set(found.refused.values())) == ("refused", {}, {"no-grant"})
    assert fetched(version) == set()
