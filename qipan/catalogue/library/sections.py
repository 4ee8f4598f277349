"""The sections of a library: every key that a declaration may have, what it holds, and what it is for.

This is the one list; the loader reads by it and the published JSON Schema is made from it. What the keys mean is told at
length in docs/handbook/library.md.
"""

from typing import Any, Final

from qipan.catalogue.library.containers import ListOf, MapOf
from qipan.catalogue.library.reading import Reading, Unfit
from qipan.catalogue.library.scalars import (
    Choice,
    Day,
    Free,
    Truth,
    ValueOf,
    Whole,
    Words,
    relation_spelled,
)
from qipan.catalogue.library.service import SERVICE
from qipan.catalogue.library.shapes import Key, Record, ShortRecord
from qipan.catalogue.library.vocabulary import (
    ABSTRACT,
    CHECKS,
    CONDITION,
    ELEMENT_NAME,
    FIELD,
    FIELDS,
    LAWS,
    NAME,
    PAIR,
    PARTIES,
    RELATION,
    TEXT,
    TITLE,
    WORDS,
    parties,
    party_slots,
)
from qipan.core.classes import Category, Format, Picture
from qipan.core.declarations import (
    Agency,
    CertificateType,
    GrantDeclaration,
    Level,
    LifeEvent,
    Paper,
    PartySlot,
    RelationKind,
    Resource,
    ServiceUse,
    Share,
    Situation,
    Tint,
)
from qipan.core.elements import CodeList, Element, ElementType, PartyKind
from qipan.core.grants import Mode
from qipan.core.walls import Zone

# --- Codes, elements, relations, agencies

CODES: Final = Record(
    "code_list",
    CodeList,
    {
        "title": TITLE,
        "standard": Key(WORDS, "The standard it follows."),
        "values": Key(MapOf(WORDS, TEXT, least=1), "Each value with its words, in order.", required=True),
    },
    named=True,
)


def _element(name: str, **values: Any) -> Element:
    kind, _, word = name.partition(".")
    if (values.get("type") is ElementType.CODE) != ("codes" in values):
        raise Unfit("codes-and-type", "codes" if "codes" in values else "type")
    return Element(PartyKind(kind), word, **values)


def _begin_element(reading: Reading) -> None:
    reading.begin()
    reading.value_type = ElementType.TEXT


def _set_type(reading: Reading, kind: ElementType) -> None:
    reading.value_type = kind


ELEMENT: Final = Record(
    "element",
    _element,
    {
        "title": TITLE,
        "type": Key(Choice.of(ElementType), "How a value is written; text by default.", then=_set_type),
        "codes": Key(NAME, "The list of values, for type code."),
        "checks": CHECKS,
        "standard": Key(WORDS, "The standard it follows."),
        "grade": Key(Whole(1, 4), "Sensitivity: 1 public … 4 core; 2 by default."),
        "burden": Key(Whole(1, 20), "What it costs a person to answer: 1 … 20; 2 by default."),
        "ask": Key(Truth(), "Whether a person may be asked; false where only an authority can know."),
        "hint": Key(TEXT, "How to write the answer."),
        "question": Key(TEXT, "The question to put instead of the title."),
    },
    named=True,
    begin=_begin_element,
)


RELATION_KIND: Final = Record(
    "relation",
    RelationKind,
    {
        "parties": Key(
            ListOf(Choice.of(PartyKind), least=2, most=2),
            "The kinds of the two parties.",
            required=True,
            attribute="kinds",
        ),
        "symmetric": Key(Truth(), "Whether it holds both ways, as between spouses."),
        "title": Key(TEXT, "What the first is to the second."),
    },
    named=True,
)

AGENCY: Final = Record(
    "agency",
    Agency,
    {
        "title": TITLE,
        "levels": Key(
            ListOf(Choice.of(Level), least=1), "The levels of government at which it exists.", required=True
        ),
        "names": Key(MapOf(Choice.of(Level), TEXT), "Where it has a name of its own at a level."),
        "zone": Key(Choice.of(Zone), "Where it stands at the walls; inside by default."),
    },
    named=True,
)

