"""X.509 certificates over our keys, for what outsiders' programs read: PDF signatures and the seals of GB/T 38540.

One authority signs one issuer; profile of GM/T 0015 for SM2 (signature algorithm 1.2.156.10197.1.501), of RFC 5280 for P-256.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from asn1crypto import core as asn1
from asn1crypto import keys, x509
from asn1crypto.algos import SignedDigestAlgorithm, SignedDigestAlgorithmId

from qipan.adapters.seals import sm2, wrapping
from qipan.adapters.seals.keys import Malformed, PrivateKey, PublicKey, Suite, public_key

SM2_WITH_SM3 = "1.2.156.10197.1.501"
ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"
P256_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_INFOS: Mapping[Suite, bytes] = {Suite.SM2: sm2.SUBJECT_PUBLIC_KEY_INFO, Suite.ES256: P256_INFO}
_ALGORITHMS: Mapping[Suite, str] = {Suite.SM2: SM2_WITH_SM3, Suite.ES256: ECDSA_WITH_SHA256}
_POINT = 65  # bytes
GENERAL_TIME_FROM = 2050


class Subject(NamedTuple):
    """Whose key it is: a name, the body it belongs to, and its unified social credit code (empty for none)."""

    name: str
    body: str
    credit_code: str = ""


class Issued(NamedTuple):
    """What a certificate says."""

    subject: Subject
    key: PublicKey
    begins: datetime
    ends: datetime
    serial: int


def certify(
    subject: Subject,
    key: PublicKey,
    issuer: Subject,
    signer: PrivateKey,
    *,
    begins: datetime,
    ends: datetime,
    serial: int,
    authority: bool = False,
) -> bytes:
    """Give the DER of a certificate; an ``authority``'s own may sign others."""
    algorithm = SignedDigestAlgorithm({"algorithm": SignedDigestAlgorithmId(_ALGORITHMS[signer.suite])})
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": algorithm,
            "issuer": _named(issuer),
            "validity": {
                "not_before": _time(begins),
                "not_after": _time(ends),
            },
            "subject": _named(subject),
            "subject_public_key_info": keys.PublicKeyInfo.load(_INFOS[key.suite] + key.raw),
            "extensions": _extensions(key, signer.public, authority=authority),
        }
    )
    signature = wrapping.der_signature(signer.sign(body.dump()))
    whole = {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": signature}
    return bytes(x509.Certificate(whole).dump())


def _time(at: datetime) -> x509.Time:
    """A moment as RFC 5280, section 4.1.2.5, has it written: in another way from 2050 on."""
    return x509.Time({"utc_time" if at.year < GENERAL_TIME_FROM else "general_time": at})


def read_certificate(der: bytes) -> Issued:
    """Read what a certificate says; whether its issuer may say so is the caller's to know. Raises Malformed."""
    try:
        found = x509.Certificate.load(der, strict=True)
        body = found["tbs_certificate"]
        info = body["subject_public_key_info"].dump()
        suite = next(suite for suite, begin in _INFOS.items() if info.startswith(begin))
        names = body["subject"].native
        subject = Subject(
            str(names.get("common_name", "")),
            str(names.get("organization_name", "")),
            str(names.get("serial_number", "")),
        )
        validity = body["validity"].native
        return Issued(
            subject,
            public_key(suite, info[-_POINT:]),
            validity["not_before"],
            validity["not_after"],
            int(body["serial_number"].native),
        )
    except (ValueError, KeyError, TypeError, StopIteration, OverflowError):
        raise Malformed from None


def certified_by(der: bytes, authority: PublicKey) -> bool:
    """Whether this authority signed a certificate."""
    try:
        found = x509.Certificate.load(der, strict=True)
        signature = wrapping.raw_signature(found["signature_value"].native)
        return authority.verify(signature, found["tbs_certificate"].dump())
    except (ValueError, KeyError, TypeError, OverflowError):
        return False


def _named(subject: Subject) -> x509.Name:
    parts = {"country_name": "CN", "organization_name": subject.body, "common_name": subject.name}
    if subject.credit_code:
        parts["serial_number"] = subject.credit_code
    return x509.Name.build(parts)


def _extensions(key: PublicKey, signer: PublicKey, *, authority: bool) -> list[dict[str, object]]:
    usage = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature", "non_repudiation"}
    return [
        {
            "extn_id": "basic_constraints",
            "critical": True,
            "extn_value": x509.BasicConstraints({"ca": authority}),
        },
        {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(usage)},
        {"extn_id": "key_identifier", "extn_value": asn1.OctetString(_identifier(key))},
        {
            "extn_id": "authority_key_identifier",
            "extn_value": x509.AuthorityKeyIdentifier({"key_identifier": _identifier(signer)}),
        },
    ]


def _identifier(key: PublicKey) -> bytes:
    return key.raw[1:21]
