"""Certificates as PDF: pyHanko's own validator finds them in order, and any change is found."""

import io
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from qipan.adapters.papers.pdf_signatures import NotAPdf, open_pdf
from qipan.adapters.seals import Suite
from tests.adapters.papers.sealed_page import DATA, NOW, hands, pdf

OWN = hands(Suite.ES256)
LATER = NOW + timedelta(days=1)


def test_pyhanko_itself_finds_it_in_order() -> None:
    (signature,) = PdfFileReader(io.BytesIO(pdf())).embedded_signatures
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(OWN.root)], allow_fetching=False, moment=LATER
    )
    with ThreadPoolExecutor(1) as apart:  # it runs an event loop, and there may be one here
        status = apart.submit(validate_pdf_signature, signature, signer_validation_context=context).result()
    assert status.bottom_line
    assert status.trusted


def test_it_opens_as_it_was_signed() -> None:
    found = open_pdf(pdf(), [OWN.root], LATER)
    assert found.changed == ()
    assert found.signer == OWN.certificate
    assert found.data == DATA


def test_no_byte_can_be_changed() -> None:
    dice = random.Random(7)
    for place in dice.sample(range(len(pdf())), 25):
        changed = bytearray(pdf())
        changed[place] ^= 1 << dice.randrange(7)
        try:
            found = open_pdf(bytes(changed), [OWN.root], LATER)
        except NotAPdf:
            continue
        assert found.changed or found.signer != OWN.certificate, place


def test_what_is_put_behind_it_is_found() -> None:
    found = open_pdf(pdf() + b"\n% more\n", [OWN.root], LATER)
    assert found.changed == (("added", ""),)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", pdf()[:3000], pdf()[:-700]])
def test_what_is_no_signed_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPdf):
        open_pdf(content, [OWN.root], LATER)
