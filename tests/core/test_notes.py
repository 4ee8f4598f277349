"""Notes, checkpoints and cosignatures, byte for byte; the examples are those of the C2SP specifications."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.adapters.seals import Suite, public_key
from qipan.core import notes
from qipan.core.notes import Checkpoint, NotACheckpoint, NotANote, Note, Signature, VerifierKey

NOTE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNED_BY_PETER = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.mark.parametrize("written", [NOTE, COSIGNED, SIGNED_BY_PETER])
def test_a_note_is_written_as_it_was_read(written: str) -> None:
    assert notes.format_note(notes.parse_note(written)) == written


def test_a_key_and_a_signature_of_others_are_verified() -> None:
    """The example of golang.org/x/mod/sumdb/note."""
    key, note = notes.parse_key(PETER), notes.parse_note(SIGNED_BY_PETER)
    assert notes.format_key(key) == PETER
    signature = notes.signature_of(note, key)
    assert signature is not None
    assert public_key(Suite.ED25519, key.key).verify(signature.value, note.text.encode())


def test_the_checkpoint_of_the_specification() -> None:
    note = notes.parse_note(COSIGNED)
    checkpoint = notes.parse_checkpoint(note.text)
    assert checkpoint == Checkpoint(
        "example.com/behind-the-sofa", 20852163, base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    )  # fmt: skip
    assert notes.format_checkpoint(checkpoint) == note.text
    time, signature = notes.split_cosignature(note.signatures[1].value)
    assert (time, len(signature)) == (1679315147, 64)
    assert notes.cosignature(time, signature) == note.signatures[1].value
    assert notes.cosigned_message(note.text, time).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


@pytest.mark.parametrize(
    "wrong",
    ["", "text\n", "text\n\n", "text\n\n— name AAAAAAA=", "text\n\n- name AAAAAAA=\n", "text\n\n— AAAAAAA=\n",
     "text\n\n— na+me AAAAAAA=\n", "text\n\n— name AAAA\n", "text\n\n— name AAAAAAA\n", "te\txt\n\n— name AAAAAAA=\n",
     "text\n\n— name AAAAAAB=\n", "text\n\n" + "— name AAAAAAA=\n" * 65]
)  # fmt: skip
def test_what_is_no_note_is_refused(wrong: str) -> None:
    assert notes.parse_note("text\n\n— name AAAAAAA=\n").signatures == (Signature("name", bytes(4), b"\0"),)
    with pytest.raises(NotANote):
        notes.parse_note(wrong)


@pytest.mark.parametrize(
    "wrong", ["", "o\n1\n", "o\n01\nAA==\n", "o\n-1\nAA==\n", "o\n1\nA\n", "o\n1\nAA==", "\n1\nAA==\n", "o\n1\nAA==\n\n"]
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(wrong: str) -> None:
    assert notes.parse_checkpoint("o\n1\nAA==\nextension\n") == Checkpoint("o", 1, b"\0")
    with pytest.raises(NotACheckpoint):
        notes.parse_checkpoint(wrong)


@given(
    key=st.binary(min_size=32, max_size=65),
    kind=st.sampled_from([notes.ED25519, notes.COSIGNATURE, notes.SM2]),
)
def test_keys_are_read_as_they_are_written(key: bytes, kind: bytes) -> None:
    one = VerifierKey("qipan.example/trail/sm3", kind, key)
    written = notes.format_key(one)
    assert notes.parse_key(written) == one
    other = written.replace("trail", "trial")
    with pytest.raises(NotANote):
        notes.parse_key(other)


def test_a_signature_counts_only_under_its_name_and_key() -> None:
    key = VerifierKey("a", notes.ED25519, bytes(32))
    signature = Signature("a", key.key_id, b"s")
    assert notes.signature_of(Note("t\n", (signature,)), key) == signature
    assert notes.signature_of(Note("t\n", (signature._replace(name="b"),)), key) is None
    assert notes.signature_of(Note("t\n", (signature._replace(key_id=bytes(4)),)), key) is None
