"""What the page of the rules asks and answers: "may X see Y for Z?"."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from qipan.core.declarations import Library, Resource
from qipan.core.elements import Element
from qipan.core.sharing import is_above, realm
from qipan.core.valve import CORE
from qipan.core.walls import Crossing, Purpose, Relation, Standing, Verdict, Zone, decide
from qipan.faces.look.state_words import Said
from qipan.faces.look.wall_words import (
    GRADE_WORDS,
    PURPOSES,
    RELATIONS,
    VERDICTS,
    WHY,
    ZONES,
    ZONES_EXPLAINED,
    number_of,
)
from qipan.faces.look.zones import faces_in

LONGEST = 60
BADGES = {Verdict.PASS: "good", Verdict.MASK: "warn", Verdict.REFUSE: "bad"}
TONES = {Verdict.PASS: "success", Verdict.MASK: "warning", Verdict.REFUSE: "error"}


class Asked(NamedTuple):
    """What was asked; an empty ``element`` asks nothing yet. ``giver`` and ``taker`` are zones or kinds of agency."""

    taker: str
    element: str
    giver: str
    purpose: Purpose
    relation: Relation
    consent: bool
    found: Element | None


class Choices(NamedTuple):
    """What can be chosen: pairs of a value and its words; elements by their titles."""

    places: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    elements: tuple[str, ...]
    purposes: tuple[tuple[str, str], ...]
    relations: tuple[tuple[str, str], ...]


class Answer(NamedTuple):
    """The decision in words; ``number`` is the rule's in the table, 0 where nothing was decided."""

    kind: str
    title: str
    why: str
    crossing: str
    number: int


def asked_in(query: Mapping[str, str], library: Library, language: str) -> Asked:
    """Read what the address asks; what it does not name, or names wrongly, is as at first."""
    words = query.get("element", "").strip()[:LONGEST]
    return Asked(
        _place(query.get("taker", ""), library, Zone.INSIDE),
        words,
        _place(query.get("giver", ""), library, Zone.INSIDE),
        Purpose(query["purpose"]) if query.get("purpose") in set(Purpose) else Purpose.USE,
        Relation(query["relation"]) if query.get("relation") in set(Relation) else Relation.CASE,
        bool(query.get("consent")),
        _element(library, words, language),
    )


def choices(library: Library, language: str) -> Choices:
    """Everything that can be chosen."""
    zones = tuple((str(zone), words.say(language)) for zone, words in ZONES.items())
    kinds = tuple((name, agency.title.say(language)) for name, agency in library.agencies.items())
    titles = sorted({element.title.say(language) for element in library.elements.values()})
    return Choices(
        ((_("区"), zones), (_("部门"), kinds)),
        tuple(titles),
        tuple((str(one), words.say(language)) for one, words in PURPOSES.items()),
        tuple((str(one), words.say(language)) for one, words in RELATIONS.items()),
    )


def explained(asked: Asked, library: Library, language: str) -> Answer | None:
    """Decide what was asked, and say why; None where nothing was."""
    if not asked.element:
        return None
    if asked.found is None:
        return Answer("info", _("没有这个数据元"), _("请从提示里选一个。"), "", 0)
    crossing = Crossing(
        zone_named(library, asked.giver),
        zone_named(library, asked.taker),
        asked.found.grade,
        asked.purpose,
        asked.consent,
        asked.relation,
    )
    decision = decide(crossing)
    said = _("“%(element)s”（%(grade)s）：从%(giver)s到%(taker)s") % {
        "element": asked.found.title.say(language),
        "grade": GRADE_WORDS[asked.found.grade].say(language),
        "giver": ZONES[crossing.giver].say(language),
        "taker": ZONES[crossing.taker].say(language),
    }
    why = WHY[decision.rule].say(language)
    title = VERDICTS[decision.verdict].say(language)
    return Answer(TONES[decision.verdict], title, why, said, number_of(decision.rule))


def zone_lines(language: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each zone with who is in it, and which of our pages and ways in are."""
    return [
        (
            name.say(language),
            ZONES_EXPLAINED[zone].say(language),
            tuple(face.say(language) for face in faces_in(zone)),
        )
        for zone, name in ZONES.items()
    ]


def outside_a_case(
    library: Library, resource: Resource, provider: str, reader: str, language: str
) -> dict[str, Said]:
    """What of a resource an agency may have without a case in hand and without anybody's consent, by the field's name."""
    giver, taker = library.agencies[resource.agency].zone, kind_zone(library, reader)
    relation = (
        Relation.SUPERIOR if is_above(reader, provider) and realm(reader) != realm(provider)
        else Relation.SUBORDINATE if is_above(provider, reader) and realm(reader) != realm(provider)
        else Relation.NONE
    )  # fmt: skip
    here = Standing(giver, taker, Purpose.USE, consent=False, relation=relation)
    found = {}
    for field in resource.gives:
        element = library.element(resource.parties, field)
        verdict = decide(here.crossing(element.grade if element else CORE)).verdict
        found[str(field)] = Said(VERDICTS[verdict].say(language), BADGES[verdict])
    return found


def kind_zone(library: Library, agency: str) -> Zone:
    """The zone of one agency, by its code."""
    kind = library.agencies.get(agency.partition(".")[2])
    return kind.zone if kind else Zone.OUTSIDE


def zone_named(library: Library, place: str) -> Zone:
    """The zone of a zone's name, or of a kind of agency."""
    return Zone(place) if place in set(Zone) else library.agencies[place].zone


def _place(name: str, library: Library, usual: Zone) -> str:
    return name if name in set(Zone) or name in library.agencies else str(usual)


def _element(library: Library, words: str, language: str) -> Element | None:
    """The element of this name or title; of several with one title, the most sensitive."""
    if words in library.elements:
        return library.elements[words]
    titled = [one for one in library.elements.values() if words and words == one.title.say(language)]
    return max(titled, key=lambda one: one.grade, default=None)
