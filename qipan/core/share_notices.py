"""Corrections and recalls of shared data as documents that travel: the notice to each node that received, and its agencies' answers.

A notice goes to a node once or more often, as a node may have many receivers: the same number always says the same, to others.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical

SIGNED_NOTICE = b"qipan-share-notice/1\n"
SIGNED_ANSWER = b"qipan-share-answer/1\n"
CORRECTION, RECALL = "correction", "recall"
KINDS = frozenset({CORRECTION, RECALL})
LONGEST_RECORD = 64  # characters of a key
LONGEST_MESSAGE = 1000
MOST_RECEIVERS = 200  # that one document names
NOTICE_TEXTS = ("notice", "to", "node", "kind", "resource", "provider", "official", "record", "message")
ANSWER_TEXTS = ("notice", "to", "node", "agency", "official", "answer")


class NotANotice(Exception):
    """This document is no correction or recall, and no answer to one."""


class Receiver(NamedTuple):
    """An agency that was given the data, and under which grant."""

    grant: str
    agency: str


class Notice(NamedTuple):
    """A correction or recall by an agency of ``node`` for receivers at the node ``to``.

    Of one ``record`` by its key; or, where that is empty, of all that its library's ``library`` version declares. ``fields`` are the
    resource's own, none where all are meant.
    """

    notice: str
    to: str
    node: str
    kind: str
    resource: str
    provider: str
    official: str
    record: str
    library: int
    fields: tuple[str, ...]
    message: str
    issued: datetime
    due: date
    receivers: tuple[Receiver, ...]

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        said = self._asdict() | {
            "due": self.due.isoformat(),
            "fields": list(self.fields),
            "issued": canonical.moment(self.issued),
            "receivers": [one._asdict() for one in self.receivers],
            "version": 1,
        }
        return canonical.write(said)


class Answer(NamedTuple):
    """That an agency of ``node`` acknowledges a notice of the node ``to``, and what it did about it."""

    notice: str
    to: str
    node: str
    agency: str
    official: str
    answer: str
    at: datetime

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        return canonical.write(self._asdict() | {"at": canonical.moment(self.at), "version": 1})


def read_notice(document: bytes) -> Notice:
    """Read a notice from its bytes; raises NotANotice."""
    try:
        whole = _whole(document, Notice._fields)
        found = Notice(
            **{name: canonical.text(whole, name) for name in NOTICE_TEXTS},
            library=canonical.whole(whole, "library"),
            fields=canonical.texts(whole, "fields"),
            issued=canonical.read_moment(whole["issued"]),
            due=date.fromisoformat(canonical.text(whole, "due")),
            receivers=_receivers(whole["receivers"]),
        )
    except (NotCanonical, ValueError, TypeError):
        raise NotANotice from None
    if not _sound(found) or found.document() != document:
        raise NotANotice
    return found


def read_answer(document: bytes) -> Answer:
    """Read an answer from its bytes; raises NotANotice."""
    try:
        whole = _whole(document, Answer._fields)
        found = Answer(
            **{name: canonical.text(whole, name) for name in ANSWER_TEXTS},
            at=canonical.read_moment(whole["at"]),
        )
    except (NotCanonical, ValueError, TypeError):
        raise NotANotice from None
    if not found.answer or len(found.answer) > LONGEST_MESSAGE or found.document() != document:
        raise NotANotice
    return found


def _whole(document: bytes, members: tuple[str, ...]) -> Mapping[str, object]:
    whole = canonical.read(document)
    if set(whole) != {*members, "version"} or whole["version"] != 1:
        raise NotANotice
    return whole


def _receivers(written: object) -> tuple[Receiver, ...]:
    if not isinstance(written, list) or not 1 <= len(written) <= MOST_RECEIVERS:
        raise NotCanonical
    parts = [canonical.part({"one": one}, "one", Receiver._fields) for one in written]
    return tuple(Receiver(canonical.text(one, "grant"), canonical.text(one, "agency")) for one in parts)


def _sound(found: Notice) -> bool:
    """Whether it says what it must: a kind, what is meant, a message, and a day after it was issued by which to answer."""
    one_of_both = bool(found.record) != (found.library > 0)
    short = len(found.record) <= LONGEST_RECORD and 0 < len(found.message) <= LONGEST_MESSAGE
    return found.kind in KINDS and one_of_both and short and found.due >= found.issued.date()
