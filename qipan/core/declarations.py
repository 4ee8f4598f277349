"""Declarations: what agencies, data owners and life events state, as values.

The shapes follow docs/handbook/library.md. Services are after CPSV-AP's PublicService, resources after DCAT's DataService.
A ``Library`` is a published whole: immutable, with the file and line of every declaration in ``positions``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from qipan.core.assurance import USUAL
from qipan.core.classes import Category, Format, Picture, ServiceType
from qipan.core.elements import (
    NO_CHECKS,
    Checks,
    CodeList,
    Element,
    Field,
    PartyKind,
    Text,
    Value,
    element_name,
)
from qipan.core.grants import Mode
from qipan.core.predicates import Predicate
from qipan.core.walls import Zone


class Position(NamedTuple):
    """Where something was declared; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Level(StrEnum):
    """The six levels of agencies, highest first."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GRID = "grid"


class Share(StrEnum):
    """How a resource is shared: 无条件, 有条件, 不予共享."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class PartySlot:
    """A party's place in a service, resource, certificate or event."""

    name: str
    kind: PartyKind
    title: Text | None = None
    optional: bool = False
    applicant: bool = False
    when: Predicate | None = None


@dataclass(frozen=True, slots=True)
class RelationKind:
    """How two parties can be related: ``spouse`` is symmetric, ``parent`` is not."""

    name: str
    kinds: tuple[PartyKind, PartyKind]
    symmetric: bool = False
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between named parties, in an event perhaps only on a condition."""

    name: str
    parties: tuple[str, str]
    when: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Agency:
    """A kind of agency, present in every division of its levels; ``zone`` is its label at the walls."""

    name: str
    title: Text
    levels: tuple[Level, ...]
    names: Mapping[Level, Text] = field(default_factory=dict)
    zone: Zone = Zone.INSIDE


@dataclass(frozen=True, slots=True)
class Resource:
    """A look-up that an agency shares: from ``keys`` it gives facts, about each pair of parties so related.

    ``untold_law`` is the law by which people are not shown who used it, for so many ``untold_days`` after; 0: for ever.
    """

    name: str
    title: Text
    agency: str
    parties: Mapping[str, PartySlot]
    keys: tuple[Field, ...]
    gives: tuple[Field, ...]
    relation: Relation | None = None
    record_of: frozenset[str] = frozenset()
    share: Share = Share.UNCONDITIONAL
    share_condition: str = ""
    share_law: str = ""
    days: int = 0
    cost: int = 1
    update_cycle: str = ""
    legal_basis: tuple[str, ...] = ()
    abstract: Text | None = None
    open: bool = False
    source: Mapping[str, object] | None = None
    code: str = ""
    credit_code: str = ""
    category: Category = Category.DEPARTMENT
    format: Format = Format.DATABASE
    modes: tuple[Mode, ...] = (Mode.LOOK_UP,)
    quality: Text | None = None
    open_condition: str = ""
    untold_law: str = ""
    untold_days: int = 0


class Paper(StrEnum):
    """Which way the sheet of a certificate lies."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


class Tint(StrEnum):
    """The colour of a certificate's frame and title."""

    RED = "red"
    BLUE = "blue"
    GREEN = "green"
    TEAL = "teal"


@dataclass(frozen=True, slots=True)
class CertificateType:
    """A kind of certificate and the facts it carries.

    ``code`` is its kind in numbers of certificates (GB/T 36904); without one it is not issued electronically. It holds for
    ``years``, or until the day that the fact ``until`` says, or without end. ``sentence`` stands above the facts.
    """

    name: str
    title: Text
    agency: str
    parties: Mapping[str, PartySlot]
    facts: tuple[Field, ...]
    relation: Relation | None = None
    code: str = ""
    years: int = 0
    until: Field | None = None
    paper: Paper = Paper.PORTRAIT
    tint: Tint = Tint.RED
    sentence: Text | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A field that an agency's form asks, perhaps only on a condition and under narrower checks."""

    field: Field
    checks: Checks = NO_CHECKS
    when: Predicate | None = None


