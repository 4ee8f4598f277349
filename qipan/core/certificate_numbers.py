"""Numbers of electronic certificates: ``1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`` (GB/T 36904-2018).

The order of the parts and the check character (ISO/IEC 7064 MOD 37,36 over the four parts without dots) are known from the standard's
published abstracts; its full text was not at hand, so the lengths of the serial and the version follow provincial practice.
"""

import re
from typing import NamedTuple, Self

ROOT = "1.2.156.3005.2"
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MODULUS = len(_CHARACTERS)
_SHAPE = re.compile(
    re.escape(ROOT) + r"\.([0-9A-Z]{21})\.([0-9A-Z]{18})\.([0-9A-Z]{1,32})\.([0-9]{3})\.([0-9A-Z])"
)


class NotACertificateNumber(Exception):
    """This is no number of a certificate, or its check character does not fit."""


class CertificateNumber(NamedTuple):
    """``type`` is the defining body's credit code and three digits, ``issuer`` the issuing body's credit code."""

    type: str
    issuer: str
    serial: str
    version: str = "001"

    @property
    def check(self) -> str:
        """The check character of the four parts."""
        return check_character("".join(self))

    def __str__(self) -> str:
        return ".".join((ROOT, *self, self.check))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number; raises NotACertificateNumber, also where one character was mistyped."""
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise NotACertificateNumber
        number = cls(*found.groups()[:-1])
        if number.check != found[5]:
            raise NotACertificateNumber
        return number

    def next_version(self) -> Self:
        """The number of what replaces this certificate."""
        return self._replace(version=f"{int(self.version) + 1:03}")


def check_character(body: str) -> str:
    """Give the ISO/IEC 7064 MOD 37,36 check character of digits and capital letters."""
    product = _MODULUS
    for character in body:
        total = (product + _CHARACTERS.index(character)) % _MODULUS or _MODULUS
        product = total * 2 % (_MODULUS + 1)
    return _CHARACTERS[(1 - product) % _MODULUS]
