"""The tree over HTTP: what anybody may fetch, keep, and check."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from qipan.adapters.seals import Suite, generate
from qipan.core import merkle, notes, tiles
from qipan.core.merkle import Head
from qipan.core.notes import Signature, VerifierKey
from qipan.faces.trail import qipan_verify
from qipan.ledger import sealing
from qipan.ledger.functions import FUNCTIONS
from qipan.ledger.models import Cosignature, Entry
from qipan.ledger.receipts import receipt
from tests.ledger import trail


def cut(tile: bytes) -> list[bytes]:
    return [tile[at : at + 32] for at in range(0, len(tile), 32)]


WITNESS = generate(Suite.ED25519)
WITNESS_KEY = VerifierKey("witness.example/one", notes.COSIGNATURE, WITNESS.public.raw)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitor(settings: Settings, tmp_path: Path) -> Client:
    """Somebody outside, and a site that knows one witness."""
    settings.QIPAN_WITNESSES = tmp_path / "witnesses.txt"
    settings.QIPAN_WITNESSES.write_text(f"# ours\n{notes.format_key(WITNESS_KEY)}\n", encoding="utf-8")
    return Client(headers={"Accept-Language": "zh-hans"})


def cosigned(text: str, time: int) -> str:
    value = notes.cosignature(time, WITNESS.sign(notes.cosigned_message(text, time)))
    return notes.format_signature(Signature(WITNESS_KEY.name, WITNESS_KEY.key_id, value))


def now() -> int:
    return int(timezone.now().timestamp())


def test_before_anything_was_sealed_there_is_no_head(visitor: Client) -> None:
    assert visitor.get("/trail/sm3/checkpoint").status_code == 404
    assert visitor.get("/trail/").status_code == 200


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_tree_can_be_rebuilt_from_tiles(visitor: Client, function: str) -> None:
    trail.sealed(300, 213)
    note = notes.parse_note(visitor.get(f"/trail/{function}/checkpoint").text)
    head = notes.parse_checkpoint(note.text)
    assert head.size == 513
    leaves = b""
    for path in ("000", "001", "002.p/1"):
        answer = visitor.get(f"/trail/{function}/tile/0/{path}")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        leaves += answer.content
    assert merkle.root_of(FUNCTIONS[function], cut(leaves)) == head.root
    upper = cut(visitor.get(f"/trail/{function}/tile/1/000.p/2").content)
    assert upper[0] == merkle.root_of(FUNCTIONS[function], cut(leaves)[:256])


@pytest.mark.parametrize(
    "path",
    ["md5/checkpoint", "sm3/checkpoint/2", "sm3/tile/0/001", "sm3/tile/0/000", "sm3/tile/0/000.p/4", "sm3/tile/0/000.p/0",
     "sm3/tile/0/000.p/03", "sm3/tile/0/0", "sm3/tile/0/x000/000", "sm3/tile/9/000", "sm3/tile/0/000.p/%D9%A1",
     "sm3/tile/0/000.p/", "sm3/proof/inclusion/3/3", "sm3/proof/inclusion/0/9", "sm3/proof/consistency/3/2",
     "sm3/proof/consistency/1/900"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(visitor: Client, path: str) -> None:
    trail.sealed(3)
    assert visitor.get(f"/trail/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "checkpoint/{}",
        "proof/inclusion/0/{}",
        "proof/consistency/1/{}",
        "tile/{}/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_enormous_numbers_are_refused(visitor: Client, path: str) -> None:
    trail.sealed(3)
    assert visitor.get(f"/trail/sm3/{path.format(10**40)}").status_code in {400, 404}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_proofs_lead_from_leaves_and_old_heads_to_the_newest(visitor: Client, function: str) -> None:
    trail.sealed(5, 8)
    hashed = FUNCTIONS[function]

    def head(path: str) -> Head:
        found = notes.parse_checkpoint(notes.parse_note(visitor.get(f"/trail/{function}/{path}").text).text)
        return Head(found.size, found.root)

    def hashes(path: str) -> list[bytes]:
        return [bytes.fromhex(one) for one in visitor.get(f"/trail/{function}/proof/{path}").json()["hashes"]]

    old, new = head("checkpoint/5"), head("checkpoint")
    assert merkle.extends(hashed, old, new, hashes("consistency/5/13"))
    leaf = cut(visitor.get(f"/trail/{function}/tile/0/000.p/13").content)[7]
    assert merkle.includes(hashed, new, 7, leaf, hashes("inclusion/7/13"))


def test_keys_and_the_verifier_are_published(visitor: Client) -> None:
    with transaction.atomic():
        sealing.publish_keys(trail.KEYS, trail.NOON)
        sealing.publish_keys(trail.KEYS, trail.NOON)
    assert sorted(qipan_verify.read_keys(visitor.get("/trail/keys").text)) == sorted(trail.trusted())
    assert visitor.get("/trail/qipan_verify.py").content == Path(qipan_verify.__file__).read_bytes()


def test_nothing_published_says_what_was_done(visitor: Client) -> None:
    trail.sealed(3)
    published = b"".join(
        visitor.get(f"/trail/{path}").content
        for path in (
            "sm3/checkpoint",
            "sm3/tile/0/000.p/3",
            "sha256/tile/0/000.p/3",
            "sm3/proof/inclusion/1/3",
        )
    )
    for entry in Entry.objects.all():
        assert bytes(entry.salt) not in published
        assert bytes(entry.commitment) not in published
        assert entry.act.encode() not in published


def test_a_witness_adds_its_signature(visitor: Client) -> None:
    entries = trail.sealed(3)
    for function in FUNCTIONS:
        text = notes.parse_note(visitor.get(f"/trail/{function}/checkpoint").text).text
        address = f"/trail/{function}/checkpoint/3/cosignatures"
        for _ in range(2):
            sent = visitor.post(address, cosigned(text, now()), content_type="text/plain")
            assert sent.status_code == 204
        note = notes.parse_note(visitor.get(f"/trail/{function}/checkpoint").text)
        assert [one.name for one in note.signatures].count(WITNESS_KEY.name) == 1
    trail.append(9)
    trail.seal()
    assert WITNESS_KEY.name not in visitor.get("/trail/sm3/checkpoint").text
    from_receipt = json.loads(json.dumps(receipt(entries[1])))
    trusted = [*trail.trusted(), qipan_verify.read_key(notes.format_key(WITNESS_KEY))]
    assert qipan_verify.check_receipt(from_receipt, trusted, witnesses=1) == []


def test_what_is_no_cosignature_of_a_known_witness_is_refused(visitor: Client) -> None:
    trail.sealed(3)
    text = notes.parse_note(visitor.get("/trail/sm3/checkpoint").text).text
    good, other = cosigned(text, now()), cosigned(text.replace("\n3\n", "\n4\n"), now())
    stranger = good.replace("witness.example/one", "witness.example/two")
    ahead = cosigned(text, int((timezone.now() + timedelta(hours=1)).timestamp()))
    for line in ("", "x", good * 10, other, stranger, ahead, good[:-12] + "\n"):
        sent = visitor.post("/trail/sm3/checkpoint/3/cosignatures", line, content_type="text/plain")
        assert sent.status_code == 422, line
    for address in ("/trail/sha256/checkpoint/3/cosignatures", "/trail/sm3/checkpoint/2/cosignatures"):
        assert visitor.post(address, good, content_type="text/plain").status_code == 422
    assert visitor.get("/trail/sm3/checkpoint/3/cosignatures").status_code == 405
    assert not Cosignature.objects.exists()


def test_addresses_are_those_of_tiles() -> None:
    assert tiles.path_of(tiles.Tile(0, 2), 1) == "0/002.p/1"
