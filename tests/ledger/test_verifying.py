"""Receipts and copies that are true pass; the stand-alone verifier agrees with the real thing on every part."""

import copy
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from qipan.adapters.seals import Suite, generate
from qipan.core import merkle, notes
from qipan.faces.cli.trail.commands import verify
from qipan.faces.trail import qipan_verify
from qipan.ledger import functions, queries
from qipan.ledger import operations as ledger
from qipan.ledger.receipts import NotSealed, receipt
from qipan.ledger.seal_keys import SealKeys
from tests.ledger import trail

EDIT = Callable[[dict[str, Any]], object]


@pytest.mark.django_db(transaction=True)
def test_a_receipt_of_every_leaf_is_true() -> None:
    for entry in trail.sealed(1, 4, 7):
        written = json.loads(json.dumps(receipt(entry)))
        assert qipan_verify.check_receipt(written, trail.trusted()) == []


@pytest.mark.django_db(transaction=True)
def test_there_is_no_receipt_before_sealing() -> None:
    trail.append(1)
    with pytest.raises(NotSealed):
        receipt(1)


@pytest.mark.django_db(transaction=True)
def test_a_receipt_outlives_the_growth_of_the_tree_and_the_erasing_of_its_details() -> None:
    entry = trail.sealed(3)[1]
    before = json.loads(json.dumps(receipt(entry)))
    with transaction.atomic():
        ledger.erase_details(entries=[entry], actor_kind="official", actor=1, reason="请求", at=trail.NOON)
    trail.seal()
    after = json.loads(json.dumps(receipt(entry)))
    assert before["entry"]["details"] == {"number": 1, "title": "出生一件事"}
    assert (after["entry"]["details"], after["entry"]["salt"]) == (None, None)
    for one in (before, after):
        assert qipan_verify.check_receipt(one, trail.trusted()) == []


@pytest.mark.django_db(transaction=True)
def test_what_was_done_about_a_subject_is_listed_with_its_leaves(
    assert_query_count: Callable[[int], AbstractContextManager[None]],
) -> None:
    entries = trail.sealed(300)
    trail.append(299)
    with assert_query_count(1):
        found = queries.entries_about(["case:7", "case:299"])
    assert [(one.subject, one.leaf, one.erased) for one in found] == [
        ("case:7", 7, False),
        ("case:299", 299, False),
        ("case:299", None, False),
    ]
    assert found[0].id == entries[7]


