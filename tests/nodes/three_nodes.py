"""The three nodes as `make demo NODES=3` starts them, and what a test does at each: as its operator, or as its platform."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from qipan.adapters import embedded_postgres
from qipan.faces.cli.run.three_nodes import FOLDER, environment_of
from qipan.faces.cli.tour.visitor import Page, Visitor
from qipan.sample.province import cast
from qipan.sample.shares import NODES
from tests import clusters

ROOT = Path(__file__).parents[2]
PORT = 8400
START_SECONDS = 900
COMES_SECONDS = 120  # for something to come from another node, on a busy machine
MOTHER = next(one for one in cast() if one.name == "林晓雯")
QIPAN = [sys.executable, "-m", "qipan.faces.cli"]
REVOKE = """
import json, sys
from qipan.site.setup import set_up
set_up()
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from qipan.core.grants import SIGNED_REVOCATION, End, Revocation
from qipan.exchange import operations, queries
from qipan.sharing.signers import own_signer
held = queries.grant(json.load(sys.stdin)["grant"])
signer = own_signer(settings.QIPAN_HOME, settings.QIPAN_GATEWAY_SUITE)
document = Revocation(str(held.id), held.grant.provider, "不再需要", timezone.now()).document()
with transaction.atomic():
    signed = signer.sign(SIGNED_REVOCATION + document)
    operations.revoke_grant(document=document, signed=signed, at=timezone.now())
