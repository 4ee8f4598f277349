"""The synthetic province: 10,000 living residents in families, and 1,000 enterprises, the same for the same seed."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from qipan.sample.cast import CastMember, Troupe, gather
from qipan.sample.dice import dice_of, happens
from qipan.sample.enterprises import CHAINS, RESTAURANT, Enterprise, Enterprises, Premises
from qipan.sample.families import Families
from qipan.sample.names import TRADE
from qipan.sample.people import AT_HOME, EMPLOYED, FLEXIBLE, MALE, RETIRED, UNEMPLOYED, Employer, Resident

SEED = 1  # with another seed, everyone but the cast is somebody else
RESIDENTS = 10_000  # alive
ENTERPRISES = 1_000
VACANT_PREMISES = 200
OLDEST_TO_LEAD, YOUNGEST_TO_LEAD = 62, 25
KINDS = ("couple", "elders", "single", "lone_parent", "migrants", "mixed_couple", "moved_away")
WEIGHTS = (50, 12, 12, 4, 14, 5, 3)


@dataclass(frozen=True, slots=True)
class Province:
    """Everyone and everything that registers speak of; ``vacant`` are places that an enterprise may move to."""

    residents: tuple[Resident, ...]
    enterprises: tuple[Enterprise, ...]
    vacant: tuple[Premises, ...]
    cast: tuple[CastMember, ...]

    @property
    def living(self) -> tuple[Resident, ...]:
        return tuple(each for each in self.residents if each.alive)


@lru_cache(maxsize=2)
def province(seed: int = SEED) -> Province:
    """Draw the province; takes about a second."""
    dice = dice_of(f"province {seed}")
    families, enterprises = Families(dice), Enterprises(dice)
    troupe = gather(families, enterprises)
    residents = _people(troupe, families)
    founded = _found(troupe, enterprises, residents)
    _employ(residents, founded, dice)
    vacant = tuple(enterprises.premises() for _ in range(VACANT_PREMISES))
    return Province(tuple(residents), tuple(founded), vacant, troupe.cast())


def cast() -> tuple[CastMember, ...]:
    """Introduce the residents whom the demo signs in as; always the same."""
    dice = dice_of("cast alone")
    return gather(Families(dice), Enterprises(dice)).cast()


def _people(troupe: Troupe, families: Families) -> list[Resident]:
    people = list(troupe.families)
    living = sum(each.alive for each in people)
    while living < RESIDENTS:
        kind = families.dice.choices(KINDS, WEIGHTS)[0]
        family = getattr(families, kind)() if RESIDENTS - living > 8 else families.single()  # noqa: PLR2004 -- the largest
        people += family
        living += sum(each.alive for each in family)
    return people


def _found(troupe: Troupe, enterprises: Enterprises, residents: list[Resident]) -> list[Enterprise]:
    founded = list(troupe.enterprises)
    leading = {each.representative for each in founded}
    able = [
        each
        for each in residents
        if each.alive and each.home and YOUNGEST_TO_LEAD <= each.age <= OLDEST_TO_LEAD and each not in leading
    ]
    enterprises.dice.shuffle(able)
    for number in range(ENTERPRISES - len(founded)):
        one = enterprises.enterprise(RESTAURANT if number < CHAINS else None)
        one.chain_brand = TRADE[number] if number < CHAINS else ""
        one.representative = able[number]
        founded.append(one)
    return founded


def _employ(residents: list[Resident], enterprises: list[Enterprise], dice: Random) -> None:
    led_by = {each.representative: each for each in enterprises}
    for one in residents:
        if not one.employment:
            one.employment = _employment(one, dice, leads=one in led_by)
        if one.employment == EMPLOYED:
            at = led_by.get(one) or dice.choice(enterprises)
            one.employer = Employer(at.credit_code, at.name)


def _employment(one: Resident, dice: Random, *, leads: bool) -> str:
    """Draw what somebody lives by; children, and students, by nothing."""
    retired_from = 60 if one.sex == MALE else 52
    if leads:
        return EMPLOYED
    if one.age < 22 or not one.alive:  # noqa: PLR2004
        return ""
    if one.age > retired_from:
        return RETIRED if happens(dice, 0.85) else AT_HOME
    return dice.choices((EMPLOYED, FLEXIBLE, UNEMPLOYED, AT_HOME), (68, 20, 4, 8))[0]