class MeetKind(StrEnum):
    """How a document can be met."""

    CERTIFICATE = "certificate"
    FACTS = "facts"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Meet:
    """One way to meet a document; ``parties`` maps the certificate's parties to the service's."""

    kind: MeetKind
    certificate: str = ""
    parties: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document that a service requires (材料); any one of ``met_by`` meets it, tried in order."""

    name: str
    title: Text
    met_by: tuple[Meet, ...]
    when: Predicate | None = None


class AssignKind(StrEnum):
    """How an output comes about when the agency's system does not supply it."""

    COPY = "copy"
    VALUE = "value"
    TODAY = "today"
    NUMBER = "number"
    GB11643 = "gb11643"


@dataclass(frozen=True, slots=True)
class Assign:
    """The rule of one output: ``argument`` is a field to copy, a value, or a number's template."""

    kind: AssignKind
    argument: Value = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A fact that a service gives when it is granted."""

    field: Field
    when: Predicate | None = None
    assign: Assign | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits of a service, in working days."""

    statutory: int = 20
    promised: int = 20


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits to a counter: when the service is handled by itself, and when joined in a life event."""

    alone: int = 0
    joined: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """What one agency does on application (事项); ``assurance`` is how well whoever applies must be known (core/assurance.py).

    ``holders`` are the identity numbers of those who hold what it ``issues``, besides whoever applies.
    """

    name: str
    title: Text
    agency: str
    level: Level
    parties: Mapping[str, PartySlot]
    needs: tuple[Need, ...]
    gives: tuple[Output, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    issues: tuple[str, ...] = ()
    holders: tuple[Field, ...] = ()
    code: str = ""
    type: ServiceType = ServiceType.OTHER
    region: Field | None = None
    when: Predicate | None = None
    automatic: Predicate | None = None
    limits: Limits = Limits()
    visits: Visits = Visits()
    fees: tuple[Text, ...] = ()
    legal_basis: tuple[str, ...] = ()
    conditions: tuple[Text, ...] = ()
    results: tuple[Text, ...] = ()
    channels: tuple[str, ...] = ()
    consult: str = ""
    complain: str = ""
    assurance: int = USUAL


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """A service in a life event; ``parties`` maps the service's parties to the event's."""

    service: str
    parties: Mapping[str, str] = field(default_factory=dict)
    when: Predicate | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """A named predicate of an event, put to people as a plain question."""

    name: str
    title: Text
    when: Predicate


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Services that belong together, with their parties, relations and situations (一件事)."""

    name: str
    title: Text
    parties: Mapping[str, PartySlot]
    services: tuple[ServiceUse, ...]
    known: tuple[Field, ...] = ()
    relations: tuple[Relation, ...] = ()
    situations: Mapping[str, Situation] = field(default_factory=dict)
    typical: Mapping[Field, Value] = field(default_factory=dict)
    subject: str = "person"
    abstract: Text | None = None
    keywords: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    picture: Picture | None = None

    @property
    def applicant(self) -> str:
        """The name of the party who applies."""
        return next(slot.name for slot in self.parties.values() if slot.applicant)


@dataclass(frozen=True, slots=True)
class GrantDeclaration:
    """Leave for one event to use some elements of a conditional resource; ``until`` is an ISO date."""

    name: str
    resource: str
    event: str
    elements: frozenset[str] | None = None
    purpose: Text | None = None
    legal_basis: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything declared, as one published whole.

    ``positions`` maps ``(section, name, *path)`` to where it stands, for example
    ``("services", "household_registration", "needs", "child.name")``.
    """

    elements: Mapping[str, Element] = field(default_factory=dict)
    codes: Mapping[str, CodeList] = field(default_factory=dict)
    relations: Mapping[str, RelationKind] = field(default_factory=dict)
    agencies: Mapping[str, Agency] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    certificates: Mapping[str, CertificateType] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    events: Mapping[str, LifeEvent] = field(default_factory=dict)
    grants: Mapping[str, GrantDeclaration] = field(default_factory=dict)
    positions: Mapping[tuple[str, ...], Position] = field(default_factory=dict, compare=False)
    version: str = ""

    def element(self, slots: Mapping[str, PartySlot], about: Field) -> Element | None:
        """The element of a field of some parties; None where the party or the element is not declared."""
        slot = slots.get(about.party)
        return self.elements.get(element_name(slot.kind, about.word)) if slot else None
