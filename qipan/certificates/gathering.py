"""What a granted case gives a certificate of: which kinds, about whom, with which facts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from qipan.applications.facts import values_of_each
from qipan.catalogue import queries as catalogue
from qipan.certificates import queries
from qipan.certificates.errors import NothingToIssue
from qipan.certificates.rows import GrantedCase
from qipan.core.declarations import CertificateType
from qipan.core.elements import Field, Value
from qipan.core.lifecycle import CaseState
from qipan.core.planner import Knowledge
from qipan.core.planner.conditions import observe
from qipan.core.planner.ground import GroundEvent, GroundService, HeldPaper, ground_event

GRANTED = frozenset((CaseState.GRANTED, CaseState.DELIVERED))


class NamedHolder(NamedTuple):
    """Somebody who holds a certificate besides whoever applied; ``capacity`` is their party in the service."""

    number: str
    capacity: str


class ToIssue(NamedTuple):
    """One certificate that follows from a case; facts are by the certificate's own parties."""

    kind: CertificateType
    facts: dict[str, Value]
    holders: tuple[NamedHolder, ...] = ()

    def ends(self, begins: date) -> date | None:
        """Until which day it holds, that day included; None for without end."""
        if self.kind.until is not None:
            try:
                return date.fromisoformat(str(self.facts.get(str(self.kind.until), "")))
            except ValueError:
                return None
        return _years_later(begins, self.kind.years) if self.kind.years else None


def granted(cases: Collection[UUID]) -> list[GrantedCase]:
    """Find those of these cases that are granted; raises NothingToIssue where none is."""
    found = [one for one in queries.cases(cases) if one.state in GRANTED]
    if not found:
        raise NothingToIssue
    return found


def certificates_of(cases: Sequence[GrantedCase]) -> list[tuple[GrantedCase, ToIssue]]:
    """The certificates that cases give; none where a service issues none that has a code."""
    known = values_of_each({one.application for one in cases})
    return [(case, one) for case in cases for one in _certificates_of(case, known[case.application])]


def _certificates_of(case: GrantedCase, known: Mapping[Field, Value]) -> list[ToIssue]:
    library = catalogue.library(case.version)
    service = library.services[case.service]
    if not any(name in library.certificates and library.certificates[name].code for name in service.issues):
        return []
    ground = ground_event(library, case.event)
    found = next((one for one in ground.services if one.name == case.service), None)
    if found is None:
        return []
    holders = tuple(_holders(ground, found, known))
    return [
        ToIssue(kind, dict(_facts(kind, paper, known)), holders)
        for paper in found.issues
        if (kind := library.certificates[paper.certificate]).code
    ]


def _holders(
    ground: GroundEvent, found: GroundService, known: Mapping[Field, Value]
) -> Iterator[NamedHolder]:
    """Those whom the service names as holders and who beyond doubt take part: what was typed of others stays out."""
    if not found.service.holders:
        return
    present = observe(ground, Knowledge(facts=known), known.keys()).certain.present
    parties = dict(found.parties)
    for field in found.service.holders:
        party = parties.get(field.party, "")
        number = known.get(Field(party, field.word))
        if isinstance(number, str) and present.get(party, True):
            yield NamedHolder(number.upper(), field.party)


def _facts(
    kind: CertificateType, paper: HeldPaper, known: Mapping[Field, Value]
) -> Iterator[tuple[str, Value]]:
    parties = dict(paper.parties)
    for field in kind.facts:
        value = known.get(Field(parties[field.party], field.word)) if field.party in parties else None
        if value is not None:
            yield str(field), value


def _years_later(begins: date, years: int) -> date:
    """The day before the same day so many years later; of a leap day, the last of February."""
    try:
        same = begins.replace(year=begins.year + years)
    except ValueError:
        same = date(begins.year + years, 3, 1)
    return date.fromordinal(same.toordinal() - 1)
