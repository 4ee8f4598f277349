"""Whether a file is a genuine certificate that holds: data form, PDF or OFD, checked with a list of issuers and nothing else.

No database is needed. What is wrong is told by codes that the faces put into words:
unreadable · unknown-issuer · changed (part, name) · seal-unknown · seal-suspended · seal-destroyed · seal-not-then · key-not-then ·
key-compromised · revoked · suspended · replaced · expired · not-yet · status-unknown (a note: nobody was asked) · status-unreachable (the
node that issued it was asked, and did not answer: whether it holds cannot be told, so it is not said to hold).
Of an annotated copy, also: copy-ended · copy-withdrawn · copy-unasked (a note: whether its holder took it back, nobody was asked).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from qipan.adapters.papers.ofd_reading import NotAnOfd, OpenedOfd, open_ofd
from qipan.adapters.papers.pdf_signatures import NotAPdf, open_pdf
from qipan.adapters.papers.seal_signatures import Sealing
from qipan.adapters.seals import Malformed, PublicKey, Suite, public_key
from qipan.adapters.seals.certificates import certified_by, read_certificate
from qipan.core import canonical, disclosures
from qipan.core.copies import NotTerms, Terms, read_terms
from qipan.core.disclosures import ALGORITHMS, NotAPresentation, Presentation
from qipan.core.issuer_lists import COMPROMISED, Issuer, IssuerKey, IssuerList, ListedSeal
from qipan.core.nodes import key_id
from qipan.core.status_lists import Status

FALSE = frozenset(
    ("unreadable", "unknown-issuer", "changed", "seal-unknown", "key-compromised", "key-not-then")
)
UNASKED = "status-unknown"
NOTES = frozenset((UNASKED, "copy-unasked"))
OWN = frozenset(("iss", "iat", "nbf", "exp", "vct", "number", "agency", "title", "status", "sample"))
STANDINGS: Mapping[Status, str] = {
    Status.REVOKED: "revoked",
    Status.SUSPENDED: "suspended",
    Status.REPLACED: "replaced",
}


class Finding(NamedTuple):
    """Something that is wrong, or worth saying; ``part`` of what was changed, ``name`` of the fact or file in question."""

    code: str
    part: str = ""
    name: str = ""


class Standing(NamedTuple):
    """What is known of a certificate today, beside what it says itself."""

    status: Status
    since: datetime | None = None
    reason: str = ""


StandingOf = Callable[[Mapping[str, Any]], Standing | None]
"""Looks up the standing of a certificate by what it claims; None where that cannot be known."""


def nobody_asked(_claims: Mapping[str, Any]) -> Standing | None:
    """The standing where there is nobody to ask."""
    return None


TakenBack = Callable[[Terms], bool | None]
"""Looks up whether the holder took back what an annotated copy is of; None where that cannot be known."""


def nobody_knows(_terms: Terms) -> bool | None:
    """Whether it was taken back, where there is nobody to ask."""
    return None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of a file; facts are those that it shows, by ``party.element``; ``terms`` are an annotated copy's."""

    kind: str
    findings: tuple[Finding, ...]
    issuer: Issuer | None = None
    node: str = ""
    claims: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] | None = None
    withheld: int = 0
    sealed_at: datetime | None = None
    standing: Standing | None = None
    terms: Terms | None = None

    @property
    def readable(self) -> bool:
        """Whether it is anything that can be checked."""
        return all(one.code != "unreadable" for one in self.findings)

    @property
    def genuine(self) -> bool:
        """Whether it is as a known issuer made it."""
        return not any(one.code in FALSE for one in self.findings)

    @property
    def holds(self) -> bool:
        """Whether it is genuine and in force at the moment in question."""
        return all(one.code in NOTES for one in self.findings)

    def with_findings(self, more: Iterable[Finding]) -> "Verdict":
        """The same with more that is wrong; said once each."""
        return replace(self, findings=tuple(dict.fromkeys((*self.findings, *more))))


