"""Electronic seals and what they seal: ``SESeal`` and ``SES_Signature`` of GB/T 38540-2020, in ASN.1 DER, SM2 with SM3.

A seal is a picture with a name, a number, a validity and the certificates of those who may use it, signed by whoever made the seal. A
sealing binds a whole seal, the time and the digest of what is sealed under the signature of the seal's user.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from asn1crypto import core as asn1

from qipan.adapters.seals import wrapping
from qipan.adapters.seals.certificates import SM2_WITH_SM3
from qipan.adapters.seals.keys import PublicKey

VENDOR = "QIPAN"
VERSION = 4
AGENCY_SEAL = 1
WHOLE_CERTIFICATES = 1
Sign = Callable[[bytes], bytes]


class NotASeal(Exception):
    """These bytes are no sealing, or not in the one way of writing it."""


class Picture(NamedTuple):
    """What a seal looks like; width and height in millimetres."""

    kind: str
    data: bytes
    width: int
    height: int


class Seal(NamedTuple):
    """A seal as its maker signed it; ``user`` is the certificate of whoever may use it, ``maker`` the maker's."""

    number: str
    name: str
    user: bytes
    made: datetime
    begins: datetime
    ends: datetime
    picture: Picture
    maker: bytes
    signed: bytes
    signature: bytes

    def made_by(self, maker: PublicKey) -> bool:
        """Whether the seal is as this maker made it."""
        return maker.verify(self.signature, self.signed)


class Sealing(NamedTuple):
    """One use of a seal: when, on what (``digest``, SM3, of the file ``what``), by whose certificate."""

    seal: Seal
    time: datetime
    digest: bytes
    what: str
    user: bytes
    signed: bytes
    signature: bytes

    def done_by(self, user: PublicKey) -> bool:
        """Whether this user sealed it so."""
        return user.verify(self.signature, self.signed)


class _Header(asn1.Sequence):
    _fields = [("id", asn1.IA5String), ("version", asn1.Integer), ("vid", asn1.IA5String)]


class _Certificates(asn1.SequenceOf):
    _child_spec = asn1.OctetString


class _Property(asn1.Sequence):
    _fields = [
        ("type", asn1.Integer),
        ("name", asn1.UTF8String),
        ("list_type", asn1.Integer),
        ("certificates", _Certificates),
        ("made", asn1.GeneralizedTime),
        ("begins", asn1.GeneralizedTime),
        ("ends", asn1.GeneralizedTime),
    ]


class _Picture(asn1.Sequence):
    _fields = [
        ("type", asn1.IA5String),
        ("data", asn1.OctetString),
        ("width", asn1.Integer),
        ("height", asn1.Integer),
    ]


class _SealInfo(asn1.Sequence):
    _fields = [
        ("header", _Header),
        ("number", asn1.IA5String),
        ("property", _Property),
        ("picture", _Picture),
    ]


class _Seal(asn1.Sequence):
    _fields = [
        ("info", _SealInfo),
        ("maker", asn1.OctetString),
        ("algorithm", asn1.ObjectIdentifier),
        ("signature", asn1.OctetBitString),
    ]


class _ToSign(asn1.Sequence):
    _fields = [
        ("version", asn1.Integer),
        ("seal", _Seal),
        ("time", asn1.GeneralizedTime),
        ("digest", asn1.OctetBitString),
        ("property", asn1.IA5String),
    ]


class _Sealing(asn1.Sequence):
    _fields = [
        ("to_sign", _ToSign),
        ("user", asn1.OctetString),
        ("algorithm", asn1.ObjectIdentifier),
        ("signature", asn1.OctetBitString),
    ]


