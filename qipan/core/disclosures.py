"""Certificates as data of which the holder shows as much as they choose: SD-JWT (RFC 9901) in the profile SD-JWT VC.

Each fact is a disclosure of its own, ``base64url(["salt", "name", value])``; the issuer signs their digests. What is signed and shown is
one text: ``header.payload.signature~disclosure~…~``. Two suites: ``ES256`` with SHA-256, which any SD-JWT library reads, and
``SM2-SM3`` with ``_sd_alg: sm3``, private names that no registry has: signature ``r ‖ s`` of GB/T 32918.2, 64 bytes, default signer.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

TYPE = "dc+sd-jwt"
HASHES: Mapping[str, str] = {"ES256": "sha-256", "SM2-SM3": "sm3"}
ALGORITHMS: Mapping[str, str] = {"es256": "ES256", "sm2-sm3": "SM2-SM3"}
"""The name of the signature for each suite of qipan.adapters.seals."""
_FUNCTIONS: Mapping[str, str] = {"sha-256": "sha256", "sm3": "sm3"}
_RESERVED = frozenset(("_sd", "_sd_alg", "..."))
_PARTS = 3  # of a disclosure, and of a signed text
LARGEST = 256 * 1024  # characters
Claims = Mapping[str, Any]


class NotAPresentation(Exception):
    """This is no certificate as data; a code says why: shape, header, payload, disclosure, foreign, twice, status.

    Where the code is ``foreign`` or ``twice``, the name of the fact follows it.
    """


class Presentation(NamedTuple):
    """A certificate as somebody shows it; ``claims`` are the issuer's own with every fact that is disclosed and vouched for."""

    header: Claims
    claims: Claims
    withheld: int
    signed: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        return str(self.header.get("alg", ""))


def disclosure(salt: bytes, name: str, value: object) -> str:
    """Wrap one fact; the salt, 16 random bytes of its own, keeps others from guessing what is withheld."""
    return encoded(_json([encoded(salt), name, value]))


def issued(claims: Claims, disclosures: Sequence[str], header: Claims, sign: Callable[[bytes], bytes]) -> str:
    """Sign claims and facts; the digests are sorted, so that their order tells nothing."""
    hash_name = HASHES[str(header["alg"])]
    digests = sorted(digest(one, hash_name) for one in disclosures)
    return presented(signed_text({**claims, "_sd": digests, "_sd_alg": hash_name}, header, sign), disclosures)


def signed_text(payload: Claims, header: Claims, sign: Callable[[bytes], bytes]) -> str:
    """Sign a payload in the compact form of RFC 7515."""
    body = f"{encoded(_json(header))}.{encoded(_json(payload))}"
    return f"{body}.{encoded(sign(body.encode()))}"


def read_signed(text: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Take a signed text apart: header, payload, what is signed, signature; raises NotAPresentation."""
    parts = text.split(".")
    if len(parts) != _PARTS or len(text) > LARGEST:
        raise NotAPresentation("shape")
    header, payload = _object(parts[0], "header"), _object(parts[1], "payload")
    return header, payload, f"{parts[0]}.{parts[1]}".encode(), decoded(parts[2], "shape")


def presented(signed: str, disclosures: Sequence[str]) -> str:
    """Put a signed text and what is shown of it together."""
    return "~".join((signed, *disclosures, ""))


def narrowed(whole: str, names: Collection[str]) -> str:
    """Keep only the facts of these names of a certificate; raises NotAPresentation."""
    signed, *shown = split(whole)
    return presented(signed, [one for one in shown if opened(one)[0] in names])


def split(text: str) -> list[str]:
    """The signed text and the disclosures; raises NotAPresentation."""
    signed, *shown = text.strip().split("~")
    if not shown or shown.pop() != "" or len(text) > LARGEST:
        raise NotAPresentation("shape")
    return [signed, *shown]


def opened(one: str) -> tuple[str, Any]:
    """The name and the value of a disclosure; raises NotAPresentation."""
    match _parsed(one, "disclosure"):
        case [str(), str() as name, value] if name not in _RESERVED:
            return name, value
    raise NotAPresentation("disclosure")


def read(text: str) -> Presentation:
    """Read what is shown; whose signature it is remains to be checked. Raises NotAPresentation.

    A disclosure that the signed digests do not know is ``foreign``: it was changed, or belongs to another certificate.
    """
    signed_part, *shown = split(text)
    header, payload, signed, signature = read_signed(signed_part)
    hash_name = HASHES.get(str(header.get("alg")))
    digests = payload.pop("_sd", None)
    if hash_name is None or payload.pop("_sd_alg", None) != hash_name:
        raise NotAPresentation("header")
    if not isinstance(digests, list) or len(set(map(str, digests))) != len(digests):
        raise NotAPresentation("payload")
    facts = _facts(shown, set(map(str, digests)), hash_name, payload)
    return Presentation(header, payload | facts, len(digests) - len(facts), signed, signature)


def _facts(shown: Sequence[str], digests: set[str], hash_name: str, payload: Claims) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for one in shown:
        name, value = opened(one)
        if digest(one, hash_name) not in digests:
            raise NotAPresentation("foreign", name)
        if name in facts or name in payload:
            raise NotAPresentation("twice", name)
        facts[name] = value
    return facts


def digest(one: str, hash_name: str) -> str:
    """The digest of a disclosure, as it stands among the signed ones."""
    return encoded(hashlib.new(_FUNCTIONS[hash_name], one.encode()).digest())


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str, code: str) -> bytes:
    """Undo ``encoded``, refusing any other way of writing the same; raises NotAPresentation with the code."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotAPresentation(code) from None
    if encoded(found) != text:
        raise NotAPresentation(code)
    return found


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _object(part: str, code: str) -> dict[str, Any]:
    found = _parsed(part, code)
    if not isinstance(found, dict):
        raise NotAPresentation(code)
    return found


def _parsed(part: str, code: str) -> Any:
    try:
        return json.loads(decoded(part, code))
    except (ValueError, RecursionError):
        raise NotAPresentation(code) from None
