"""Who may issue certificates, by which keys and seals: a numbered document that each node signs and that travels between nodes.

An outsider with this document can check a certificate without asking anybody. Keys and seals that are no longer used stay in it with the
time at which they ended, so that what they signed before still holds. A node takes no list whose number is not above its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical

SIGNED_ISSUERS = b"qipan-issuers/1\n"
MEMBERS = frozenset(("authorities", "issued", "issuers", "node", "number", "seals", "version"))
ISSUER_MEMBERS = ("agency", "code", "keys", "title")
KEY_MEMBERS = ("certificate", "from", "id", "key", "suite", "until", "why")
SEAL_MEMBERS = ("agency", "from", "number", "state", "until")
TITLE_MEMBERS = ("en", "zh")
COMPROMISED = "compromised"
STATES = frozenset(("active", "suspended", "destroyed"))


class NotAnIssuerList(Exception):
    """This document is no list of issuers."""


class IssuerKey(NamedTuple):
    """A public key of an issuer, raw, and the digest (SM3) of the X.509 certificate over it; ``why`` it ended, if it did."""

    id: str
    suite: str
    raw: bytes
    certificate: bytes
    begins: datetime
    ends: datetime
    why: str = ""

    def held_at(self, at: datetime) -> bool:
        """Whether the key spoke for its issuer then; of one that got into other hands nothing can be told."""
        return self.begins <= at < self.ends and self.why != COMPROMISED


class Issuer(NamedTuple):
    """An agency that issues; ``code`` is its unified social credit code."""

    agency: str
    code: str
    title_zh: str
    title_en: str
    keys: tuple[IssuerKey, ...]


class ListedSeal(NamedTuple):
    """A seal of the catalogue: active, suspended or destroyed; good from ``begins`` to ``ends``."""

    number: str
    agency: str
    state: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class IssuerList:
    """The issuers of one node by agency; ``authorities`` are the DER of the certificates that all others follow from."""

    node: str
    number: int
    issued: datetime
    authorities: tuple[bytes, ...]
    issuers: Mapping[str, Issuer]
    seals: Mapping[str, ListedSeal]

    def key(self, id: str) -> tuple[Issuer, IssuerKey] | None:  # noqa: A002 -- what it is called in certificates
        """Whose key this is."""
        every = ((issuer, key) for issuer in self.issuers.values() for key in issuer.keys)
        return next((one for one in every if one[1].id == id), None)

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        return canonical.write(
            {
                "authorities": [one.hex() for one in self.authorities],
                "issued": canonical.moment(self.issued),
                "issuers": [_issuer_written(self.issuers[agency]) for agency in sorted(self.issuers)],
                "node": self.node,
                "number": self.number,
                "seals": [_seal_written(self.seals[number]) for number in sorted(self.seals)],
                "version": 1,
            }
        )


def read_issuers(document: bytes) -> IssuerList:
    """Read a list from its bytes; raises NotAnIssuerList."""
    try:
        whole = canonical.read(document)
        parts = [whole.get(name) for name in ("authorities", "issuers", "seals")]
        if set(whole) != MEMBERS or whole["version"] != 1 or not all(isinstance(one, list) for one in parts):
            raise NotAnIssuerList
        found = _list(whole)
    except (NotCanonical, ValueError, TypeError):
        raise NotAnIssuerList from None
    if found.number < 1 or found.document() != document:
        raise NotAnIssuerList
    return found


def _list(whole: Mapping[str, object]) -> IssuerList:
    issuers = [_issuer(one) for one in _each(whole, "issuers")]
    seals = [_seal(one) for one in _each(whole, "seals")]
    return IssuerList(
        node=canonical.text(whole, "node"),
        number=canonical.whole(whole, "number"),
        issued=canonical.read_moment(whole["issued"]),
        authorities=tuple(bytes.fromhex(str(one)) for one in _each(whole, "authorities")),
        issuers={one.agency: one for one in issuers},
        seals={one.number: one for one in seals},
    )


def _issuer(written: object) -> Issuer:
    whole = canonical.part({"issuer": written}, "issuer", ISSUER_MEMBERS)
    title = canonical.part(whole, "title", TITLE_MEMBERS)
    return Issuer(
        canonical.text(whole, "agency"),
        canonical.text(whole, "code"),
        canonical.text(title, "zh"),
        canonical.text(title, "en"),
        tuple(_key(one) for one in _each(whole, "keys")),
    )


def _key(written: object) -> IssuerKey:
    whole = canonical.part({"key": written}, "key", KEY_MEMBERS)
    return IssuerKey(
        canonical.text(whole, "id"),
        canonical.text(whole, "suite"),
        bytes.fromhex(canonical.text(whole, "key")),
        bytes.fromhex(canonical.text(whole, "certificate")),
        canonical.read_moment(whole["from"]),
        canonical.read_moment(whole["until"]),
        canonical.text(whole, "why"),
    )


def _seal(written: object) -> ListedSeal:
    whole = canonical.part({"seal": written}, "seal", SEAL_MEMBERS)
    if whole["state"] not in STATES:
        raise NotCanonical
    return ListedSeal(
        canonical.text(whole, "number"),
        canonical.text(whole, "agency"),
        canonical.text(whole, "state"),
        canonical.read_moment(whole["from"]),
        canonical.read_moment(whole["until"]),
    )


def _each(whole: Mapping[str, object], name: str) -> list[object]:
    found = whole[name]
    if not isinstance(found, list):
        raise NotCanonical
    return found


def _issuer_written(issuer: Issuer) -> dict[str, object]:
    return {
        "agency": issuer.agency,
        "code": issuer.code,
        "keys": [
            {
                "certificate": one.certificate.hex(),
                "from": canonical.moment(one.begins),
                "id": one.id,
                "key": one.raw.hex(),
                "suite": one.suite,
                "until": canonical.moment(one.ends),
                "why": one.why,
            }
            for one in issuer.keys
        ],
        "title": {"en": issuer.title_en, "zh": issuer.title_zh},
    }


def _seal_written(seal: ListedSeal) -> dict[str, object]:
    return {
        "agency": seal.agency,
        "from": canonical.moment(seal.begins),
        "number": seal.number,
        "state": seal.state,
        "until": canonical.moment(seal.ends),
    }