def make_seal(
    *,
    number: str,
    name: str,
    user: bytes,
    picture: Picture,
    begins: datetime,
    ends: datetime,
    made: datetime,
    maker: bytes,
    sign: Sign,
) -> bytes:
    """Make a seal: the DER of an ``SESeal``, signed by the maker."""
    info = _SealInfo(
        {
            "header": {"id": "ES", "version": VERSION, "vid": VENDOR},
            "number": number,
            "property": {
                "type": AGENCY_SEAL,
                "name": name,
                "list_type": WHOLE_CERTIFICATES,
                "certificates": [user],
                "made": _second(made),
                "begins": _second(begins),
                "ends": _second(ends),
            },
            "picture": {
                "type": picture.kind,
                "data": picture.data,
                "width": picture.width,
                "height": picture.height,
            },
        }
    )
    # GB/T 38540, 7.1.2.1: the maker signs the information of the seal, the maker's certificate and the algorithm together.
    signature = sign(_seal_signed(info.dump(), maker))
    return bytes(_Seal({"info": info, **_signing(maker, signature, "maker")}).dump())


def use_seal(*, seal: bytes, time: datetime, digest: bytes, what: str, user: bytes, sign: Sign) -> bytes:
    """Seal something: the DER of an ``SES_Signature``."""
    to_sign = _ToSign(
        {
            "version": VERSION,
            "seal": _Seal.load(seal),
            "time": _second(time),
            "digest": digest,
            "property": what,
        }
    )
    return bytes(_Sealing({"to_sign": to_sign, **_signing(user, sign(to_sign.dump()), "user")}).dump())


def read_sealing(der: bytes) -> Sealing:
    """Read a sealing; whose it is remains to be checked. Raises NotASeal."""
    try:
        return _sealing(der)
    except (ValueError, TypeError, KeyError, OverflowError, IndexError):
        raise NotASeal from None


def read_seal(der: bytes) -> Seal:
    """Read a seal; raises NotASeal."""
    try:
        return _seal(_Seal.load(der, strict=True), der)
    except (ValueError, TypeError, KeyError, OverflowError, IndexError):
        raise NotASeal from None


def _sealing(der: bytes) -> Sealing:
    found = _Sealing.load(der, strict=True)
    to_sign = found["to_sign"]
    seal = _seal(to_sign["seal"], to_sign["seal"].dump())
    _refuse_other_ways(found, der)
    return Sealing(
        seal=seal,
        time=to_sign["time"].native,
        digest=to_sign["digest"].native,
        what=to_sign["property"].native,
        user=found["user"].native,
        signed=to_sign.dump(),
        signature=wrapping.raw_signature(found["signature"].native),
    )


def _seal(found: _Seal, der: bytes) -> Seal:
    info, told, picture = found["info"], found["info"]["property"], found["info"]["picture"]
    _refuse_other_ways(found, der)
    if len(told["certificates"]) != 1:
        raise NotASeal
    return Seal(
        number=info["number"].native,
        name=told["name"].native,
        user=told["certificates"][0].native,
        made=told["made"].native,
        begins=told["begins"].native,
        ends=told["ends"].native,
        picture=Picture(
            picture["type"].native,
            picture["data"].native,
            picture["width"].native,
            picture["height"].native,
        ),
        maker=found["maker"].native,
        signed=_seal_signed(info.dump(), found["maker"].native),
        signature=wrapping.raw_signature(found["signature"].native),
    )


def _refuse_other_ways(found: _Seal | _Sealing, der: bytes) -> None:
    """What was read is the only way to write it: nothing hides between the parts that are signed."""
    if found["algorithm"].dotted != SM2_WITH_SM3 or type(found)(dict(_values(found))).dump() != der:
        raise NotASeal


def _values(found: asn1.Sequence) -> list[tuple[str, object]]:
    return [
        (name, found[name] if isinstance(found[name], asn1.Sequence) else found[name].native)
        for name, *_ in found._fields
    ]


def _seal_signed(info: bytes, maker: bytes) -> bytes:
    return info + bytes(asn1.OctetString(maker).dump() + asn1.ObjectIdentifier(SM2_WITH_SM3).dump())


def _signing(certificate: bytes, signature: bytes, whose: str) -> dict[str, object]:
    der = wrapping.der_signature(signature)
    return {whose: certificate, "algorithm": SM2_WITH_SM3, "signature": der}


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