# --- Resources, certificates, grants

RESOURCE: Final = Record(
    "resource",
    Resource,
    {
        "title": TITLE,
        "agency": Key(NAME, "The kind of agency that shares it.", required=True),
        "parties": PARTIES,
        "relation": PAIR,
        "keys": Key(FIELDS, "What it is looked up by.", required=True),
        "gives": Key(FIELDS, "The facts it returns.", required=True),
        "record_of": Key(
            ListOf(ELEMENT_NAME, collect=frozenset), "The elements it is the source of record of."
        ),
        "share": Key(
            Choice.of(Share), "Unconditional, conditional (needs a grant) or withheld (must cite share_law)."
        ),
        "share_condition": Key(WORDS, "On what condition it is shared."),
        "share_law": Key(WORDS, "The law that forbids sharing it."),
        "untold_law": Key(WORDS, "The law by which people are not shown who used it."),
        "untold_days": Key(
            Whole(least=1, most=3650), "For how many days after a use they are not; for ever by default."
        ),
        "days": Key(Whole(), "Working days until it answers; 0 by default."),
        "cost": Key(Whole(), "Relative cost of one look-up; 1 by default."),
        "update_cycle": Key(WORDS, "How often it is brought up to date."),
        "legal_basis": LAWS,
        "abstract": ABSTRACT,
        "open": Key(Truth(), "Whether it is published as open data."),
        "open_condition": Key(WORDS, "On what condition it is open."),
        "source": Key(Free(), "How the agency's own system is read; planning does not use it."),
        "code": Key(
            Words("resource-code", r"[1-3][0-9]{5,}/[0-9]{4,8}"), "Its code in the national catalogue."
        ),
        "credit_code": Key(
            Words("credit-code", r"[0-9A-Z]{18}"), "The provider's unified social credit code."
        ),
        "class": Key(
            Choice.of(Category), "Base, theme or department; department by default.", attribute="category"
        ),
        "format": Key(Choice.of(Format), "How it is kept; database by default."),
        "modes": Key(
            ListOf(Choice.of(Mode), least=1), "How it is passed on: look-up, push, batch; look-up by default."
        ),
        "quality": Key(TEXT, "How complete, right and timely it is, and how that is known."),
    },
    named=True,
    begin=Reading.begin,
)

CERTIFICATE: Final = Record(
    "certificate",
    CertificateType,
    {
        "title": TITLE,
        "agency": Key(NAME, "The kind of agency that issues it.", required=True),
        "parties": PARTIES,
        "relation": PAIR,
        "facts": Key(FIELDS, "The facts it carries.", required=True),
        "code": Key(
            Words("certificate-code", r"[0-9A-Z]{18}[0-9]{3}"),
            "Its kind in numbers of certificates (GB/T 36904): the defining body's credit code, three digits. "
            "Without one, it is not issued electronically.",
        ),
        "years": Key(Whole(1, 100), "For how many years it holds; without an end by default."),
        "until": Key(FIELD, "The fact that says until which day it holds."),
        "paper": Key(Choice.of(Paper), "Which way the sheet lies; portrait by default."),
        "tint": Key(Choice.of(Tint), "The colour of its frame and title; red by default."),
        "sentence": Key(TEXT, "What stands above the facts."),
    },
    named=True,
    begin=Reading.begin,
)

GRANT: Final = Record(
    "grant",
    GrantDeclaration,
    {
        "resource": Key(NAME, "The conditional resource.", required=True),
        "event": Key(NAME, "The life event that may use it.", required=True),
        "fields": Key(
            ListOf(ELEMENT_NAME, least=1, collect=frozenset),
            "The elements it may use; all by default.",
            attribute="elements",
        ),
        "purpose": Key(TEXT, "What for."),
        "legal_basis": LAWS,
        "until": Key(Day(), "The last day: 2027-12-31."),
    },
    named=True,
)