class Trust(NamedTuple):
    """The lists of issuers that are believed, by node."""

    lists: Mapping[str, IssuerList]

    def key(self, id: str) -> tuple[str, Issuer, IssuerKey] | None:  # noqa: A002 -- what it is called in certificates
        """Whose key this is: the node, the issuer, the key."""
        found = ((node, one.key(id)) for node, one in self.lists.items())
        return next(((node, *key) for node, key in found if key), None)

    def certified(self, der: bytes) -> tuple[str, Issuer, IssuerKey] | None:
        """Whose X.509 certificate this is, to the byte."""
        digest = canonical.digest(der)
        return next(
            (
                (node, issuer, key)
                for node, one in self.lists.items()
                for issuer in one.issuers.values()
                for key in issuer.keys
                if key.certificate == digest
            ),
            None,
        )

    def authorities(self, suite: Suite) -> list[bytes]:
        """The certificates from which those of issuers follow, of one suite."""
        every = [der for one in self.lists.values() for der in one.authorities]
        return [der for der in every if read_certificate(der).key.suite is suite]

    def seal(self, node: str, number: str) -> ListedSeal | None:
        """A seal of a node's catalogue."""
        return self.lists[node].seals.get(number)


def check(
    content: bytes,
    trust: Trust,
    at: datetime,
    standing_of: StandingOf = nobody_asked,
    taken_back: TakenBack = nobody_knows,
) -> Verdict:
    """Say what can be said of a file at a moment; it never raises, whatever the file."""
    if content.startswith(b"%PDF-"):
        found = _of_pdf(content, trust, at)
    elif content.startswith(b"PK"):
        found = _of_ofd(content, trust)
    else:
        found = _of_data(content, trust)
    return _copy_today(_today(found, at, standing_of), at, taken_back)


def asked_elsewhere(found: Verdict, standing: Standing | None) -> Verdict:
    """The same, the node that issued it having been asked; None where that did not answer."""
    rest = replace(found, standing=standing, findings=tuple(x for x in found.findings if x.code != UNASKED))
    if standing is None:
        return rest.with_findings([Finding("status-unreachable")])
    return rest.with_findings(Finding(code) for code in [STANDINGS.get(standing.status)] if code)


def _of_data(content: bytes, trust: Trust) -> Verdict:
    try:
        shown = disclosures.read(content.decode())
    except UnicodeDecodeError:
        return Verdict("data", (Finding("unreadable"),))
    except NotAPresentation as error:
        code, *name = error.args
        if code in {"foreign", "twice"}:
            return Verdict("data", (Finding("changed", "fact", *name),))
        return Verdict("data", (Finding("unreadable" if code == "shape" else "changed", "statement"),))
    return _stated(shown, trust)


def _stated(shown: Presentation, trust: Trust) -> Verdict:
    told = {name: value for name, value in shown.claims.items() if name in OWN}
    facts = {name: value for name, value in shown.claims.items() if name not in OWN}
    said = Verdict("data", (), claims=told, facts=facts, withheld=shown.withheld)
    known = trust.key(str(shown.header.get("kid")))
    if known is None:
        return replace(said.with_findings([Finding("unknown-issuer")]), facts=None)
    node, issuer, key = known
    whole = replace(said, issuer=issuer, node=node)
    good = shown.algorithm == ALGORITHMS.get(key.suite) and _public(key).verify(shown.signature, shown.signed)
    if not good or told.get("agency") != issuer.agency:
        return replace(whole.with_findings([Finding("changed", "statement")]), facts=None)
    return whole.with_findings(_key_findings(key, _moment(told, "iat")))


def _of_pdf(content: bytes, trust: Trust, at: datetime) -> Verdict:
    try:
        opened = open_pdf(content, trust.authorities(Suite.ES256), at)
    except NotAPdf:
        return Verdict("pdf", (Finding("unreadable"),))
    said = replace(_of_data(opened.data.encode(), trust), kind="pdf", sealed_at=opened.time)
    said = _with_terms(said, opened.terms)
    changed = [Finding("changed", *one) for one in opened.changed]
    signer = trust.certified(opened.signer)
    if signer is None:  # nor can the wrapping of its signature be held against what is known
        return _unknown(said, [one for one in changed if one.part != "seal"])
    node, issuer, key = signer
    time = opened.time or datetime.min.replace(tzinfo=UTC)
    return replace(said, issuer=issuer, node=node).with_findings(
        [*changed, *_key_findings(key, time), *_same_issuer(said, issuer)]
    )


def _of_ofd(content: bytes, trust: Trust) -> Verdict:
    try:
        opened = open_ofd(content)
    except NotAnOfd:
        return Verdict("ofd", (Finding("unreadable"),))
    sealing = opened.sealing
    said = replace(_of_data(opened.data.encode(), trust), kind="ofd", sealed_at=sealing.time)
    signer = trust.certified(sealing.user)
    changed = [Finding("changed", *one) for one in opened.changed]
    if signer is None:
        return _unknown(said, changed)
    node, issuer, key = signer
    whole = replace(said, issuer=issuer, node=node)
    if not changed:
        changed = _sealing_changed(sealing, opened, _public(key), trust.authorities(Suite.SM2))
    seal = _seal_findings(sealing, trust.seal(node, sealing.seal.number), issuer)
    return whole.with_findings(
        [*changed, *seal, *_key_findings(key, sealing.time), *_same_issuer(said, issuer)]
    )


