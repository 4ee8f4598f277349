"""The shape of a service, the longest of a library's sections: what an implementation list (实施清单) carries."""

from dataclasses import replace
from typing import Any, Final

from qipan.catalogue.library.containers import ListOf, MapOf
from qipan.catalogue.library.reading import Reading, Unfit
from qipan.catalogue.library.scalars import (
    WORD,
    Choice,
    ValueOf,
    Whole,
    Words,
    Yes,
)
from qipan.catalogue.library.shapes import Key, Record, ShortRecord
from qipan.catalogue.library.vocabulary import (
    CHECKS,
    CONDITION,
    FIELD,
    FIELDS,
    LAWS,
    NAME,
    PARTIES,
    TEXTS,
    TITLE,
    WORDS,
)
from qipan.core.assurance import Assurance
from qipan.core.classes import ServiceType
from qipan.core.declarations import (
    Assign,
    AssignKind,
    Evidence,
    Level,
    Limits,
    Meet,
    MeetKind,
    Need,
    Output,
    Service,
    Visits,
)

NEED: Final = ShortRecord(
    Record(
        "need",
        Need,
        {
            "field": Key(FIELD, "The field that the form asks.", required=True, then=Reading.speak_of),
            "checks": replace(CHECKS, description="Narrower checks than the element's own."),
            "when": Key(CONDITION, "It is needed only then."),
        },
    ),
    main="field",
)


def _meet(**given: Any) -> Meet:
    kind = next(MeetKind(name) for name in given if name in {"certificate", "facts", "upload"})
    if "parties" in given and kind is not MeetKind.CERTIFICATE:
        raise Unfit("parties-of-certificate", "parties")
    return Meet(kind, **{name: value for name, value in given.items() if name != "upload"})


_UPLOAD: Final = Choice({"upload": True})
MEET: Final = ShortRecord(
    Record(
        "meet",
        _meet,
        {
            "certificate": Key(NAME, "A certificate that is held, or issued in this event."),
            "facts": Key(FIELDS, "Facts that make the document needless, when they come from a source."),
            "upload": Key(Yes(), "The person sends a picture or file."),
            "parties": Key(
                MapOf(NAME, NAME),
                "The certificate's parties as the service calls them; same names need no line.",
            ),
        },
        one_of=("certificate", "facts", "upload"),
    ),
    main="upload",
    short=_UPLOAD,
)

EVIDENCE: Final = Record(
    "evidence",
    Evidence,
    {
        "title": TITLE,
        "when": Key(CONDITION, "The document is required only then."),
        "met_by": Key(
            ListOf(MEET, labels=("certificate", "facts"), least=1),
            "The ways to meet it, best first.",
            required=True,
        ),
    },
    named=True,
)


def _assign(**given: Any) -> Assign:
    (name, value), *_ = given.items()
    kind = AssignKind(name)
    if kind is AssignKind.COPY:
        return Assign(kind, str(value), (value,))
    return Assign(kind, "", value) if kind is AssignKind.GB11643 else Assign(kind, value)


_NUMBER_TEMPLATE: Final = Words(
    "template", r"(?:[^{}]|\{(?:region|serial)(?::[1-9][0-9]?)?\}|\{(?:date|year)\})+"
)
ASSIGN: Final = Record(
    "assign",
    _assign,
    {
        "copy": Key(FIELD, "The same as another field."),
        "value": Key(ValueOf(), "Always this value."),
        "today": Key(Yes(), "The day of the decision."),
        "number": Key(_NUMBER_TEMPLATE, "A new number: `33{region:6}{date}{serial:6}`."),
        "gb11643": Key(
            ListOf(FIELD, least=3, most=3), "A new citizen number, from region, birth date and sex."
        ),
    },
    one_of=tuple(AssignKind),
)

OUTPUT: Final = ShortRecord(
    Record(
        "output",
        Output,
        {
            "field": Key(
                FIELD,
                "The fact that a grant of the service brings about.",
                required=True,
                then=Reading.speak_of,
            ),
            "when": Key(CONDITION, "It is given only then."),
            "assign": Key(ASSIGN, "How it comes about when the agency's own system does not say."),
        },
    ),
    main="field",
)


def _values(items: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(items.values())


_CHANNELS: Final = Words("channel", WORD)
SERVICE: Final = Record(
    "service",
    Service,
    {
        "title": TITLE,
        "code": Key(WORDS, "Its code in the national or provincial list."),
        "type": Key(Choice.of(ServiceType), "What kind of act it is."),
        "agency": Key(NAME, "The kind of agency that does it.", required=True),
        "level": Key(Choice.of(Level), "At which level.", required=True),
        "parties": PARTIES,
        "region": Key(FIELD, "The field whose value says which division's agency handles it."),
        "when": Key(CONDITION, "The service applies only then."),
        "needs": Key(ListOf(NEED, labels=("field",)), "What the agency's form asks.", required=True),
        "evidence": Key(MapOf(NAME, EVIDENCE, collect=_values), "The documents it requires."),
        "gives": Key(ListOf(OUTPUT, labels=("field",)), "The facts that come about when it is granted."),
        "issues": Key(ListOf(NAME), "The certificates it issues."),
        "holders": Key(
            FIELDS, "The identity numbers of those who hold what it issues, besides whoever applies."
        ),
        "automatic": Key(CONDITION, "It is granted at once when this is true."),
        "limits": Key(
            Record(
                "limits",
                Limits,
                {
                    "statutory": Key(Whole(), "By law.", required=True),
                    "promised": Key(Whole(), "As promised.", required=True),
                },
            ),
            "Time limits in working days.",
        ),
        "visits": Key(
            Record(
                "visits",
                Visits,
                {
                    "alone": Key(Whole(), "When applied for by itself."),
                    "joined": Key(Whole(), "Within a life event."),
                },
            ),
            "Visits to a counter.",
        ),
        "fees": Key(TEXTS, "What it costs."),
        "legal_basis": LAWS,
        "conditions": Key(TEXTS, "Who may have it."),
        "results": Key(TEXTS, "What one gets."),
        "channels": Key(ListOf(_CHANNELS), "How to apply: online, window, …"),
        "consult": Key(WORDS, "Where to ask."),
        "complain": Key(WORDS, "Where to complain."),
        "assurance": Key(
            Whole(Assurance.REAL_NAME, Assurance.IN_PERSON),
            "How well whoever applies must be known: 2 real-named, by default; 3 seen in person at a hall.",
        ),
    },
    named=True,
    begin=Reading.begin,
)
