"""What everybody may have: the lists of issuers, and signed lists of which certificates still hold."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from qipan.adapters.seals import Suite
from qipan.adapters.seals.certificates import read_certificate
from qipan.adapters.seals.custody import Custody
from qipan.certificates import queries
from qipan.certificates.checking import Standing, Trust, believable
from qipan.certificates.errors import NoIssuer, NoSuchCertificate
from qipan.core import disclosures, status_lists
from qipan.core.disclosures import NotAPresentation
from qipan.core.issuer_lists import IssuerList, NotAnIssuerList, read_issuers
from qipan.core.nodes import key_id

FORMAT = "qipan-issuers/1"
LIVES = timedelta(minutes=15)
ALGORITHM = "ES256"


class NotATrustFile(Exception):
    """This file holds no lists of issuers."""


class NotAStatusList(Exception):
    """This is no signed list of what still holds, is not signed by who issued the certificates, or is too old."""


def issuers_document() -> dict[str, Any]:
    """Every list of issuers that this node believes, as it was signed."""
    return {
        "format": FORMAT,
        "lists": [
            {
                "node": one.node,
                "number": one.number,
                "document": one.document.decode(),
                "key": one.key,
                "signature": base64.b64encode(one.signature).decode(),
            }
            for one in queries.signed_lists()
        ],
    }


def read_trust(text: str) -> Trust:
    """Take the lists out of a file that somebody chose to trust; raises NotATrustFile."""
    try:
        whole = json.loads(text)
        if whole["format"] != FORMAT:
            raise NotATrustFile
        lists = [read_issuers(one["document"].encode()) for one in whole["lists"]]
    except (ValueError, KeyError, TypeError, AttributeError, NotAnIssuerList, RecursionError):
        raise NotATrustFile from None
    if not all(map(believable, lists)):
        raise NotATrustFile
    newest: dict[str, IssuerList] = {}
    for one in sorted(lists, key=lambda each: each.number):
        newest[one.node] = one
    return Trust(newest)


def status_token(number: int, custody: Custody, address: str, at: datetime) -> str:
    """A signed list of what holds of so many certificates: Token Status List, ES256 by the node's authority.

    Raises NoSuchCertificate where there is no such list, NoIssuer.
    """
    if not 0 <= number <= queries.last_list():
        raise NoSuchCertificate
    authority = queries.keys_in_use("").get(Suite.ES256)
    if authority is None:
        raise NoIssuer
    packed = status_lists.packed(queries.PER_LIST, queries.not_valid(number))
    payload = {
        "sub": status_address(address, number),
        "iat": int(at.timestamp()),
        "exp": int((at + LIVES).timestamp()),
        "ttl": int(LIVES.total_seconds()),
        "status_list": {"bits": status_lists.BITS, "lst": packed},
    }
    header = {"alg": ALGORITHM, "typ": status_lists.TYPE, "kid": authority.id}
    return disclosures.signed_text(payload, header, custody.key(authority.kept, Suite.ES256).sign)


def status_address(address: str, number: int) -> str:
    """Where a list of what holds is."""
    return f"{address}/verify/status/{number}"


class StatusFile:
    """Signed lists that were fetched before, for those who check without a network."""

    def __init__(self, texts: list[str], trust: Trust, at: datetime) -> None:
        """Read and verify them; raises NotAStatusList."""
        self._lists = dict(_verified(one, trust, at) for one in texts)

    def standing(self, claims: Mapping[str, Any]) -> Standing | None:
        """How a certificate stands by its list; None where its list is not among these."""
        match claims.get("status"):
            case {"status_list": {"idx": int() as place, "uri": str() as uri}} if uri in self._lists:
                try:
                    return Standing(status_lists.looked_up(self._lists[uri], place))
                except NotAPresentation:
                    return None
        return None


def _verified(text: str, trust: Trust, at: datetime) -> tuple[str, str]:
    try:
        header, payload, signed, signature = disclosures.read_signed(text.strip())
    except NotAPresentation:
        raise NotAStatusList from None
    keys = [read_certificate(one).key for one in trust.authorities(Suite.ES256)]
    key = next((one for one in keys if key_id(one.suite, one.raw) == header.get("kid")), None)
    if key is None or header.get("alg") != ALGORITHM or not key.verify(signature, signed):
        raise NotAStatusList
    match payload:
        case {
            "sub": str() as uri,
            "exp": int() as end,
            "status_list": {"bits": status_lists.BITS, "lst": str() as found},
        }:
            if at.timestamp() < end:
                return uri, found
    raise NotAStatusList
