"""The catalogue of a node: the resources that it holds, with their metadata, as a document that it signs.

A node gives its catalogue a higher number each time that it says something else, so that an old one cannot be brought back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from qipan.core import canonical
from qipan.core.canonical import NotCanonical
from qipan.core.declarations import Library, Resource
from qipan.core.elements import Text

SIGNED_CATALOGUE = b"qipan-catalogue/1\n"
MEMBERS = frozenset(("issued", "node", "number", "resources", "version"))
TEXTS = ("title", "agency_title", "abstract")
PLAIN = (
    "name",
    "agency",
    "provider",
    "code",
    "credit_code",
    "share",
    "condition",
    "format",
    "category",
    "cycle",
)
LISTS = ("keys", "fields", "modes", "basis")
RESOURCE_MEMBERS = (*PLAIN, *TEXTS, *LISTS, "open")


class NotACatalogue(Exception):
    """This document is no catalogue of a node."""


class HeldResource(NamedTuple):
    """A resource as the node that holds it describes it: the national core metadata; ``fields`` are the resource's own.

    ``provider`` is the agency that answers for it there; empty where it is, of several, the one nearest to whoever asks.
    """

    name: str
    title: Text
    agency: str
    agency_title: Text
    provider: str
    abstract: Text
    code: str
    credit_code: str
    share: str
    condition: str
    format: str
    category: str
    cycle: str
    keys: tuple[str, ...]
    fields: tuple[str, ...]
    modes: tuple[str, ...]
    basis: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that a node holds, by name."""

    node: str
    number: int
    issued: datetime
    resources: Mapping[str, HeldResource]

    def document(self) -> bytes:
        """Give the bytes that are signed."""
        return canonical.write(
            {
                "issued": canonical.moment(self.issued),
                "node": self.node,
                "number": self.number,
                "resources": [_written(self.resources[name]) for name in sorted(self.resources)],
                "version": 1,
            }
        )


def held(
    library: Library, registers: Iterable[str], provider: Callable[[str], str]
) -> dict[str, HeldResource]:
    """Describe the resources of a library whose registers are at this node; ``provider`` of a kind of agency, as above."""
    here = set(registers)
    return {
        name: _described(library, one, provider(one.agency))
        for name, one in library.resources.items()
        if one.source is not None and str(one.source.get("register")) in here
    }


def read_catalogue(document: bytes) -> Catalogue:
    """Read a catalogue from its bytes; raises NotACatalogue."""
    try:
        whole = canonical.read(document)
        if set(whole) != MEMBERS or whole["version"] != 1 or not isinstance(whole["resources"], list):
            raise NotACatalogue
        resources = [_read(one) for one in whole["resources"]]
        found = Catalogue(
            canonical.text(whole, "node"),
            canonical.whole(whole, "number"),
            canonical.read_moment(whole["issued"]),
            {one.name: one for one in resources},
        )
    except (NotCanonical, ValueError):
        raise NotACatalogue from None
    if found.number < 1 or not found.node or found.document() != document:
        raise NotACatalogue
    return found


def _described(library: Library, one: Resource, provider: str) -> HeldResource:
    agency = library.agencies.get(one.agency)
    return HeldResource(
        name=one.name,
        title=one.title,
        agency=one.agency,
        agency_title=agency.title if agency else Text(one.agency),
        provider=provider,
        abstract=one.abstract or Text(""),
        code=one.code,
        credit_code=one.credit_code,
        share=str(one.share),
        condition=one.share_law or one.share_condition,
        format=str(one.format),
        category=str(one.category),
        cycle=one.update_cycle,
        keys=tuple(map(str, one.keys)),
        fields=tuple(map(str, one.gives)),
        modes=tuple(map(str, one.modes)),
        basis=one.legal_basis,
        open=one.open,
    )


def _written(one: HeldResource) -> dict[str, object]:
    said: dict[str, object] = one._asdict()
    for name in TEXTS:
        text: Text = getattr(one, name)
        said[name] = {"en": text.en, "zh": text.zh}
    return said | {name: list(getattr(one, name)) for name in LISTS}


def _read(written: object) -> HeldResource:
    whole = canonical.part({"resource": written}, "resource", RESOURCE_MEMBERS)
    if not isinstance(whole["open"], bool) or not canonical.text(whole, "name"):
        raise NotCanonical
    plain = {name: canonical.text(whole, name) for name in PLAIN}
    texts = {name: _text(whole, name) for name in TEXTS}
    lists = {name: canonical.texts(whole, name) for name in LISTS}
    return HeldResource(
        name=plain["name"],
        title=texts["title"],
        agency=plain["agency"],
        agency_title=texts["agency_title"],
        provider=plain["provider"],
        abstract=texts["abstract"],
        code=plain["code"],
        credit_code=plain["credit_code"],
        share=plain["share"],
        condition=plain["condition"],
        format=plain["format"],
        category=plain["category"],
        cycle=plain["cycle"],
        keys=lists["keys"],
        fields=lists["fields"],
        modes=lists["modes"],
        basis=lists["basis"],
        open=whole["open"],
    )


def _text(whole: Mapping[str, object], name: str) -> Text:
    found = canonical.part(whole, name, ("en", "zh"))
    return Text(canonical.text(found, "zh"), canonical.text(found, "en"))
