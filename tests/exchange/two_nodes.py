"""Two nodes on this machine: a city that asks, hospitals that answer. Real gateways, databases, keys, and a register in SQL."""

import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import httpx
import psycopg
import yaml
from django.utils import timezone

from qipan.adapters import embedded_postgres
from qipan.adapters.seals import PrivateKey, Suite, generate, key_files
from qipan.core import envelope
from qipan.core.envelope import RequestEnvelope
from qipan.core.grants import SIGNED_GRANT, End, Grant, Mode, Revocation, Rows
from qipan.core.nodes import SIGNED_LIST, Node, NodeKey, NodeList, key_id
from qipan.sample.identifiers import PersonNumbers
from tests import clusters
from tests.cast import LIBRARY
from tests.exchange.operators import Operator

ROOT = Path(__file__).parents[2]
START_SECONDS = 240
ANSWER_SECONDS = 120
KNOWN_SECONDS = 3.0  # a gateway reads its grants anew each second
PATH = "/exchange/v1/look-up"
BIRTHS = {"mother.id_number": "mother", "child.birth_date": "born_on", "child.sex": "sex"}
PEOPLE = {
    "person.id_number": "number", "person.name": "name", "person.marital_status": "marital_status",
    "person.household_region": "region",
}  # fmt: skip
PURPOSE = "核验分娩记录"
BASIS = "母婴保健法"
CITY, HOSPITALS = End("city", "330100.data_bureau"), End("hospitals", "330106.hospital")
ENTER = """
from qipan.site.setup import set_up
set_up()
from tests.exchange.enter_node import main
main()
"""
Changes = Mapping[str, Any]


def grant(**changes: Any) -> Grant:
    """The grant by which the city may see births, or one that differs."""
    now = timezone.now().replace(microsecond=0)
    usual: dict[str, Any] = {
        "id": str(uuid4()),
        "resource": "birth_record",
        "provider": HOSPITALS,
        "consumer": CITY,
        "purpose_zh": PURPOSE,
        "purpose_en": "To check the delivery record",
        "basis": (BASIS,),
        "fields": ("child.birth_date",),
        "begins": now - timedelta(days=1),
        "ends": now + timedelta(days=30),
        "event": "birth",
        "volume": 1_000_000,
    }
    return Grant(**{**usual, **changes})


GRANTS = {
    "births": grant(),
    "residents": grant(
        resource="population",
        fields=("person.name", "person.household_region"),
        rows=Rows("330106", "person.household_region"),
    ),
    "names": grant(resource="marriage", fields=("b.name",)),
}