print("{}")
"""


class ThreeNodes:
    """The nodes, running under one parent."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        self._environment |= {"QIPAN_HOME": str(home), "COLUMNS": "160"}
        self.log = home / "demo.log"
        with self.log.open("wb") as said:
            self.parent = subprocess.Popen(
                [*QIPAN, "demo", "--nodes", "3", f"--port={PORT}"],
                env=self._environment, cwd=ROOT, stdout=said, stderr=said,
            )  # fmt: skip
        self.process = psutil.Process(self.parent.pid)

    def wait(self) -> None:
        """Wait until it says where to look."""
        end = time.monotonic() + START_SECONDS
        while "three nodes, each for itself" not in self.log.read_text(errors="replace"):
            assert self.parent.poll() is None, self.log.read_text(errors="replace")[-4000:]
            assert time.monotonic() < end, self.log.read_text(errors="replace")[-4000:]
            time.sleep(0.2)

    def node(self, name: str) -> psutil.Process:
        """The process that all processes of a node belong to."""
        return next(
            one for one in self.process.children() if f"demo-node\0{name}\0" in "\0".join(one.cmdline())
        )

    def environment(self, name: str) -> dict[str, str]:
        """What its operator has."""
        return environment_of(self.home / FOLDER / name)

    def pages(self, name: str) -> str:
        """Where its pages are."""
        return (self.home / FOLDER / name / "demo-address").read_text(encoding="utf-8")

    def qipan(self, name: str, *arguments: str) -> str:
        """What a command says to its operator."""
        done = subprocess.run(
            [*QIPAN, *arguments], env=self.environment(name) | {"COLUMNS": "160"}, cwd=ROOT, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def run(self, name: str, program: str, said: object) -> Any:
        """Run a program on a node, and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", program], env=self.environment(name), cwd=ROOT, check=False, capture_output=True,
            input=json.dumps(said), text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def tour(self) -> "subprocess.CompletedProcess[str]":
        """Go through the birth."""
        return subprocess.run(
            [*QIPAN, "tour", "--nodes", "3", "--lang", "zh"], env=self._environment, cwd=ROOT, check=False,
            capture_output=True, text=True,
        )  # fmt: skip

    def rows(self, name: str, statement: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Ask its database, as an auditor beside it."""
        with psycopg.connect(self.environment(name)["QIPAN_OWNER_URL"]) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()

    def register(self, name: str, statement: str) -> list[tuple[Any, ...]]:
        """Ask a register of the province's, as the agency beside it that keeps it."""
        with psycopg.connect(embedded_postgres.url(self.home / FOLDER, f"register_{name}")) as connection:
            return connection.execute(statement.encode(), ()).fetchall()

    def grant(self, resource: str, event: str = "newborn") -> Mapping[str, Any]:
        """The city's first grant for a resource in an event."""
        [document, *_] = self.rows(
            "city",
            "SELECT document FROM exchange_grants WHERE resource = %s AND consumer_node = 'city' "
            "AND convert_from(document, 'UTF8')::jsonb ->> 'event' = %s ORDER BY issued_at",
            (resource, event),
        )
        found: Mapping[str, Any] = json.loads(bytes(document[0]))
        return found

    def official(self, node: str, agency: str, role: str) -> "Official":
        """Somebody at a node's desk."""
        [(number, name)] = self.rows(
            node,
            "SELECT o.id, o.name FROM officials o JOIN tenures t ON t.official_id = o.id JOIN posts p ON p.id = t.post_id"
            " WHERE p.agency = %s AND %s = ANY (p.powers)",
            (agency, role),
        )
        return Official(self.pages(node), str(number), name)

    def ask(self, resource: str, keys: Mapping[str, str], draft: str, **changes: object) -> httpx.Response:
        """Ask as the city's platform, for a form in hand."""
        environment, grant = self.environment("city"), self.grant(resource)
        secret = (self.home / FOLDER / "city" / "gateway-secret").read_text(encoding="utf-8")
        wanted = {
            "resource": resource, "keys": keys, "fields": grant["fields"][:1], "event": "newborn",
            "services": ["birth_certificate"], "purpose": grant["purpose"]["zh"], "basis": grant["basis"],
            "case": draft, "official": "system:0",
        }  # fmt: skip
        return httpx.post(
            f"{environment['QIPAN_GATEWAY']}/look-up", json={**wanted, **changes}, timeout=COMES_SECONDS, trust_env=False,
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip

    def close(self) -> None:
        """Leave nothing behind, whatever a test found."""
        left = self.process.children(recursive=True) if self.parent.poll() is None else []
        self.parent.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.parent.wait(120)
        for one in (*left, self.process):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.parent.wait()


class Official:
    """An official at the browser, signed in."""

    def __init__(self, base: str, number: str, name: str) -> None:
        self._visitor = Visitor(base, "zh-CN")
        page = self._visitor.open(f"/desk/sign-in?q={name}")
        form = next(one for one in page.forms if ("official", number) in {each[:2] for each in one.buttons})
        self._visitor.send(page, form, button=number)

    def open(self, address: str) -> Page:
        """Open a page."""
        return self._visitor.open(address)

    def send(self, page: Page, part: str, **answers: str | list[str]) -> Page:
        """Send the form whose action has ``part`` in it."""
        return self._visitor.send(page, page.form(part), answers)

    def wait(self, address: str, part: str) -> Page:
        """Open a page again and again until ``part`` is among its words, forms or links."""
        end = time.monotonic() + COMES_SECONDS
        while part not in (page := self.open(address)).source:
            assert time.monotonic() < end, page.words
            time.sleep(0.2)
        return page

    def close(self) -> None:
        """Leave."""
        self._visitor.close()


@contextmanager
def three_nodes() -> Iterator[ThreeNodes]:
    """Start them on databases that hold nothing but tables, and clear everything away."""
    home = Path(tempfile.mkdtemp(prefix="qipan-three-"))
    home.chmod(0o755)  # PostgreSQL may run as another account
    clusters.ready_cluster(home / FOLDER)
    for node in NODES:
        clusters.ready_database(home / FOLDER, f"node_{node.name}")
    found = ThreeNodes(home)
    try:
        found.wait()
        yield found
    finally:
        found.close()
        cluster = home / FOLDER
        embedded_postgres.stop(cluster)
        shutil.rmtree((cluster / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
