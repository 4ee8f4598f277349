"""Whether a certificate of another node still holds, by the signed list that this node gives out; what was fetched is kept for half a minute."""

import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from qipan.adapters.peer_records import PeerSilent
from qipan.certificates.checking import Standing, Trust, Verdict
from qipan.certificates.published import NotAStatusList, StatusFile

KEPT_SECONDS = 30.0
SILENT_SECONDS = 10.0  # for which one that did not answer is not asked again
MOST_KEPT = 64
_NUMBER = re.compile(r"/verify/status/([0-9]{1,9})$")


class Lists(Protocol):
    """Where other nodes' lists come from."""

    def list_of(self, peer: str, number: int) -> str:
        """Fetch one; raises PeerSilent."""


class _Kept(NamedTuple):
    """A list, nothing where its node was silent, and until when that is not asked again."""

    text: str
    until: float


class Elsewhere:
    """Asks the nodes that issued; each process keeps what it learnt for a moment."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._kept: dict[tuple[str, int], _Kept] = {}

    def standing(self, found: Verdict, trust: Trust, at: datetime) -> Standing | None:
        """How a certificate stands at its own node; None where that cannot be told: it is silent, or says nothing that it signed.

        Only the authority of the very node whose list names the issuer is believed.
        """
        number = _list_number(found.claims or {})
        if number is None or found.node not in trust.lists:
            return None
        text = self._list(found.node, number)
        own = Trust({found.node: trust.lists[found.node]})
        try:
            return StatusFile([text], own, at).standing(found.claims or {})
        except NotAStatusList:
            return None

    def _list(self, node: str, number: int) -> str:
        now = time.monotonic()
        kept = self._kept.get((node, number))
        if kept is None or now >= kept.until:
            kept = self._asked(node, number, now)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[node, number] = kept
        return kept.text

    def _asked(self, node: str, number: int, now: float) -> _Kept:
        try:
            return _Kept(self._lists.list_of(node, number), now + KEPT_SECONDS)
        except PeerSilent:
            return _Kept("", now + SILENT_SECONDS)


def _list_number(claims: Mapping[str, Any]) -> int | None:
    match claims.get("status"):
        case {"status_list": {"uri": str() as uri}}:
            named = _NUMBER.search(uri)
            return int(named[1]) if named else None
    return None
