"""The operator against its own trail: every trigger is off, every row can be changed. What was done before is found."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from qipan import records
from qipan.adapters.seals import generate
from qipan.core import notes
from qipan.faces.trail import qipan_verify
from qipan.ledger import queries, sealing, witnessing
from qipan.ledger.entries import NewEntry, commitment_to, leaf_hash
from qipan.ledger.models import Entry
from qipan.ledger.receipts import receipt
from qipan.ledger.seal_keys import SealKeys
from tests.ledger import trail
from tests.ledger.published import OwnTrail, Witness

pytestmark = pytest.mark.django_db(transaction=True)
Attack = Callable[[Sequence[int]], Sequence[str]]
OTHER_LEAF = "UPDATE trail_tiles SET sm3 = set_byte(sm3, 99, 255 - get_byte(sm3, 99)) WHERE level = 0"

# Five acts at noon, five at one o'clock; leaf 3 is of the first group.
ATTACKS: dict[str, tuple[Attack, set[str]]] = {
    "act altered": (lambda e: [f"UPDATE entries SET act = 'refuse_case' WHERE id = {e[3]}"], {"altered"}),
    "actor altered": (lambda e: [f"UPDATE entries SET actor = 8 WHERE id = {e[3]}"], {"altered"}),
    "subject altered": (lambda e: [f"UPDATE entries SET subject = 'case:99' WHERE id = {e[3]}"], {"altered"}),
    "details altered": (
        lambda e: [f"UPDATE entries SET details = details || '{{\"number\": 99}}' WHERE id = {e[3]}"], {"details"},
    ),
    "salt altered": (lambda e: [f"UPDATE entries SET salt = decode(repeat('00', 16), 'hex') WHERE id = {e[3]}"], {"details"}),
    "commitment altered": (lambda e: [f"UPDATE entries SET commitment = decode(repeat('00', 64), 'hex') WHERE id = {e[3]}"], {"altered"}),
    "dropped": (lambda e: [f"DELETE FROM entries WHERE id = {e[3]}"], {"dropped"}),
    "dropped with its leaf": (
        lambda e: [f"DELETE FROM entries WHERE id = {e[3]}",
                   f"UPDATE trail_bundles SET entries = array_remove(entries, {e[3]}::bigint)"],
        {"reordered", "altered", "gap"},
    ),
    "last one dropped with its leaf": (
        lambda e: [f"DELETE FROM entries WHERE id = {e[-1]}",
                   f"UPDATE trail_bundles SET entries = array_remove(entries, {e[-1]}::bigint)"],
        {"gap"},
    ),
    "reordered": (
        lambda e: [f"""UPDATE trail_bundles SET entries =
          array_replace(array_replace(array_replace(entries, {e[3]}::bigint, 0), {e[7]}::bigint, {e[3]}), 0, {e[7]}::bigint)"""],
        {"reordered"},
    ),
    "contents swapped": (
        lambda e: [f"""UPDATE entries SET at = o.at, act = o.act, subject = o.subject, details = o.details, salt = o.salt,
          commitment = o.commitment, leaf_hash = o.leaf_hash FROM entries o
          WHERE (entries.id, o.id) IN (({e[3]}, {e[7]}), ({e[7]}, {e[3]}))"""],
        {"reordered"},
    ),
    "back-dated": (lambda e: [f"UPDATE entries SET at = at - interval '1 month' WHERE id = {e[7]}"], {"backdated"}),
    "back-dated a little": (lambda e: [f"UPDATE entries SET at = at - interval '1 second' WHERE id = {e[7]}"], {"altered"}),
    "slipped in": (
        lambda _: ["""INSERT INTO entries (at, act, actor_kind, subject, details, salt, commitment, leaf_hash, xact)
          SELECT at, 'grant_case', actor_kind, subject, details, salt, commitment, leaf_hash, xact FROM entries
          ORDER BY id LIMIT 1"""],
        {"slipped"},
    ),
    "erased without a word": (
        lambda e: [f"UPDATE entries SET salt = '', details = '{{}}' WHERE id = {e[3]}"], {"silent"},
    ),
    "leaf altered": (
        lambda _: [OTHER_LEAF], {"altered", "root", "anchor"},
    ),
    "tiles shortened": (lambda _: ["UPDATE trail_tiles SET sha256 = substr(sha256, 33)"], {"root", "altered", "anchor"}),
    "head removed": (lambda _: ["DELETE FROM trail_checkpoints WHERE size = 10"], set()),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_a_row_changed_by_hand_is_found(name: str) -> None:
    entries = trail.sealed(5, 5)
    witness = Witness()
    witness.look()
    attack, expected = ATTACKS[name]
    assert trail.wrong_in(trail.copied(), *witness.anchors()) == []
    trail.by_hand(*attack(entries))
    found = trail.wrong_in(trail.copied(), *witness.anchors())
    codes = {code for code, _ in found}
    assert codes
    assert codes <= (expected or {"shrunk"})


@pytest.mark.parametrize("name", ["act altered", "dropped", "reordered", "back-dated"])
def test_it_is_told_which_row(name: str) -> None:
    entries = trail.sealed(5, 5)
    trail.by_hand(*ATTACKS[name][0](entries))
    told = {values["leaf"]: values["id"] for _, values in trail.wrong_in(trail.copied())}
    assert told.items() <= {3: entries[3], 7: entries[7]}.items() | {3: entries[7], 7: entries[3]}.items()
    assert {3, 7} & told.keys()


def test_an_act_with_a_false_time_is_found_though_its_leaf_is_right() -> None:
    trail.sealed(5)
    trail.append(5, at=trail.NOON - timedelta(days=30))
    trail.seal(trail.NOON + timedelta(hours=1))
    assert [(code, values["leaf"]) for code, values in trail.wrong_in(trail.copied())] == [("late", 5)]


def rewrite(entry: int, **said: object) -> None:
    """The operator changes an act, computes everything anew, and signs it with the true keys."""
    row = Entry.objects.get(id=entry)
    changed = NewEntry(
        row.act, row.actor_kind, row.actor, row.on_behalf_of, row.subject, row.details
    )._replace(**said)  # type: ignore[arg-type]
    leaf = leaf_hash(changed, row.at, bytes(row.salt)).hex()
    trail.by_hand(
        f"UPDATE entries SET act = '{changed.act}', leaf_hash = decode('{leaf}', 'hex') WHERE id = {entry}",
        "DELETE FROM trail_tiles", "DELETE FROM trail_bundles", "DELETE FROM trail_checkpoints",
    )  # fmt: skip


def test_a_trail_rewritten_and_signed_anew_is_found_by_its_witness() -> None:
    entries = trail.sealed(5, 5)
    witness = Witness()
    witness.look()
    before = {function: queries.newest_head(function) for function in ("sm3", "sha256")}
    rewrite(entries[3], act="refuse_case")
    trail.append(11)
    assert trail.seal(trail.NOON + timedelta(hours=1)) == 11
    lines = trail.copied()
    assert trail.wrong_in(lines) == [], "by itself, the new trail is whole and signed"
    found = trail.wrong_in(lines, *witness.anchors())
    assert {code for code, _ in found} == {"anchor"}
    assert {values["size"] for _, values in found} == {10}
    with pytest.raises(witnessing.Forked):
        witness.look()
    assert before["sm3"] != queries.newest_head("sm3")


def test_it_is_told_between_which_heads_the_trail_was_rewritten() -> None:
    entries = trail.sealed(5)
    witness = Witness()
    for group in range(3):
        witness.look()
        trail.append(*range(5 * group, 5 * group + 5), at=trail.NOON)
        trail.seal()
    entries = trail.sealed()
    rewrite(entries[7], act="refuse_case")
    trail.seal()
    found = [
        values for code, values in trail.wrong_in(trail.copied(), *witness.anchors()) if code == "anchor"
    ]
    assert {(values["after"], values["size"]) for values in found} == {(5, 10), (5, 15)}


def test_a_trail_rolled_back_is_found_by_its_witness() -> None:
    entries = trail.sealed(5, 5)
    witness = Witness()
    witness.look()
    trail.by_hand(
        f"DELETE FROM entries WHERE id > {entries[6]}", "DELETE FROM trail_tiles", "DELETE FROM trail_bundles",
        "DELETE FROM trail_checkpoints",
    )  # fmt: skip
    trail.seal(trail.NOON + timedelta(hours=1))
    assert trail.wrong_in(trail.copied()) == []
    assert {code for code, _ in trail.wrong_in(trail.copied(), *witness.anchors())} == {"shrunk"}
    with pytest.raises(witnessing.RolledBack):
        witness.look()


def test_an_old_checkpoint_served_again_is_refused() -> None:
    trail.sealed(5)
    witness = Witness()
    old = OwnTrail()
    old.frozen = {function: old.head(function) for function in ("sm3", "sha256")}
    trail.append(5)
    trail.seal()
    witness.look()
    witness.trail = old
    with pytest.raises(witnessing.RolledBack):
        witness.look()


def test_two_views_of_one_size_are_refused() -> None:
    entries = trail.sealed(5)
    witness = Witness()
    witness.look()
    rewrite(entries[2], act="refuse_case")
    trail.seal()
    with pytest.raises(witnessing.Forked):
        witness.look()


def test_a_head_signed_by_a_stranger_is_refused() -> None:
    trail.sealed(5)
    witness = Witness()
    strangers = SealKeys(trail.KEYS.origin, tuple(generate(key.suite) for key in trail.KEYS.keys))
    trail.append(6)
    trail.seal(keys=strangers)
    with pytest.raises(witnessing.NotTheirHead):
        witness.look()


def test_nothing_is_signed_that_was_refused() -> None:
    entries = trail.sealed(5)
    witness = Witness()
    witness.look()
    signed = len(witness.trail.cosigned)
    rewrite(entries[2], act="refuse_case")
    trail.seal()
    with pytest.raises(witnessing.RefusedToCosign):
        witness.look()
    assert len(witness.trail.cosigned) == signed
    again = Witness(witness.folder)
    with pytest.raises(witnessing.Forked):
        again.look()


def test_a_forged_receipt_cannot_borrow_a_true_head() -> None:
    entries = trail.sealed(5)
    true = json.loads(json.dumps(receipt(entries[2])))
    forged: dict[str, Any] = json.loads(json.dumps(true))
    said = NewEntry("grant_case", "official", 7, None, "case:1", {})
    forged["entry"] |= {
        "act": said.act,
        "details": {},
        "commitment": commitment_to({}, bytes(16)).hex(),
        "salt": "00" * 16,
    }
    assert qipan_verify.check_receipt(true, trail.trusted()) == []
    codes = {one.code for one in qipan_verify.check_receipt(forged, trail.trusted())}
    assert codes == {"path"}


def test_the_sealer_does_not_build_on_a_changed_tree() -> None:
    trail.sealed(5)
    trail.by_hand(OTHER_LEAF)
    trail.append(6)
    with pytest.raises(sealing.TrailBroken):
        trail.seal()


@pytest.mark.parametrize(
    "change",
    ["UPDATE trail_tiles SET sm3 = overlay(sm3 PLACING '\\x00' FROM 3)", "UPDATE trail_tiles SET sm3 = ''",
     "DELETE FROM trail_tiles", "UPDATE trail_bundles SET entries = entries[2:]", "DELETE FROM trail_bundles",
     "UPDATE trail_bundles SET first_entry = 0", "UPDATE trail_checkpoints SET sm3 = ''", "DELETE FROM trail_checkpoints",
     "DELETE FROM trail_keys", "UPDATE trail_keys SET key = 'x'", "DELETE FROM trail_cosignatures"],
)  # fmt: skip
def test_with_its_guards_on_the_tree_stays_as_it_is(change: str) -> None:
    trail.sealed(5)
    with pytest.raises(Exception, match="only ever added"), transaction.atomic():
        records.execute(change)
    assert trail.wrong_in(trail.copied()) == []


def test_the_notes_of_a_witness_are_notes() -> None:
    trail.sealed(5)
    witness = Witness()
    witness.look()
    for line in witness.memory().history.read_text(encoding="utf-8").splitlines():
        note = notes.parse_note(json.loads(line)["checkpoint"])
        assert [one.name for one in note.signatures] == [Witness.NAME]
