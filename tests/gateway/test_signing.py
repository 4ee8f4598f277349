"""Signing what waits together, and verifying each by itself, in either suite."""

import asyncio
from collections.abc import Mapping

import pytest

from qipan.adapters.seals import PublicKey, Suite, generate
from qipan.core.nodes import key_id
from qipan.faces.gateway import signing
from qipan.faces.gateway.refusals import Refused
from qipan.faces.gateway.signing import Sealed, Signer, Verifier
from tests.core.test_envelope import REQUEST
from tests.gateway.in_a_loop import in_a_loop


def carried(headers: Mapping[str, str]) -> Sealed:
    return signing.read_headers([(name.encode(), value.encode()) for name, value in headers.items()])


async def signed_at_once(signer: Signer, count: int) -> list[Sealed]:
    calls = [REQUEST._replace(suite=signer.suite, nonce=f"{number:032x}") for number in range(count)]
    return [carried(one) for one in await asyncio.gather(*map(signer.headers, calls))]


class Counting:
    """A key that counts how often it verifies."""

    def __init__(self, key: PublicKey) -> None:
        self.key, self.suite, self.verified = key, key.suite, 0

    @property
    def raw(self) -> bytes:
        return self.key.raw

    def verify(self, signature: bytes, message: bytes) -> bool:
        self.verified += 1
        return self.key.verify(signature, message)


@pytest.mark.parametrize("suite", [Suite.SM2, Suite.ES256])
def test_what_waits_together_has_one_signature_and_is_verified_once(suite: Suite) -> None:
    key = generate(suite)
    counting, verifier = Counting(key.public), Verifier()
    found = in_a_loop(signed_at_once(Signer("city", key), 40))
    assert len({one.seal[:64] for one in found}) == 1
    for one in found:
        verifier.verify(counting, suite, one)  # type: ignore[arg-type]
        assert signing.read_request(one).suite == suite
    assert counting.verified == 1


@pytest.mark.parametrize("suite", [Suite.SM2, Suite.ES256])
def test_a_remembered_signature_helps_no_other_envelope_and_no_other_key(suite: Suite) -> None:
    key, verifier = generate(suite), Verifier()
    one, other = in_a_loop(signed_at_once(Signer("city", key), 2))
    verifier.verify(key.public, suite, one)
    for forged in (
        Sealed(other.signed, one.seal),
        Sealed(one.signed.replace(b"look-up", b"look-in"), one.seal),
        Sealed(one.signed, one.seal[:64]),
        Sealed(one.signed, one.seal + b"\x00"),
        Sealed(one.signed, b""),
    ):
        with pytest.raises(Refused, match="signature-wrong"):
            verifier.verify(key.public, suite, forged)
    with pytest.raises(Refused, match="signature-wrong"):
        verifier.verify(generate(suite).public, suite, one)


def test_more_than_fit_under_one_signature_are_parted() -> None:
    found = in_a_loop(signed_at_once(Signer("city", generate(Suite.ES256)), 300))
    assert len({one.seal[:64] for one in found}) == 2


def test_a_key_is_called_by_its_suite_and_its_bytes() -> None:
    key = generate(Suite.SM2)
    assert Signer("city", key).key_id == key_id("sm2-sm3", key.public.raw) != key_id("es256", key.public.raw)