def _sealing_changed(
    sealing: Sealing, opened: OpenedOfd, user: PublicKey, authorities: Sequence[bytes]
) -> list[Finding]:
    """What of the seal itself is not as it was: its maker's signature covers the picture, its user's the time as well."""
    maker = next((one for one in authorities if one == sealing.seal.maker), None)
    if maker is None or not sealing.seal.made_by(read_certificate(maker).key):
        return [Finding("changed", "seal-picture")]
    if not certified_by(sealing.user, read_certificate(maker).key) or sealing.user != sealing.seal.user:
        return [Finding("changed", "seal")]
    if not sealing.done_by(user):
        return [Finding("changed", "seal-time")]
    return [Finding("changed", "data")] if not opened.data else []


def _seal_findings(sealing: Sealing, listed: ListedSeal | None, issuer: Issuer) -> list[Finding]:
    if listed is None or listed.agency != issuer.agency:
        return [Finding("seal-unknown", name=sealing.seal.number)]
    if not listed.begins <= sealing.time < listed.ends:
        return [Finding("seal-not-then", name=sealing.seal.number)]
    return [Finding("seal-suspended", name=listed.number)] if listed.state == "suspended" else []


def _same_issuer(said: Verdict, issuer: Issuer) -> list[Finding]:
    """The page and the data in it are the same issuer's."""
    return [Finding("changed", "data")] if said.issuer is not None and said.issuer != issuer else []


def _unknown(said: Verdict, changed: list[Finding]) -> Verdict:
    return replace(said, facts=None, issuer=None).with_findings([*changed, Finding("unknown-issuer")])


def _key_findings(key: IssuerKey, at: datetime | None) -> list[Finding]:
    if key.why == COMPROMISED:
        return [Finding("key-compromised", name=key.id)]
    return [] if at is not None and key.held_at(at) else [Finding("key-not-then", name=key.id)]


def _today(found: Verdict, at: datetime, standing_of: StandingOf) -> Verdict:
    """Add whether it is in force; of what is not genuine, that is no question."""
    if not found.genuine or found.claims is None:
        return found
    more = []
    begins, ends = _moment(found.claims, "nbf"), _moment(found.claims, "exp")
    if begins and at < begins:
        more.append(Finding("not-yet"))
    if ends and at >= ends:
        more.append(Finding("expired"))
    standing = standing_of(found.claims)
    if standing is None:
        more.append(Finding(UNASKED))
    elif standing.status in STANDINGS:
        more.append(Finding(STANDINGS[standing.status]))
    return replace(found, standing=standing).with_findings(more)


def _with_terms(said: Verdict, written: bytes) -> Verdict:
    """With the terms of an annotated copy, which are of the certificate in it."""
    if not written:
        return said
    try:
        terms = read_terms(written)
    except NotTerms:
        return said.with_findings([Finding("changed", "data")])
    wrong = [Finding("changed", "data")] if (said.claims or {}).get("number") != terms.number else []
    return replace(said, kind="copy", terms=terms).with_findings(wrong)


def _copy_today(found: Verdict, at: datetime, taken_back: TakenBack) -> Verdict:
    """Add whether an annotated copy may still be used."""
    if found.terms is None or not found.genuine:
        return found
    ended = [Finding("copy-ended")] if at >= found.terms.until else []
    match taken_back(found.terms):
        case True:
            return found.with_findings([*ended, Finding("copy-withdrawn")])
        case None:
            return found.with_findings([*ended, Finding("copy-unasked")])
    return found.with_findings(ended)


def _moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _public(key: IssuerKey) -> PublicKey:
    return public_key(Suite(key.suite), key.raw)


def believable(document: IssuerList) -> bool:
    """Whether each key of a list is what it says, and each authority a certificate."""
    try:
        for der in document.authorities:
            read_certificate(der)
        for issuer in document.issuers.values():
            for key in issuer.keys:
                if key.id != key_id(_public(key).suite, key.raw):
                    return False
    except (Malformed, ValueError):
        return False
    return True
