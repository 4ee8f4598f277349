"""Walls 墙: between the zones of government stand walls, and one function says what may cross: pass, mask or refuse.

Zones 四区: inside 体制内, outside 体制外, half inside and half outside 半内半外, and the systems of superiors and subordinates 上下级.
Faces, kinds of agency and nodes carry one of them as their label. What crosses, one field at a time, is described by a
`Crossing`; the rules are a table, read from the top, and the first that fits decides. What may pass comes first, then what is
masked; what is left is refused, and the rules below only say why. The last fits everything, so that every crossing gets one decision.

A rule that opens anything asks for *at most* a grade, *at least* a purpose, and perhaps for consent; so a higher grade, or less
purpose or consent, never opens more (tests/core/test_walls.py tries all crossings). What a rule is called is data: its words are the
faces' (qipan/faces/look/wall_words.py).
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

F = TypeVar("F")


class Zone(StrEnum):
    """Where a face, an agency or a node stands."""

    INSIDE = "inside"
    """体制内: offices of government."""
    HALF = "half"
    """半内半外: bodies that serve the public for government, as hospitals, banks and village committees do."""
    OUTSIDE = "outside"
    """体制外: people, enterprises, everybody."""
    UPWARD = "upward"
    """上级: systems of a superior, such as those of a ministry."""
    DOWNWARD = "downward"
    """下级: systems of a subordinate, such as a city's beside the province's."""


class Purpose(StrEnum):
    """What for: nothing that is named, only to tell one from another, or a named use that has its legal basis."""

    NONE = "none"
    RECOGNISE = "recognise"
    USE = "use"


class Relation(StrEnum):
    """What the data are to whoever takes them."""

    OWN = "own"
    """Their own, or those of their own application; also of the person whom a clerk serves."""
    CASE = "case"
    """Of a case in hand, whose service needs them."""
    SUPERIOR = "superior"
    """Of a subordinate's: whoever takes them is above."""
    SUBORDINATE = "subordinate"
    """Of a superior's: whoever takes them is below."""
    NONE = "none"


class Verdict(StrEnum):
    """What the valve does with a field, the most open first."""

    PASS = "pass"  # noqa: S105 -- no password
    MASK = "mask"
    REFUSE = "refuse"


class Crossing(NamedTuple):
    """One field on its way from one zone to another; ``grade`` is its element's, 1 public … 4 core."""

    giver: Zone
    taker: Zone
    grade: int
    purpose: Purpose
    consent: bool
    relation: Relation


class Standing(NamedTuple):
    """Who takes from whom, what for: all of a crossing but its field."""

    giver: Zone
    taker: Zone
    purpose: Purpose
    consent: bool
    relation: Relation

    def crossing(self, grade: int) -> Crossing:
        """A field of this grade on its way."""
        return Crossing(self.giver, self.taker, grade, self.purpose, self.consent, self.relation)


class Rule(NamedTuple):
    """A line of the table: fits where everything it names is so; what it leaves empty may be anything."""

    name: str
    verdict: Verdict
    takers: frozenset[Zone] = frozenset()
    givers: frozenset[Zone] = frozenset()
    relations: frozenset[Relation] = frozenset()
    purposes: frozenset[Purpose] = frozenset()
    grades: frozenset[int] = frozenset()
    consent: bool | None = None


class Decision(NamedTuple):
    """What was decided, and by which rule."""

    verdict: Verdict
    rule: str

    @property
    def passes(self) -> bool:
        """Whether the value itself goes on."""
        return self.verdict is Verdict.PASS


GRADES: Final = (1, 2, 3, 4)
OPENNESS: Final = MappingProxyType({Verdict.PASS: 2, Verdict.MASK: 1, Verdict.REFUSE: 0})
_OFFICES: Final = frozenset({Zone.INSIDE, Zone.UPWARD, Zone.DOWNWARD})
_NOT_OUTSIDE: Final = _OFFICES | {Zone.HALF}
_USE: Final = frozenset({Purpose.USE})
_PUBLIC, _INTERNAL, _PERSONAL, _CORE = (frozenset(range(1, most + 1)) for most in GRADES)


def _only(*relations: Relation) -> frozenset[Relation]:
    return frozenset(relations)