EDITS: dict[str, EDIT] = {
    "act": lambda one: one["entry"].update(act="refuse_case"),
    "actor": lambda one: one["entry"].update(actor=8),
    "time": lambda one: one["entry"].update(at="2026-11-22T04:00:00.000000+00:00"),
    "subject": lambda one: one["entry"].update(subject="case:9"),
    "details": lambda one: one["entry"]["details"].update(title="别的事"),
    "salt": lambda one: one["entry"].update(salt="00" * 16),
    "commitment": lambda one: one["entry"].update(commitment="00" * 64),
    "leaf": lambda one: one.update(leaf=one["leaf"] ^ 1),
    "far leaf": lambda one: one.update(leaf=one["leaf"] + 16),
    "leaf below all": lambda one: one.update(leaf=-6),
    "path": lambda one: one["trees"]["sm3"]["path"].reverse(),
    "shorter path": lambda one: one["trees"]["sha256"]["path"].pop(),
    "trees": lambda one: one["trees"].update(sm3=one["trees"]["sha256"]),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_forged_receipt_is_found(edit: EDIT) -> None:
    written = json.loads(json.dumps(receipt(trail.sealed(8)[2])))
    edit(written)
    assert qipan_verify.check_receipt(written, trail.trusted())


@pytest.mark.django_db(transaction=True)
def test_a_receipt_signed_by_somebody_else_is_found() -> None:
    entry = trail.sealed(3)[0]
    written = receipt(entry)
    others = SealKeys(trail.KEYS.origin, tuple(generate(key.suite) for key in trail.KEYS.keys))
    codes = {one.code for one in qipan_verify.check_receipt(written, trail.trusted(others))}
    assert codes == {"unsigned"}
    note = written["trees"]["sm3"]["checkpoint"]
    first, second = note.splitlines()[-2:]
    written["trees"]["sm3"]["checkpoint"] = note.replace(second.split(" ")[2][8:], first.split(" ")[2][8:])
    codes = {one.code for one in qipan_verify.check_receipt(written, trail.trusted())}
    assert codes == {"signature"}


@pytest.mark.django_db(transaction=True)
def test_witnesses_may_be_asked_for() -> None:
    written = receipt(trail.sealed(3)[0])
    assert {one.code for one in qipan_verify.check_receipt(written, trail.trusted(), 1)} == {"witnesses"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("start", "end"), [(0, None), (0, 5), (3, 4), (2, 300), (255, 257), (299, None), (300, 300)]
)
def test_a_true_copy_of_any_range_passes(start: int, end: int | None) -> None:
    trail.sealed(4, 290, 6)
    lines = trail.copied(start, end)
    assert trail.wrong_in(lines) == []
    assert sum("leaf" in line for line in lines) == (300 if end is None else end) - start


@pytest.mark.django_db(transaction=True)
def test_a_copy_cannot_reach_beyond_the_head() -> None:
    trail.sealed(4)
    with pytest.raises(NotSealed):
        trail.copied(0, 5)


@pytest.mark.django_db(transaction=True)
def test_the_program_runs_alone(tmp_path: Path) -> None:
    entry = trail.sealed(5, 3)[1]
    program = tmp_path / "qipan_verify.py"
    program.write_bytes(Path(qipan_verify.__file__).read_bytes())
    keys = "\n".join(notes.format_key(key) for key in trail.KEYS.verifier_keys())
    (tmp_path / "keys.txt").write_text(f"# trusted\n{keys}\n", encoding="utf-8")
    (tmp_path / "receipt.json").write_text(json.dumps(receipt(entry)), encoding="utf-8")
    lines = trail.copied()
    (tmp_path / "copy.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for what, file in (("receipt", "receipt.json"), ("copy", "copy.jsonl")):
        done = alone(tmp_path, what, file, "--keys", "keys.txt")
        assert (done.returncode, done.stdout[:2]) == (0, "属实"), done.stderr
    next(line for line in lines if line.get("leaf") == 3)["act"] = "nothing"
    (tmp_path / "copy.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = alone(tmp_path, "copy", "copy.jsonl", "--keys", "keys.txt", "--lang", "en")
    assert (done.returncode, "Leaf 3" in done.stdout, "altered" in done.stdout) == (1, True, True)
    assert alone(tmp_path, "copy", "receipt.json", "--keys", "keys.txt").returncode == 2


def alone(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Isolated: no path of ours, no packages."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "qipan_verify.py", *words], cwd=folder, capture_output=True, text=True, check=False
    )  # fmt: skip


@given(message=st.binary(max_size=200))
def test_sm3_in_python_is_sm3(message: bytes) -> None:
    assert qipan_verify.sm3_in_python(message) == hashlib.new("sm3", message).digest()


VERIFIERS = {Suite.SM2: qipan_verify.sm2_verifies, Suite.ED25519: qipan_verify.ed25519_verifies}


@pytest.mark.parametrize("suite", VERIFIERS)
@given(message=st.binary(max_size=50), bit=st.integers(0, 511))
@settings(max_examples=15)
def test_its_signatures_are_those_of_the_libraries(suite: Suite, message: bytes, bit: int) -> None:
    key, verifies = generate(suite), VERIFIERS[suite]
    signature = key.sign(message)
    assert verifies(key.public.raw, signature, message)
    assert not verifies(key.public.raw, signature, message + b"x")
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verifies(key.public.raw, bytes(changed), message)


@pytest.mark.parametrize("suite", VERIFIERS)
def test_what_is_no_signature_or_key_is_refused(suite: Suite) -> None:
    key, verifies = generate(suite), VERIFIERS[suite]
    signature = key.sign(b"m")
    for wrong in (b"", signature[:-1], signature + b"\0", bytes(64), b"\xff" * 64):
        assert not verifies(key.public.raw, wrong, b"m")
    for other in (bytes(len(key.public.raw)), b"\xff" * len(key.public.raw)):
        assert not verifies(other, signature, b"m")


@pytest.mark.parametrize("function", functions.FUNCTIONS)
@given(size=st.integers(1, 130), data=st.data())
@settings(max_examples=25)
def test_its_tree_is_the_trees(function: str, size: int, data: st.DataObject) -> None:
    hashed = functions.FUNCTIONS[function]
    leaves = [hashed(bytes([number])) for number in range(size)]
    start, end = sorted((data.draw(st.integers(0, size)), data.draw(st.integers(0, size))))
    tree = qipan_verify.Tree(function)

    def roots(first: int, last: int) -> list[str]:
        spans = [
            (node.position << node.level, node.level) for node in merkle.nodes_of(merkle.Span(first, last))
        ]
        return [merkle.root_of(hashed, leaves[at : at + (1 << level)]).hex() for at, level in spans]

    tree.append_span(start, roots(0, start))
    for leaf in leaves[start:end]:
        tree.append(0, leaf)
    tree.append_span(size, roots(end, size))
    assert (tree.size, tree.root()) == (size, merkle.root_of(hashed, leaves))


def test_every_sentence_has_two_languages() -> None:
    for chinese, english in qipan_verify.WORDS.values():
        assert chinese != english
        assert {part.split("}")[0] for part in chinese.split("{")[1:]} == {
            part.split("}")[0] for part in english.split("{")[1:]
        }


def test_keys_that_do_not_fit_their_name_are_refused() -> None:
    line = notes.format_key(trail.KEYS.verifier_keys()[0])
    assert qipan_verify.read_key(line).name == "qipan.example/trail/sm3"
    with pytest.raises(qipan_verify.Unreadable):
        qipan_verify.read_key(line.replace("trail", "trial"))


def test_notes_are_parted() -> None:
    one = "a\n1\nAA==\n\n— a AAAAAAA=\n— b AAAAAAA=\n"
    two = one.replace("a\n1", "a\n2")
    assert qipan_verify.parted(one + "\n" + two) == [one, two]
    assert copy.copy(qipan_verify.parted(one)) == [one]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change", [lambda text: text[:-20], lambda text: text + "[]", lambda text: text + "{}"]
)
def test_a_copy_that_is_damaged_at_its_end_is_answered_in_words(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    trail.sealed(5)
    file, keys = tmp_path / "copy.jsonl", tmp_path / "keys.txt"
    whole = "".join(json.dumps(line) + "\n" for line in trail.copied())
    keys.write_text("\n".join(notes.format_key(key) for key in trail.KEYS.verifier_keys()))
    file.write_text(whole)
    asked = [str(file), "--keys", str(keys), "--lang", "en"]
    assert CliRunner().invoke(verify, asked).exit_code == 0
    file.write_text(change(whole))
    found = CliRunner().invoke(verify, asked)
    assert isinstance(found.exception, SystemExit)
    assert (found.exit_code, "Cannot be read" in found.output) == (1, True)
