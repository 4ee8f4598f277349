"""Couriers for the two nodes: started, killed -9, waited for; grants by which they send; and what arrived."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from qipan.core.grants import ANY_OF_OWN_CASES, Grant, Mode, Rows
from tests.exchange.forged import ANSWER_SECONDS
from tests.exchange.nodes import ROOT, RunningNode
from tests.exchange.register import BASIS
from tests.exchange.two_nodes import KNOWN_SECONDS, TwoNodes, grant, two_nodes

PATIENCE = 240.0  # seconds; a busy machine is slow
HERE = "330106002001"
ELSEWHERE = "330203002001"


class Courier:
    """One node's courier, in a process of its own."""

    def __init__(self, node: RunningNode) -> None:
        self.node = node
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.node.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "qipan.site.courier"],
                env=self.node.environment(), cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid


@contextmanager
def with_couriers(*grants: Grant, mothers: int = 20) -> Iterator[tuple[TwoNodes, Courier, Courier]]:
    """Two nodes that can send to each other, the hospitals' courier and the city's."""
    with two_nodes(mothers) as nodes:
        nodes.city.start("public")
        issue_all(nodes, *grants)
        couriers = Courier(nodes.hospitals), Courier(nodes.city)
        try:
            for courier in couriers:
                courier.start()
            yield nodes, *couriers
        finally:
            for courier in couriers:
                courier.kill()


ISSUE_ALL = """
import json, sys
from qipan.site.setup import set_up
set_up()
from django.db import transaction
from django.utils import timezone
from qipan.exchange.operations import Signed, issue_grant
for said in json.load(sys.stdin):
    signatures = {party: Signed(one[0], bytes.fromhex(one[1])) for party, one in said["signatures"].items()}
    with transaction.atomic():
        issue_grant(document=said["document"].encode(), signatures=signatures, at=timezone.now())
print("{}")
"""


def issue_all(nodes: TwoNodes, *grants: Grant) -> None:
    """Have both nodes take grants, and their gateways know them."""
    for node in (nodes.city, nodes.hospitals):
        node.run(ISSUE_ALL, [nodes.signed_grant(one) for one in grants])
    time.sleep(KNOWN_SECONDS)


def sending(mode: Mode = Mode.PUSH, **changes: Any) -> Grant:
    """A grant by which the hospitals send the city the residents of its district."""
    usual: dict[str, Any] = {
        "resource": "population",
        "fields": ("person.name", "person.household_region"),
        "rows": Rows("330106", "person.household_region", own_cases=False),
        "basis": ("户口登记条例",),
        "modes": (mode,),
    }
    return grant(**{**usual, **changes})


RESIDENTS = sending()
BIRTHS = sending(
    Mode.BATCH, resource="birth_record", fields=("child.birth_date", "child.sex"), basis=(BASIS,),
    rows=Rows(own_cases=False),
)  # fmt: skip
ONLY_ASKED, OF_OWN_CASES, NOT_KEPT = (
    sending(Mode.LOOK_UP),
    sending(rows=ANY_OF_OWN_CASES, modes=(Mode.PUSH, Mode.BATCH)),
    sending(retention=0),
)


def until(found: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until something is so, and give it."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
    return value


def names(nodes: TwoNodes, one: Grant) -> list[str]:
    """The names that the city received under a grant, in order."""
    found = nodes.city.rows(
        "SELECT r.row->>'person.name' FROM exchange_received r JOIN exchange_incoming i ON i.id = r.stream"
        f" WHERE i.\"grant\" = '{one.id}' ORDER BY 1"
    )
    return [name for (name,) in found]


def passed(node: RunningNode, one: Grant) -> list[str]:
    """The deliveries and orders under a grant that passed, by the records of one end."""
    found = node.rows(
        f"SELECT encode(exchange, 'hex') FROM exchange_calls WHERE \"grant\" = '{one.id}' AND outcome = 'ok'"
        " AND \"case\" = '' ORDER BY id"
    )
    return [exchange for (exchange,) in found]


def is_told(nodes: TwoNodes, one: Grant) -> bool:
    """Whether the hospitals know of all that the city took; before that they would send the last delivery again after a kill -9."""
    sent, taken = (
        node.rows(f"SELECT position FROM exchange_{side} WHERE id = '{one.id}'")
        for node, side in ((nodes.hospitals, "outgoing"), (nodes.city, "incoming"))
    )
    return sent == taken


def of_district(nodes: TwoNodes) -> list[str]:
    """The residents whom the hospitals' register has in the district."""
    return nodes.mothers[::2]


def look_up(nodes: TwoNodes, **changes: Any) -> httpx.Response:
    """Look up a resident as the city's platform, in what was received."""
    usual = {
        "resource": "population", "keys": {"person.id_number": nodes.mothers[0]}, "fields": ["person.name"],
        "basis": ["户口登记条例"],
    }  # fmt: skip
    return httpx.post(
        f"{nodes.city.inside}/received", json=nodes.wanted(**{**usual, **changes}), timeout=ANSWER_SECONDS, trust_env=False,
        headers={"Authorization": f"Bearer {nodes.city.secret}"},
    )  # fmt: skip


def order(nodes: TwoNodes, one: Grant, **changes: str) -> httpx.Response:
    """Order a batch as the city's platform."""
    asked = {"case": "", "grant": one.id, "official": "official:7", **changes}
    return httpx.post(
        f"{nodes.city.inside}/orders", json=asked, timeout=ANSWER_SECONDS, trust_env=False,
        headers={"Authorization": f"Bearer {nodes.city.secret}"},
    )  # fmt: skip