RULES: Final[tuple[Rule, ...]] = (
    Rule("public", Verdict.PASS, grades=_PUBLIC),
    Rule("own", Verdict.PASS, relations=_only(Relation.OWN)),
    Rule("case", Verdict.PASS, _NOT_OUTSIDE, relations=_only(Relation.CASE), purposes=_USE, consent=True),
    Rule("case-by-law", Verdict.PASS, _OFFICES, relations=_only(Relation.CASE), purposes=_USE, grades=_INTERNAL),
    Rule("returned", Verdict.PASS, _OFFICES, _OFFICES, _only(Relation.SUBORDINATE), _USE, _PERSONAL),
    Rule("reported", Verdict.PASS, _OFFICES, _NOT_OUTSIDE, _only(Relation.SUPERIOR), _USE, _INTERNAL),
    Rule("agreed-inside", Verdict.PASS, _OFFICES, purposes=_USE, grades=_PERSONAL, consent=True),
    Rule("shared-inside", Verdict.PASS, _OFFICES, _NOT_OUTSIDE, purposes=_USE, grades=_INTERNAL),
    Rule("agreed", Verdict.PASS, purposes=_USE, grades=_INTERNAL, consent=True),
    Rule(
        "recognised", Verdict.MASK, _NOT_OUTSIDE,
        relations=_only(Relation.CASE), purposes=frozenset({Purpose.RECOGNISE, Purpose.USE}), grades=_PERSONAL,
    ),
    Rule("masked-inside", Verdict.MASK, _OFFICES, _NOT_OUTSIDE, purposes=_USE, grades=_PERSONAL),
    Rule("masked-core", Verdict.MASK, _OFFICES, purposes=_USE, consent=True),
    Rule("masked-by-consent", Verdict.MASK, purposes=_USE, grades=_PERSONAL, consent=True),
    Rule("no-purpose", Verdict.REFUSE, purposes=frozenset({Purpose.NONE})),
    Rule(
        "only-to-recognise", Verdict.REFUSE,
        relations=_only(Relation.CASE), purposes=frozenset({Purpose.RECOGNISE}),
    ),
    Rule("no-consent", Verdict.REFUSE, purposes=_USE, consent=False),
    Rule("core-stays", Verdict.REFUSE, grades=frozenset({4})),
    Rule("nothing-else", Verdict.REFUSE),
)  # fmt: skip
"""The table. Read from the top; the first rule that fits decides."""


@cache
def decide(crossing: Crossing) -> Decision:
    """Decide whether a field passes, is masked or is refused, and by which rule."""
    found = next(rule for rule in RULES if fits(rule, crossing))
    return Decision(found.verdict, found.name)


def barred(here: Standing, grades: Mapping[F, int]) -> dict[F, str]:
    """Name the fields, given with their grades, that do not pass whole, each with its rule: a masked value is no fact."""
    decided = {field: decide(here.crossing(grade)) for field, grade in grades.items()}
    return {field: decision.rule for field, decision in decided.items() if not decision.passes}


def fits(rule: Rule, crossing: Crossing) -> bool:
    """Whether a rule is about such a crossing."""
    named: tuple[tuple[Collection[object], object], ...] = (
        (rule.givers, crossing.giver),
        (rule.takers, crossing.taker),
        (rule.grades, crossing.grade),
        (rule.purposes, crossing.purpose),
        (rule.relations, crossing.relation),
    )
    return all(not allowed or found in allowed for allowed, found in named) and (
        rule.consent in {None, crossing.consent}
    )


_RANKS: Final = MappingProxyType({Zone.UPWARD: 2, Zone.INSIDE: 1, Zone.DOWNWARD: 0})


def relation_between(giver: Zone, taker: Zone) -> Relation:
    """What two nodes are to each other by their labels alone."""
    if giver not in _RANKS or taker not in _RANKS or _RANKS[giver] == _RANKS[taker]:
        return Relation.NONE
    return Relation.SUPERIOR if _RANKS[taker] > _RANKS[giver] else Relation.SUBORDINATE


def zone_of(label: str) -> Zone:
    """Read a label; what bears none that is known stands outside."""
    return Zone(label) if label in Zone.__members__.values() else Zone.OUTSIDE