class RunningNode:
    """One node: its home, its database, its key, its gateway's two processes."""

    def __init__(self, name: str, home: Path, cluster: Path) -> None:
        self.name, self.home, self._cluster = name, home, cluster
        self.home.mkdir()
        self.database = f"node_{name}"
        self.patience = os.environ["QIPAN_PATIENCE"]
        self.owner_url = clusters.ready_database(cluster, self.database)
        self.key = key_files.read_or_make(home / "keys" / "gateway-sm2-sm3.pem", Suite.SM2)
        self.ports = {"public": free_port(), "inside": free_port()}
        self.log = home / "stderr"
        self._log: IO[bytes] = self.log.open("ab")
        self._operator = Operator(self.environment(), ROOT, self.log)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def public(self) -> str:
        """Where other nodes reach it."""
        return f"http://127.0.0.1:{self.ports['public']}"

    @property
    def inside(self) -> str:
        """Where its own platform reaches its gateway."""
        return f"http://127.0.0.1:{self.ports['inside']}"

    @property
    def secret(self) -> str:
        """What the platform and the inside share."""
        return (self.home / "gateway-secret").read_text()

    def run(self, program: str, said: object) -> Any:
        """Run a program on this node, and give what it printed."""
        return self._operator.run(program, said)

    def start(self, *sides: str) -> None:
        """Start the sides that do not run, and wait until they answer."""
        for side in sides:
            process = self._processes.get(side)
            if process is None or process.poll() is not None:
                self._processes[side] = subprocess.Popen(
                    [sys.executable, "-m", "qipan.site.gateway", f"--side={side}", f"--port={self.ports[side]}"],
                    env=self.environment(), cwd=ROOT, stdout=self._log, stderr=self._log, start_new_session=True,
                )  # fmt: skip
        for side in sides:
            self._wait(side)

    def kill(self, side: str) -> None:
        """Kill -9 a side with all its processes."""
        process = self._processes.pop(side)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while answers(self.ports[side]):  # its worker dies a moment later
            time.sleep(0.01)

    def stop(self) -> None:
        """End everything."""
        for side in tuple(self._processes):
            self.kill(side)
        self._operator.leave()
        self._log.close()

    def processes(self, side: str) -> subprocess.Popen[bytes]:
        """A side's first process."""
        return self._processes[side]

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask its database, as an auditor beside it."""
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute(statement.encode()).fetchall()

    def environment(self) -> dict[str, str]:
        """Everything its processes are told."""
        platform = embedded_postgres.url(self._cluster, self.database, embedded_postgres.PLATFORM)
        return os.environ | {
            "QIPAN_HOME": str(self.home), "DATABASE_URL": platform, "QIPAN_OWNER_URL": self.owner_url,
            "QIPAN_NODE": self.name, "QIPAN_GATEWAY": self.inside, "QIPAN_PATIENCE": self.patience,
            "DJANGO_SETTINGS_MODULE": "qipan.site.settings",
        }  # fmt: skip

    def _wait(self, side: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.ports[side]):
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-3000:]
            assert self._processes[side].poll() is None, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.05)


class TwoNodes:
    """The city and the hospitals, and what a test asks or forges."""

    def __init__(self, home: Path, mothers: int) -> None:
        self.home = home
        clusters.ready_cluster(home)
        self.register = embedded_postgres.create_database(home, "register")
        self.city = RunningNode("city", home / "city", home)
        self.hospitals = RunningNode("hospitals", home / "hospitals", home)
        self.weddings = free_port()
        self.hub_key = generate(Suite.SM2)
        self.mothers = numbers(mothers)
        fill_register(self.register, self.mothers)
        self.made = self._enter(list(GRANTS.values()))

    def _enter(self, issued: Sequence[Grant]) -> dict[str, str]:
        folder = self.home / "library"
        library_of_nodes(folder)
        (self.hospitals.home / "registers.json").write_text(
            json.dumps({"births": self.register, "weddings": f"http://127.0.0.1:{self.weddings}"})
        )
        said = {
            "library": str(folder),
            "trusted": self.hub_key.public.raw.hex(),
            "nodes": self.signed_list(self.node_list(1)),
            "grants": [self.signed_grant(one) for one in issued],
        }
        self.hospitals.run(ENTER, {**said, "cast": False})
        made = dict(self.city.run(ENTER, {**said, "cast": True}))
        # The cast's play was acted with registers of the city's own; only from now on they are elsewhere.
        (self.city.home / "registers.json").write_text(json.dumps({"births": "node://hospitals"}))
        return made

    def node_list(self, number: int, **changes: Any) -> NodeList:
        """Both nodes, with their keys."""
        now = timezone.now().replace(microsecond=0)
        nodes = {
            one.name: Node(
                one.name, one.name, one.name, one.public, "downward",
                (NodeKey("sm2-sm3", one.key.public.raw, now - timedelta(days=1), now + timedelta(days=365)),),
            )
            for one in (self.city, self.hospitals)
        }  # fmt: skip
        usual = {"number": number, "issued": now, "ends": now + timedelta(days=30), "nodes": nodes}
        return NodeList(**{**usual, **changes})

    def signed_list(self, nodes: NodeList, key: PrivateKey | None = None) -> dict[str, Any]:
        """A list as its signer gives it out."""
        document, signer = nodes.document(), key or self.hub_key
        signed = signer.sign(SIGNED_LIST + document).hex()
        return {"document": document.decode(), "signed": [key_id("sm2-sm3", signer.public.raw), signed]}

    def signed_grant(self, one: Grant) -> dict[str, Any]:
        """A grant as both parties signed it."""
        document = one.document()
        signatures = {
            party: [key_id("sm2-sm3", node.key.public.raw), node.key.sign(SIGNED_GRANT + document).hex()]
            for party, node in (("provider", self.hospitals), ("consumer", self.city))
        }
        return {"document": document.decode(), "signatures": signatures}

    def revoke(self, node: RunningNode, one: Grant) -> None:
        """Have a node revoke a grant, as its operator does."""
        by = one.provider if node is self.hospitals else one.consumer
        document = Revocation(one.id, by, "不再需要", timezone.now()).document()
        node.run(REVOKE, {"document": document.decode()})

    def issue(self, one: Grant, *nodes: RunningNode) -> None:
        """Have nodes take a grant, and their gateways know it."""
        for node in nodes or (self.city, self.hospitals):
            node.run(ISSUE, self.signed_grant(one))
        time.sleep(KNOWN_SECONDS)

    def wanted(self, **changes: Any) -> dict[str, Any]:
        """What the city's platform asks its gateway."""
        usual = {
            "resource": "birth_record", "keys": {"mother.id_number": self.mothers[0]}, "fields": ["child.birth_date"],
            "event": "birth", "services": ["birth_certificate"], "purpose": PURPOSE, "basis": [BASIS],
            "case": self.made["draft"], "official": f"person:{self.made['mother']}",
        }  # fmt: skip
        return {**usual, **changes}

    def ask(self, **changes: Any) -> httpx.Response:
        """Ask as the city's platform."""
        return httpx.post(
            f"{self.city.inside}/look-up", json=self.wanted(**changes), timeout=ANSWER_SECONDS, trust_env=False,
            headers={"Authorization": f"Bearer {self.city.secret}"},
        )  # fmt: skip

    def signed_call(
        self, asked: object = None, *, key: PrivateKey | None = None, key_: str = "", **changes: str
    ) -> "Forged":
        """A call as the city's gateway would sign it, or one that differs in what is signed."""
        usual = {
            "resource": "birth_record", "keys": {"mother.id_number": self.mothers[0]}, "fields": ["child.birth_date"],
        }  # fmt: skip
        body = asked if isinstance(asked, bytes) else json.dumps(asked or usual, ensure_ascii=False).encode()
        signer = key or self.city.key
        suite = str(signer.suite)
        one = RequestEnvelope(
            method="POST", path=PATH, query="", content_type="application/json", sender="city", receiver="hospitals",
            suite=suite, key=key_ or key_id(suite, signer.public.raw), nonce=secrets.token_hex(16),
            time=envelope.moment(timezone.now()), grant=GRANTS["births"].id, mode=str(Mode.LOOK_UP),
            agency=CITY.agency, event="birth", services="birth_certificate", purpose=PURPOSE, basis=BASIS,
            case=self.made["draft"], official="person:1", length=str(len(body)),
            body=envelope.hashed(suite, body).hex(),
        )  # fmt: skip
        return Forged(one._replace(**changes), signer, body, self.hospitals.public)

    def close(self) -> None:
        """End everything and remove every trace of it."""
        self.city.stop()
        self.hospitals.stop()
        embedded_postgres.stop(self.home)
        shutil.rmtree((self.home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


class Forged:
    """A signed call that can be sent as it is, or changed on its way."""

    def __init__(self, signed: RequestEnvelope, key: PrivateKey, body: bytes, address: str) -> None:
        self.envelope, self.body, self.address = signed, body, address
        self.seal = seal(key, signed.signed(), signed.suite if signed.suite in envelope.SUITES else "")

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry it."""
        return {
            "qipan-envelope": base64.b64encode(self.envelope.signed()).decode(),
            "qipan-signature": base64.b64encode(self.seal).decode(),
            "content-type": "application/json",
        }

    def send(self, **changes: Any) -> httpx.Response:
        """Send it; changes are those of httpx.request."""
        usual: dict[str, Any] = {
            "method": "POST", "url": self.address + PATH, "headers": self.headers, "content": self.body,
        }  # fmt: skip
        with httpx.Client(trust_env=False, timeout=ANSWER_SECONDS) as client:
            return client.request(**{**usual, **changes})


REVOKE = """
import json, sys
from qipan.site.setup import set_up
set_up()
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from qipan.adapters.seals import Suite, key_files
from qipan.core.grants import SIGNED_REVOCATION
from qipan.core.nodes import key_id
from qipan.exchange.operations import Signed, revoke_grant
key = key_files.read_or_make(settings.QIPAN_HOME / "keys" / "gateway-sm2-sm3.pem", Suite.SM2)
document = json.load(sys.stdin)["document"].encode()
with transaction.atomic():
    signed = Signed(key_id("sm2-sm3", key.public.raw), key.sign(SIGNED_REVOCATION + document))
    revoke_grant(document=document, signed=signed, at=timezone.now())
print("{}")
"""
ISSUE = """
import json, sys
from qipan.site.setup import set_up
set_up()
from django.db import transaction
from django.utils import timezone
from qipan.exchange.operations import Signed, issue_grant
said = json.load(sys.stdin)
with transaction.atomic():
    signatures = {party: Signed(one[0], bytes.fromhex(one[1])) for party, one in said["signatures"].items()}
    issue_grant(document=said["document"].encode(), signatures=signatures, at=timezone.now())
print("{}")
"""


def seal(key: PrivateKey, written: bytes, suite: str = "") -> bytes:
    """The seal of one envelope that is signed alone."""
    message, places = envelope.seal_together(suite or str(key.suite), [written])
    return key.sign(message) + places[0]


@contextmanager
def two_nodes(mothers: int = 20) -> Iterator[TwoNodes]:
    """Set the nodes up, their gateways running, and clear everything away."""
    home = Path(tempfile.mkdtemp(prefix="qipan-nodes-"))
    found = TwoNodes(home, mothers)
    try:
        found.hospitals.start("public")
        found.city.start("inside")
        yield found
    finally:
        found.close()


def numbers(count: int) -> list[str]:
    """Identity numbers of mothers, nobody's in fact."""
    made = PersonNumbers()
    return [made.number("330106", date(1985, 1, 1) + timedelta(days=day), "2") for day in range(count)]


def fill_register(url: str, mothers: Sequence[str]) -> None:
    """Make the hospitals' register: births, and residents of whom every second one lives elsewhere."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS births (mother text PRIMARY KEY, born_on date, sex text)")
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS people (number text PRIMARY KEY, name text, marital_status text, region text)"
        )
        cursor.execute("CREATE TABLE IF NOT EXISTS scans (mother text PRIMARY KEY, scan text)")
        cursor.executemany("INSERT INTO births VALUES (%s, '2026-11-20', '2')", [(one,) for one in mothers])
        cursor.executemany(
            "INSERT INTO people VALUES (%s, '王芳', '20', %s)",
            [
                (one, "330106002001" if place % 2 == 0 else "330203002001")
                for place, one in enumerate(mothers)
            ],
        )


def library_of_nodes(folder: Path) -> None:
    """The cast's library, births and residents in the hospitals' SQL register, weddings behind a service that a test may stand for."""
    declared = yaml.safe_load((LIBRARY / "birth.yaml").read_text(encoding="utf-8"))
    sources = {
        "birth_record": {"adapter": "sql", "register": "births", "table": "births", "columns": BIRTHS},
        "population": {"adapter": "sql", "register": "births", "table": "people", "columns": PEOPLE},
        "marriage": {
            "adapter": "http", "register": "weddings", "path": "/weddings/{number}",
            "columns": {"a.id_number": "number", "b.id_number": "spouse.number", "b.name": "spouse.name"},
        },
    }  # fmt: skip
    for name, source in sources.items():
        declared["resources"][name]["source"] = source
    declared["elements"]["Person.scan"] = {
        "title": "扫描件",
        "checks": {"max_length": 12_000_000},
        "ask": False,
    }
    declared["resources"]["scans"] = {
        "title": "分娩记录扫描件", "agency": "hospital", "parties": {"mother": "Person"}, "keys": ["mother.id_number"],
        "gives": ["mother.scan"], "legal_basis": [BASIS],
        "source": {
            "adapter": "sql", "register": "births", "table": "scans",
            "columns": {"mother.id_number": "mother", "mother.scan": "scan"},
        },
    }  # fmt: skip
    folder.mkdir()
    (folder / "birth.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
