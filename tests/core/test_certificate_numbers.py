"""Numbers of certificates: one way to write each, and a mistyped character is found."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from qipan.core.certificate_numbers import CertificateNumber, NotACertificateNumber, check_character

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODES = st.text(ALPHABET, min_size=1, max_size=60)
NUMBERS = st.builds(
    CertificateNumber,
    st.text(ALPHABET, min_size=21, max_size=21),
    st.text(ALPHABET, min_size=18, max_size=18),
    st.text(ALPHABET, min_size=1, max_size=32),
    st.integers(1, 999).map("{:03}".format),
)
WRITTEN = "1.2.156.3005.2.11330000QP0000013K001.11330106QP000001XK.20261123000001.001"


def test_the_check_character_is_that_of_iso_7064() -> None:
    assert (
        check_character("A12425GABC1234002") == "M"
    )  # the example of the Global Release Identifier, which uses the same


@given(CODES)
def test_it_agrees_with_another_implementation(body: str) -> None:
    assert check_character(body) == mod_37_36.calc_check_digit(body)


@given(NUMBERS)
def test_it_is_read_as_it_was_written(number: CertificateNumber) -> None:
    assert CertificateNumber.parse(str(number)) == number


@given(NUMBERS, st.integers(0), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(number: CertificateNumber, place: int, other: str) -> None:
    text = str(number)
    start = len("1.2.156.3005.2.")
    at = start + place % (len(text) - start)
    assume(text[at] not in {".", other})
    with pytest.raises(NotACertificateNumber):
        CertificateNumber.parse(text[:at] + other + text[at + 1 :])


@pytest.mark.parametrize(
    "text", ["", WRITTEN, WRITTEN.replace("3005", "3006") + ".0", WRITTEN.lower() + ".0"]
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(NotACertificateNumber):
        CertificateNumber.parse(text)


def test_what_replaces_it_is_its_next_version() -> None:
    number = CertificateNumber("1" * 21, "2" * 18, "7", "009")
    assert number.next_version() == CertificateNumber("1" * 21, "2" * 18, "7", "010")
