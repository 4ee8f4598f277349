"""The planner treats what another node holds like any other register: the form is prefilled across nodes, or asks where it cannot be."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import MOTHER
from tests.exchange.couriers import until
from tests.exchange.nodes import ROOT, answers
from tests.exchange.register import fill_register
from tests.exchange.two_nodes import TwoNodes, grant

PREFILL = """
import json, sys
from qipan.site.setup import set_up
set_up()
from uuid import UUID
from django.db import transaction
from django.utils import timezone
from qipan.applications import operations
from qipan.applications.prefill import prefill_draft
from qipan.people import queries
from qipan.people.actors import Acting
from qipan import records
from typing import NamedTuple
class Row(NamedTuple):
    facts: dict
    without: tuple
said = json.load(sys.stdin)
mother = Acting(queries.actor_of_person(int(said["mother"])))
with transaction.atomic():
    draft = operations.start_draft(acting=mother, person=mother.actor.id, event="birth", at=timezone.now())
    operations.consent(acting=mother, draft=draft, resources=said["resources"], at=timezone.now())
prefill_draft(acting=mother, draft=draft, at=timezone.now())
row = records.first(Row, "SELECT facts, without FROM drafts WHERE id = %s", [draft])
print(json.dumps({"draft": str(draft), "facts": row.facts, "without": list(row.without)}))
"""

GRANTED = (
    ("birth_record", ("child.birth_date", "child.sex"), ("母婴保健法",)),
    ("population", ("person.name", "person.marital_status", "person.household_region"), ("户口登记条例",)),
)


@pytest.fixture(scope="module")
def nodes(pair: TwoNodes) -> Iterator[TwoNodes]:
    for resource, fields, basis in GRANTED:
        pair.issue(grant(resource=resource, fields=fields, basis=basis, purpose_zh="办理“出生一件事”"))
    fill_register(pair.register, [MOTHER])
    until(lambda: len(prefilled(pair)["facts"]) == len(GRANTED))  # both gateways know the grants
    yield pair
    pair.city.start("inside")


def prefilled(nodes: TwoNodes) -> Any:
    return nodes.city.run(
        PREFILL, {"mother": nodes.made["mother"], "resources": ["birth_record", "population"]}
    )


def test_a_form_is_prefilled_across_nodes(nodes: TwoNodes) -> None:
    found = prefilled(nodes)
    facts = {field: value for one in found["facts"].values() for field, value in one["facts"].items()}
    assert facts["child.birth_date"] == "2026-11-20"
    assert facts["child.sex"] == "2"
    assert facts["mother.household_region"] == "330106002001"
    assert found["without"] == []
    drafts = f"draft:{found['draft']}"
    for node, side in ((nodes.city, "consumer"), (nodes.hospitals, "provider")):
        calls = node.rows(
            f"SELECT side, resource, outcome FROM exchange_calls WHERE \"case\" = '{drafts}' ORDER BY resource"
        )
        assert calls == [(side, "birth_record", "ok"), (side, "population", "ok")]


def test_a_node_that_is_down_is_a_source_that_is_down(nodes: TwoNodes) -> None:
    nodes.hospitals.kill("public")
    found = prefilled(nodes)
    assert found["facts"] == {}
    assert found["without"]
    nodes.hospitals.start("public")
    assert prefilled(nodes)["facts"]


def test_one_command_runs_both_sides_and_ends_both(nodes: TwoNodes) -> None:
    nodes.city.kill("inside")
    command = [sys.executable, "-m", "qipan.faces.cli", "gateway", "--port", str(nodes.city.ports["public"])]
    with subprocess.Popen(command, env=nodes.city.environment(), cwd=ROOT) as running:
        deadline = time.monotonic() + 240
        while not all(map(answers, nodes.city.ports.values())):
            assert time.monotonic() < deadline
            assert running.poll() is None
            time.sleep(0.1)
        answer = nodes.ask()
        running.terminate()
    assert answer.status_code == 200
    assert not any(map(answers, nodes.city.ports.values()))
