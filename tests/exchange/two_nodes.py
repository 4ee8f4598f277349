"""Two nodes on this machine: a city that asks, hospitals that answer. Real gateways, databases, keys, and a register in SQL."""

import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from django.utils import timezone

from qipan.adapters import embedded_postgres
from qipan.adapters.seals import PrivateKey, Suite, generate
from qipan.core import envelope
from qipan.core.envelope import RequestEnvelope
from qipan.core.grants import SIGNED_GRANT, End, Grant, Mode, Revocation, Rows
from qipan.core.nodes import SIGNED_LIST, Node, NodeKey, NodeList, key_id
from tests import clusters
from tests.exchange.forged import ANSWER_SECONDS, PATH, Forged
from tests.exchange.nodes import RunningNode
from tests.exchange.register import BASIS, fill_register, library_of_nodes, numbers
from tests.ports import free_port

KNOWN_SECONDS = 3.0  # a gateway reads its grants anew each second
PURPOSE = "核验分娩记录"
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
