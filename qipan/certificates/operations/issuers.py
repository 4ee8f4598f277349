"""Who may issue: the node's authority, the agencies it certifies, and changes of their keys.

Note [Rotation]
A key that is changed ends, and what it signed holds: the list of issuers keeps it with its time. A seal carries the certificate of
whoever may use it, so with a new key the same seal is made again. Of a key that got into other hands (``compromised``) no
signature can be believed, whatever time it bears; what it signed must be issued anew.
"""

import secrets
from datetime import datetime, timedelta

from qipan import records
from qipan.adapters.papers.seal_signatures import Picture, make_seal
from qipan.adapters.seals import PublicKey, Suite
from qipan.adapters.seals.certificates import Subject, certify, read_certificate
from qipan.adapters.seals.custody import Custody, Kept
from qipan.agencies import queries as agencies
from qipan.certificates import queries
from qipan.certificates.errors import NoIssuer
from qipan.certificates.models import Issuer, IssuerKey, Seal
from qipan.certificates.rows import KeyRow, SealRow
from qipan.core.issuer_lists import COMPROMISED
from qipan.core.nodes import key_id
from qipan.ledger import operations as ledger
from qipan.people.actors import SYSTEM, Acting

SUITES = (Suite.SM2, Suite.ES256)
YEARS_OF_AUTHORITY, YEARS_OF_KEY, YEARS_OF_SEAL = 20, 5, 5
YEAR = timedelta(days=365)
MILLIMETRES = 42
RETIRE = """
UPDATE certificate_keys SET retired_at = %(at)s, ends = least(ends, %(at)s), why = %(why)s
WHERE agency = %(agency)s AND retired_at IS NULL
"""


def establish_authority(*, name: str, custody: Custody, at: datetime) -> bool:
    """Make the keys from which this node's issuers are certified, where there are none yet. Whether they were made."""
    if queries.keys_in_use(""):
        return False
    for suite in SUITES:
        kept, subject = custody.make(suite), Subject(f"{name} {suite}", name)
        ends = at + YEARS_OF_AUTHORITY * YEAR
        certificate = certify(
            subject, kept.public, subject, custody.key(kept.name, suite),
            begins=at, ends=ends, serial=_serial(), authority=True,
        )  # fmt: skip
        _store("", kept, certificate, at, ends)
    ledger.append([SYSTEM.entry("establish_authority", "authority", name=name)], at)
    return True


def establish_issuer(*, agency: str, code: str, custody: Custody, at: datetime, sample: bool = False) -> bool:
    """Let an agency issue, by keys of its own; raises NoIssuer where there is no such agency. Whether it is new."""
    found = agencies.agency(agency)
    if found is None:
        raise NoIssuer
    if queries.issuer(agency) is not None:
        return False
    Issuer.objects.create(
        agency=agency,
        code=code,
        name_zh=found.name_zh,
        name_en=found.name_en,
        sample=sample,
        established_at=at,
    )
    keys = _new_keys(agency, Subject(found.name_zh, found.name_zh, code), custody, at)
    ledger.append([SYSTEM.entry("establish_issuer", f"issuer:{agency}", keys=sorted(keys))], at)
    return True


def rotate_keys(
    *, acting: Acting, agency: str, custody: Custody, at: datetime, compromised: bool = False
) -> None:
    """Give an issuer new keys, and its seal the new certificate; see Note [Rotation]. Raises NoIssuer."""
    issuer = queries.issuer(agency)
    if issuer is None:
        raise NoIssuer
    records.execute(RETIRE, {"agency": agency, "at": at, "why": COMPROMISED if compromised else "rotated"})
    keys = _new_keys(agency, Subject(issuer.name_zh, issuer.name_zh, issuer.code), custody, at)
    seal = queries.seal_in_use([agency])
    if seal is not None:
        remake_seal(seal=seal, custody=custody, at=at)
    told = {"keys": sorted(keys), "compromised": compromised}
    ledger.append([acting.entry("rotate_issuer_keys", f"issuer:{agency}", **told)], at)


def remake_seal(*, seal: SealRow, custody: Custody, at: datetime) -> None:
    """Make (or make again) what a seal is as data, with the certificate of its agency's key in use."""
    authority, user = queries.keys_in_use("").get(Suite.SM2), queries.keys_in_use(seal.agency).get(Suite.SM2)
    if authority is None or user is None:
        raise NoIssuer
    begins, ends = seal.begins or at, seal.ends or at + YEARS_OF_SEAL * YEAR
    document = make_seal(
        number=seal.number,
        name=seal.name,
        user=user.certificate,
        picture=Picture("png", seal.picture, MILLIMETRES, MILLIMETRES),
        begins=begins,
        ends=ends,
        made=at,
        maker=authority.certificate,
        sign=custody.key(authority.kept, Suite.SM2).sign,
    )
    Seal.objects.filter(number=seal.number).update(document=document, key=user.id, begins=begins, ends=ends)


def _new_keys(agency: str, subject: Subject, custody: Custody, at: datetime) -> list[str]:
    authority = queries.keys_in_use("")
    if not authority:
        raise NoIssuer
    return [_new_key(agency, subject, authority[suite], custody, at) for suite in SUITES]


def _new_key(agency: str, subject: Subject, above: KeyRow, custody: Custody, at: datetime) -> str:
    suite = Suite(above.suite)
    kept, ends = custody.make(suite), at + YEARS_OF_KEY * YEAR
    issuer = read_certificate(above.certificate).subject
    certificate = certify(
        subject, kept.public, issuer, custody.key(above.kept, suite), begins=at, ends=ends, serial=_serial()
    )
    return _store(agency, kept, certificate, at, ends)


def _store(agency: str, kept: Kept, certificate: bytes, begins: datetime, ends: datetime) -> str:
    public: PublicKey = kept.public
    number = key_id(public.suite, public.raw)
    IssuerKey.objects.create(
        id=number,
        agency=agency,
        suite=public.suite,
        public=public.raw,
        certificate=certificate,
        kept=kept.name,
        begins=begins,
        ends=ends,
    )
    return number


def _serial() -> int:
    return secrets.randbits(63) | 1
