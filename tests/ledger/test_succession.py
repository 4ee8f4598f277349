"""Keys are changed: what the old ones signed stays valid, witnesses follow by themselves, and nobody can talk them into others."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from qipan.adapters.seals import generate
from qipan.core import notes
from qipan.core.notes import Note, Signature
from qipan.faces.cli import main
from qipan.faces.trail import qipan_verify
from qipan.ledger import operations as ledger
from qipan.ledger import queries, seal_keys, succession
from qipan.ledger.models import Entry
from qipan.ledger.receipts import receipt
from qipan.ledger.seal_keys import SUITES, SealKeys
from qipan.ledger.succession import follow, joined, successions
from qipan.ledger.witnessing import NotTheirHead
from qipan.people.actors import SYSTEM
from qipan.sharing.signers import own_signer, stand_alone
from tests.ledger import published, trail

NEW = SealKeys(trail.KEYS.origin, tuple(generate(suite) for suite in SUITES))
NEWEST = SealKeys(trail.KEYS.origin, tuple(generate(suite) for suite in SUITES))
OTHER = SealKeys(trail.KEYS.origin, tuple(generate(suite) for suite in SUITES))


def lines(keys: SealKeys) -> list[str]:
    return [seal_keys.line(key) for key in keys.verifier_keys()]


def rotated(old: SealKeys, new: SealKeys) -> None:
    with transaction.atomic():
        ledger.append([SYSTEM.entry(succession.ACT, succession.SUBJECT, **successions(old, new))], trail.NOON)


def test_one_comes_to_the_newest_keys_from_any_before() -> None:
    told = [*successions(trail.KEYS, NEW).values(), *successions(NEW, NEWEST).values()]
    for written in (joined(told), joined(reversed(told))):
        assert sorted(follow(lines(trail.KEYS), written)) == sorted(lines(NEWEST))
        assert sorted(follow(lines(NEW), written)) == sorted(lines(NEWEST))
        assert sorted(follow(lines(NEWEST), written)) == sorted(lines(NEWEST))


def test_nobody_is_talked_into_keys_that_the_old_ones_did_not_name() -> None:
    pinned = sorted(lines(trail.KEYS))
    true = successions(trail.KEYS, NEW)
    forged = successions(OTHER, NEW)
    named = {
        function: note.replace(lines(OTHER)[0], lines(trail.KEYS)[0]) for function, note in forged.items()
    }
    half = SealKeys(trail.KEYS.origin, (trail.KEYS.keys[0], OTHER.keys[1]))
    unsigned = []
    for note in map(notes.parse_note, true.values()):
        unsigned.append(notes.format_note(note._replace(signatures=note.signatures[2:])))
        unsigned.append(notes.format_note(note._replace(signatures=note.signatures[:2])))
        wrong = Signature(note.signatures[0].name, note.signatures[0].key_id, bytes(64))
        unsigned.append(notes.format_note(Note(note.text, (wrong, *note.signatures[1:]))))
    for written in (
        *forged.values(),
        *named.values(),
        *successions(half, NEW).values(),
        *unsigned,
        "x",
        "",
        "\n\n\n\n",
    ):
        assert sorted(follow(lines(trail.KEYS), written)) == pinned, written


@pytest.mark.django_db(transaction=True)
def test_what_was_signed_before_stays_valid_and_a_witness_follows(tmp_path: Path) -> None:
    entry = trail.sealed(3)[0]
    before = json.loads(json.dumps(receipt(entry)))
    witness = published.Witness()
    witness.look()
    rotated(trail.KEYS, NEW)
    trail.append(9)
    trail.seal(keys=NEW)
    witness.look()
    assert sorted(witness.memory().keys) == sorted(lines(NEW))
    assert qipan_verify.check_receipt(before, trail.trusted(trail.KEYS)) == []
    after = json.loads(json.dumps(receipt(Entry.objects.latest("id").id)))
    assert qipan_verify.check_receipt(after, trail.trusted(NEW)) == []
    assert qipan_verify.check_receipt(after, trail.trusted(trail.KEYS)) != []
    followed = qipan_verify.read_keys(
        "\n".join(follow(lines(trail.KEYS), joined(queries.successions("sha256"))))
    )
    assert {key.key_id for key in trail.trusted(NEW) if key.name.endswith("sha256")} <= {
        key.key_id for key in followed
    }


@pytest.mark.django_db(transaction=True)
def test_a_witness_refuses_heads_under_keys_that_nobody_named() -> None:
    trail.sealed(3)
    witness = published.Witness()
    witness.look()
    rotated(OTHER, NEW)
    trail.append(9)
    trail.seal(keys=NEW)
    with pytest.raises(NotTheirHead):
        witness.look()
    assert sorted(witness.memory().keys) == sorted(lines(trail.KEYS))


@pytest.mark.django_db(transaction=True)
def test_the_command_changes_the_keys_of_the_trail(settings: Settings, tmp_path: Path) -> None:
    settings.QIPAN_HOME, settings.QIPAN_TRAIL_ORIGIN = tmp_path, trail.KEYS.origin
    folder = tmp_path / "keys"
    old = seal_keys.read_or_make(folder, trail.KEYS.origin)
    done = CliRunner().invoke(main, ["rotate", "trail", "--lang", "en"])
    assert done.exit_code == 0, done.output
    new = seal_keys.read_or_make(folder, trail.KEYS.origin)
    assert {*lines(old)}.isdisjoint(lines(new))
    assert {*lines(old), *lines(new)} == set(queries.verifier_keys())
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*.pem"))
    assert len(list((folder / "retired").rglob("*.pem"))) == 2
    served = Client().get("/trail/sm3/successions").content.decode()
    assert set(
        follow(
            lines(old),
            served + succession.BETWEEN + Client().get("/trail/sha256/successions").content.decode(),
        )
    ) == set(lines(new))
    (tmp_path / "old.txt").write_text("\n".join(lines(old)))
    (tmp_path / "notes.txt").write_text(served)
    printed = CliRunner().invoke(
        main, ["rotate", "follow", "--trust", str(tmp_path / "old.txt"), str(tmp_path / "notes.txt")]
    )
    assert set(printed.output.split()) == {*lines(old), *(line for line in lines(new) if "/sm3+" in line)}


@pytest.mark.django_db(transaction=True)
def test_the_command_changes_the_key_of_a_gateway_that_stands_alone(
    settings: Settings, tmp_path: Path
) -> None:
    settings.QIPAN_HOME = tmp_path
    with transaction.atomic():
        stand_alone(
            home=tmp_path,
            suite="sm2-sm3",
            title_zh="本",
            title_en="Here",
            address="http://127.0.0.1:1",
            at=trail.NOON.replace(year=2025),
        )
    before = own_signer(tmp_path, "sm2-sm3")
    early = CliRunner().invoke(main, ["rotate", "gateway", "--take-over", "--lang", "en"])
    assert early.exit_code == 1
    assert own_signer(tmp_path, "sm2-sm3").key.public.raw == before.key.public.raw
    for arguments in ([], ["--take-over"]):
        done = CliRunner().invoke(main, ["rotate", "gateway", *arguments, "--lang", "en"])
        assert done.exit_code == 0, done.output
    after = own_signer(tmp_path, "sm2-sm3")
    assert (after.node, after.key.public.raw != before.key.public.raw) == ("here", True)
