"""The certificates that a person holds, as a form uses them: each is bound to the parties of the event whom it is about, or left alone.

Note [Whom a certificate is about]
A mother may hold the vaccination certificates of two children. So one is used only where each of its parties is, beyond doubt, the event's:
the same number, or the same name and day of birth; and where nothing on it differs from what is known or was typed. What differs is
older or somebody else's, and then the form asks, as if there were no certificate.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from qipan.applications.intake import Asking, failure_of, field_of, read
from qipan.applications.rows import Learned
from qipan.catalogue import queries as catalogue
from qipan.core.checks import CheckFailure
from qipan.core.elements import Field, Value
from qipan.core.planner.ground import HeldPaper, ground_event
from qipan.core.planner.knowledge import HeldCertificate

OFFERED = "wallet"  # the kind of what a draft keeps of a certificate, until it is bound
CERTIFICATE = "certificate"
SURE = (("id_number",), ("name", "birth_date"))
Facts = Mapping[Field, Value]


@lru_cache(maxsize=256)
def papers_wanted(version: int, event: str) -> tuple[HeldPaper, ...]:
    """The certificates that documents of an event are met by, about whom."""
    ground = ground_event(catalogue.library(version), event)
    ways = (way for service in ground.services for one in service.evidence for way in one.ways)
    return tuple(dict.fromkeys(way.paper for way in ways if way.paper is not None))


def bound(
    asking: Asking, offered: Sequence[Learned], known: Facts, typed: Mapping[str, object]
) -> list[Learned]:
    """The offered certificates that are about the event's parties, their facts in its fields; one for each paper."""
    if not offered:
        return []
    said = {**_typed(asking, typed, offered), **known}
    found: dict[HeldPaper, Learned] = {}
    for paper in papers_wanted(asking.version, asking.event.name):
        for one in offered:
            facts = _moved(one, paper)
            if paper not in found and facts and _about(paper, facts, said):
                written = {str(field): value for field, value in facts.items()}
                found[paper] = Learned(CERTIFICATE, written_via(paper), written, one.at)
    return list(found.values())


def held(vias: Iterable[str]) -> frozenset[HeldCertificate]:
    """The certificates that count as in hand, by how facts name them as their source."""
    return frozenset(_read_via(via) for via in vias)


def written_via(paper: HeldPaper) -> str:
    """How facts name a certificate as their source: ``marriage_certificate(a=mother,b=father)``."""
    return f"{paper.certificate}({','.join(f'{own}={party}' for own, party in paper.parties)})"


def _read_via(via: str) -> HeldCertificate:
    name, _, parties = via.removesuffix(")").partition("(")
    pairs = (pair.partition("=") for pair in parties.split(","))
    return name, tuple((own, party) for own, _, party in pairs)


def _moved(one: Learned, paper: HeldPaper) -> dict[Field, Value]:
    """A certificate's facts in the event's fields; nothing where it is another kind."""
    parties = dict(paper.parties)
    own = {field_of(name): value for name, value in one.facts.items()}
    if one.via.partition("#")[0] != paper.certificate or any(field.party not in parties for field in own):
        return {}
    return {Field(parties[field.party], field.word): value for field, value in own.items()}


def _about(paper: HeldPaper, facts: Facts, said: Facts) -> bool:
    """See Note [Whom a certificate is about]."""
    agrees = all(said.get(field, value) == value for field, value in facts.items())
    return agrees and all(
        any(
            all(Field(party, word) in facts and Field(party, word) in said for word in words)
            for words in SURE
        )
        for _own, party in paper.parties
    )


def _typed(asking: Asking, typed: Mapping[str, object], offered: Sequence[Learned]) -> dict[Field, Value]:
    """The good answers to what certificates also say."""
    words = {field_of(name).word for one in offered for name in one.facts}
    return dict(_good(asking, {name: one for name, one in typed.items() if field_of(name).word in words}))


def _good(asking: Asking, typed: Mapping[str, object]) -> Iterator[tuple[Field, Value]]:
    for name, one in typed.items():
        field = field_of(name)
        element = asking.element(field)
        value = read(one, element) if element else None
        if value is None or isinstance(value, CheckFailure):
            continue
        if failure_of(asking, field, value) is None:
            yield field, value
