"""Signing a PDF as PAdES does, by pyHanko, with a key of ours; and what can be said of a signed PDF that somebody sends."""

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from asn1crypto import cms, x509
from asn1crypto.algos import DigestAlgorithm, SignedDigestAlgorithm
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError, ValueErrorWithMessage
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from qipan.adapters.papers.pdf import DATA, TERMS
from qipan.adapters.seals import PrivateKey, wrapping

T = TypeVar("T")
FIELD = "Seal"
LARGEST = 8 * 1024 * 1024  # bytes
ROOM = 8192  # for the signature, in hexadecimal digits
SHA256 = DigestAlgorithm({"algorithm": "sha256"}).dump()
ECDSA = SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()
EMPTY = bytes(wrapping.HALF * 2)


class NotAPdf(Exception):
    """This is no PDF that can be read, or none that is signed."""


class OpenedPdf(NamedTuple):
    """A signed PDF: by whose certificate, when by its own word; ``changed`` as in `ofd_reading.PARTS`; ``terms`` of a copy, or nothing."""

    signer: bytes
    time: datetime | None
    data: str
    terms: bytes
    changed: tuple[tuple[str, str], ...]


class Hand(NamedTuple):
    """With what a PDF is signed: a key, the certificate over it, and those from which that follows."""

    key: PrivateKey
    certificate: bytes
    chain: Sequence[bytes]


class _Hand(signers.Signer):
    """Lets pyHanko sign with a key of ours, wherever that is kept."""

    def __init__(self, hand: Hand) -> None:
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple([x509.Certificate.load(one) for one in hand.chain])
        super().__init__(
            signing_cert=x509.Certificate.load(hand.certificate),
            cert_registry=registry,
            signature_mechanism=SignedDigestAlgorithm.load(ECDSA),
        )
        self._key = hand.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 -- as pyHanko calls it
        return wrapping.der_signature(EMPTY if dry_run else self._key.sign(data)) or b""


class _Signer(signers.PdfSigner):
    """Signs at a given time instead of the machine's."""

    def __init__(self, meta: signers.PdfSignatureMetadata, hand: _Hand, at: datetime) -> None:
        super().__init__(meta, signer=hand)
        self._at = at

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        """Begin to sign."""
        session = super().init_signing_session(*given, **named)
        session.system_time = self._at
        return session


def sign_pdf(content: bytes, hand: Hand, reason: str, at: datetime) -> bytes:
    """Sign a PDF with an ES256 key; no change is permitted afterwards."""
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    signer = _Signer(meta, _Hand(hand), at)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    return bytes(_apart(lambda: signer.sign_pdf(writer, bytes_reserved=ROOM)).getvalue())


def _apart(work: Callable[[], T]) -> T:
    """Do something in a thread of its own: pyHanko runs an event loop, and there may be one in ours."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def open_pdf(content: bytes, authorities: Sequence[bytes], at: datetime) -> OpenedPdf:
    """Open a signed PDF and see whether it is as it was signed; raises NotAPdf.

    Whether the signer is known is the caller's to say; ``authorities`` are the roots that we know.
    """
    if len(content) > LARGEST:
        raise NotAPdf
    try:
        return _apart(lambda: _opened(content, authorities, at))
    except (
        PdfError,
        SignatureValidationError,
        SigningError,
        ValueErrorWithMessage,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        OverflowError,
    ):
        raise NotAPdf from None


def _opened(content: bytes, authorities: Sequence[bytes], at: datetime) -> OpenedPdf:
    reader = PdfFileReader(io.BytesIO(content))
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        raise NotAPdf
    (signature,) = signatures
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(one) for one in authorities], allow_fetching=False, moment=at
    )
    status = validate_pdf_signature(signature, signer_validation_context=context)
    changed = []
    if not status.intact:
        changed.append(("page", ""))
    elif not status.valid or not _wrapped_as_we_do(signature, content, authorities):
        changed.append(("seal", ""))
    elif not status.docmdp_ok or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        changed.append(("added", ""))
    return OpenedPdf(
        signature.signer_cert.dump(),
        signature.self_reported_timestamp,
        _attached(reader, DATA).decode(errors="replace"),
        _attached(reader, TERMS),
        tuple(changed),
    )


def _wrapped_as_we_do(signature: EmbeddedPdfSignature, content: bytes, authorities: Sequence[bytes]) -> bool:
    """Whether what surrounds the signature is written in the one way: no part of the file goes unchecked."""
    _, start, end, _ = signature.byte_range
    whole = signature.signed_data
    der = cms.ContentInfo({"content_type": "signed_data", "content": whole}).dump()
    written = b"<" + der.hex().upper().encode().ljust(end - start - 2, b"0") + b">"
    (signer,) = whole["signer_infos"]
    certificates = {one.dump() for one in whole["certificates"]}
    return (
        content[start:end] == written
        and (whole["version"].native, signer["version"].native) == ("v1", "v1")
        and [one.dump() for one in (*whole["digest_algorithms"], signer["digest_algorithm"])] == [SHA256] * 2
        and signer["signature_algorithm"].dump() == ECDSA
        and whole["encap_content_info"].native == {"content_type": "data", "content": None}
        and not whole["crls"].native
        and not signer["unsigned_attrs"].native
        and certificates - {signature.signer_cert.dump()} <= set(authorities)
    )


def _attached(reader: PdfFileReader, name: str) -> bytes:
    """A file inside, empty where there is none."""
    try:
        names: Any = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        for place in range(0, len(names) - 1, 2):
            file = names[place + 1]
            if str(file["/F"]).endswith(name):
                return bytes(file["/EF"]["/F"].data)
    except (KeyError, ValueError, TypeError, AttributeError):
        pass
    return b""
