"""An annotated copy 加注件: a part of a certificate as a page for one use, and the terms on which its holder gave it.

The terms lie in the signed file as canonical JSON beside the data form, so that whoever checks the file reads them as they were printed.
"""

from datetime import datetime
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical

FORMAT = "qipan-annotated-copy/1"
MEMBERS = frozenset(("format", "holder", "made", "number", "receiver", "showing", "until", "use"))


class NotTerms(Exception):
    """These are no terms of an annotated copy."""


class Terms(NamedTuple):
    """For whom, for what and until when; ``holder`` is who gave it, masked, ``number`` the certificate's."""

    showing: int
    number: str
    holder: str
    receiver: str
    use: str
    made: datetime
    until: datetime

    def document(self) -> bytes:
        """Give the bytes that lie in the file."""
        moments = {"made": canonical.moment(self.made), "until": canonical.moment(self.until)}
        return canonical.write({"format": FORMAT, **self._asdict(), **moments})

    @property
    def only(self) -> str:
        """What stands across the page, in Chinese, as certificates are."""
        return f"仅供{self.receiver}用于{self.use}"


def read_terms(document: bytes) -> Terms:
    """Read the terms; raises NotTerms."""
    try:
        whole = canonical.read(document)
        if set(whole) != MEMBERS or whole["format"] != FORMAT:
            raise NotTerms
        return Terms(
            showing=canonical.whole(whole, "showing"),
            number=canonical.text(whole, "number"),
            holder=canonical.text(whole, "holder"),
            receiver=canonical.text(whole, "receiver"),
            use=canonical.text(whole, "use"),
            made=canonical.read_moment(whole["made"]),
            until=canonical.read_moment(whole["until"]),
        )
    except NotCanonical:
        raise NotTerms from None