# --- Life events

USE: Final = ShortRecord(
    Record(
        "service_use",
        ServiceUse,
        {
            "service": Key(NAME, "The service.", required=True),
            "parties": Key(
                MapOf(NAME, NAME), "The service's parties as the event calls them; same names need no line."
            ),
            "when": Key(CONDITION, "It takes part only then."),
            "optional": Key(Truth(), "Whether the person may leave it out."),
        },
    ),
    main="service",
)

SITUATION: Final = Record(
    "situation",
    Situation,
    {
        "title": TITLE,
        "when": Key(CONDITION, "The situation holds then.", required=True),
    },
    named=True,
)


def _remember_situation(reading: Reading, situation: Situation) -> None:
    reading.situations = {**reading.situations, situation.name: situation.when}


def _expect_situations(reading: Reading, names: frozenset[str]) -> None:
    reading.situations_below = names


def _event(parties: dict[str, PartySlot], **values: Any) -> LifeEvent:
    applicants = tuple(name for name, slot in parties.items() if slot.applicant)
    if len(applicants) != 1:
        raise Unfit("one-applicant", "parties", applicants=applicants, parties=tuple(parties))
    return LifeEvent(parties=parties, **values)


EVENT: Final = Record(
    "event",
    _event,
    {
        "title": TITLE,
        "subject": Key(Choice({name: name for name in ("person", "enterprise")}), "Whose event it is."),
        "picture": Key(Choice.of(Picture), "The picture beside its title; by default one for its subject."),
        "abstract": ABSTRACT,
        "keywords": Key(ListOf(WORDS), "Words that people search by."),
        "situations": Key(
            MapOf(NAME, SITUATION, after=_remember_situation, ahead=_expect_situations),
            "Named conditions, shown as plain questions; one may speak of those above it.",
        ),
        "parties": parties(
            party_slots(
                "event_party",
                applicant=Key(Truth(), "Whether it applies; exactly one party does."),
                when=Key(CONDITION, "The party takes part only then."),
            ),
            "The parties; exactly one is the applicant.",
        ),
        "known": Key(ListOf(FIELD), "Fields that the signed-in identity brings."),
        "relations": Key(
            ListOf(RELATION, labels=("relation",), spelled=relation_spelled), "How the parties are related."
        ),
        "services": Key(
            ListOf(USE, labels=("service",), least=1), "The services that belong together.", required=True
        ),
        "typical": Key(
            MapOf(FIELD, ValueOf(), before=Reading.speak_of),
            "The usual case, for the estimate before anything is known.",
        ),
        "sources": Key(ListOf(WORDS), "Where this event's content comes from."),
    },
    named=True,
    begin=Reading.begin,
    make_rest=LifeEvent,
)

# --- The whole

SECTIONS: Final[dict[str, tuple[Words, Record, str]]] = {
    "codes": (NAME, CODES, "Value lists."),
    "elements": (ELEMENT_NAME, ELEMENT, "Standard facts about a kind of party."),
    "relations": (NAME, RELATION_KIND, "How two parties can be related."),
    "agencies": (NAME, AGENCY, "Kinds of agency."),
    "resources": (NAME, RESOURCE, "Look-ups that agencies share."),
    "certificates": (NAME, CERTIFICATE, "Kinds of electronic certificate."),
    "services": (NAME, SERVICE, "What one agency does on application."),
    "events": (NAME, EVENT, "Life events: services that belong together."),
    "grants": (NAME, GRANT, "Who may use a conditional resource, and what for."),
}
"""Each section's shape of names, shape of declarations, and purpose; in the order in which they are read."""

FILE: Final = Record(
    "file",
    dict,
    {
        "schema": Key(Whole(1, 1), "The version of these shapes.", required=True),
        **{
            section: Key(MapOf(names, record), purpose)
            for section, (names, record, purpose) in SECTIONS.items()
        },
    },
)
"""One file of a library."""
