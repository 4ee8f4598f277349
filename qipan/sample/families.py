"""Families: couples with and without children, elders, lone parents, migrants, people who moved away, and those who died.

Each function draws one family at one place and gives its people. Whoever is named as mother, father or spouse is among them.
"""

from datetime import date, timedelta
from random import Random

from qipan.adapters import divisions
from qipan.core.declarations import Level
from qipan.sample import names
from qipan.sample.dice import happens
from qipan.sample.identifiers import PersonNumbers, digits, mobile
from qipan.sample.people import (
    AS_OF,
    DIVORCED,
    FEMALE,
    GROWN_UP,
    MALE,
    PROVINCE,
    WIDOWED,
    Delivery,
    Home,
    Household,
    Resident,
    bear,
    marry,
)

YEAR = 365.2425
COMMITTEES = ("居民委员会", "村民委员会", "居委会", "村委会", "民委员会")
MIGRANTS_COME_FROM = ("34", "36", "41", "42", "43", "52", "51", "32", "35")
LATEST_DELIVERY = 40  # days ago
SHARE_DELIVERED = 0.06  # of mothers of an age, so that the demo has some dozens


def place_name(code: str) -> str:
    """Say where a place is as addresses do: without the committee that runs a village."""
    name = divisions.full_name(code)
    for committee in COMMITTEES:
        name = name.removesuffix(committee)
    return name


class Families:
    """Draws families; the same dice give the same people."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.numbers = PersonNumbers()
        shipped = divisions.sample_divisions()
        self._villages = shipped.at(Level.VILLAGE, under=PROVINCE)
        self._elsewhere = [
            county for province in MIGRANTS_COME_FROM for county in shipped.at(Level.COUNTY, under=province)
        ]

    # --- Places

    def village(self) -> str:
        return self.dice.choice(self._villages).code

    def county_elsewhere(self) -> str:
        return self.dice.choice(self._elsewhere).code

    def home(self, village: str, *, owned: bool) -> Home:
        """Draw a home in a village or community, lived in for some years."""
        since = AS_OF - timedelta(days=self.dice.randrange(200, 4000))
        county = divisions.full_name(village[:6]).removeprefix("浙江省")
        certificate = f"浙({since.year})" + f"{county}不动产权第{digits(self.dice, 7)}号"
        address = place_name(village) + names.street_address(self.dice)
        return Home(village, address, owned, since, certificate if owned else "")

    def household(self, home: Home, head: str) -> Household:
        """Register a household where it lives, by its township."""
        return Household(home.region[:9], home.address, f"{home.region[2:6]}{digits(self.dice, 5)}", head)

    def household_elsewhere(self, county: str) -> Household:
        """Register a household in another province, of which this province knows only the county and an address."""
        return Household(county, divisions.full_name(county) + names.street_address(self.dice), "", "")

    # --- People

    def birth(self, youngest: float, oldest: float) -> date:
        """Draw a birthday of somebody of an age between the two, in years."""
        return AS_OF - timedelta(days=round(self.dice.uniform(youngest, oldest) * YEAR))

    def person(
        self,
        sex: str,
        birth: date,
        household: Household,
        home: Home | None,
        *,
        surname: str = "",
        born_at: str = "",
    ) -> Resident:
        """Draw a person; a grown-up has a phone."""
        family = surname or names.surname(self.dice)
        name = family + names.given_name(self.dice, sex, birth.year)
        number = self.numbers.number(born_at or household.region, birth, sex)
        made = Resident(number, name, sex, birth, household, home)
        made.phone = mobile(self.dice) if made.age >= GROWN_UP else ""
        return made

    def children(self, mother: Resident, father: Resident | None, count: int) -> list[Resident]:
        """Draw minor children of different ages and names, registered where the parent is whose name they bear."""
        named = father if father is not None and father.household.here else mother
        oldest = min(17.9, mother.age - 22, father.age - 24 if father else 17.9)
        if oldest < 1:
            return []
        ages = sorted({round(self.dice.uniform(0.3, oldest), 1) for _ in range(count)}, reverse=True)
        found: list[Resident] = []
        for age in ages:
            sex = self.dice.choice((MALE, FEMALE))
            surname = (father or mother).name[0]
            child = self.person(sex, self.birth(age, age), named.household, mother.home, surname=surname)
            if child.name not in {each.name for each in found}:
                bear(child, mother, father)
                found.append(child)
        return found

    def maybe_delivered(self, mother: Resident) -> None:
        """Let some mothers have a child that was born in the last weeks."""
        if 21 <= mother.age <= 43 and happens(self.dice, SHARE_DELIVERED):  # noqa: PLR2004
            days, sex = self.dice.randrange(2, LATEST_DELIVERY), self.dice.choice((MALE, FEMALE))
            mother.delivery = Delivery(days, sex, len(mother.children) + 1, self.dice.randrange(10**6))

    # --- Families

    def couple(self, youngest: float = 23, oldest: float = 58) -> list[Resident]:
        """Draw a couple of this province with up to three children, sometimes with his parents in the home."""
        home = self.home(self.village(), owned=happens(self.dice, 0.7))
        birth = self.birth(youngest, oldest)
        surname = names.surname(self.dice)
        head = surname + names.given_name(self.dice, MALE, birth.year)
        household = self.household(home, head)
        husband = self.person(MALE, birth, household, home, surname=surname)
        husband.name = head
        wife = self.person(FEMALE, self._near(birth), household, home)
        children = self.children(wife, husband, self._how_many())
        self._wed(husband, wife)
        self.maybe_delivered(wife)
        elders = self._parents_of(husband) if happens(self.dice, 0.2) and husband.age < 45 else []  # noqa: PLR2004
        return [husband, wife, *children, *elders]

    def mixed_couple(self) -> list[Resident]:
        """Draw a wife of this province and a husband who is registered in another, with up to two children."""
        home = self.home(self.village(), owned=happens(self.dice, 0.5))
        birth = self.birth(23, 48)
        wife = self.person(FEMALE, birth, Household("", "", "", ""), home, born_at=home.region)
        wife.household = self.household(home, wife.name)
        husband = self.person(
            MALE, self._near(birth), self.household_elsewhere(self.county_elsewhere()), home
        )
        children = self.children(wife, husband, self.dice.choice((0, 1, 1, 2)))
        self._wed(husband, wife)
        self.maybe_delivered(wife)
        return [husband, wife, *children]

    def elders(self) -> list[Resident]:
        """Draw an old couple, or one of them left alone; who died stays on record as such."""
        home = self.home(self.village(), owned=happens(self.dice, 0.9))
        birth = self.birth(60, 88)
        household = self.household(home, "")
        husband = self.person(MALE, birth, household, home)
        wife = self.person(FEMALE, self._near(birth), household, home)
        household = household._replace(head_name=husband.name)
        if happens(self.dice, 0.3):
            gone, left = (husband, wife) if happens(self.dice, 0.7) else (wife, husband)
            gone.died = AS_OF - timedelta(days=self.dice.randrange(30, 5000))
            left.marital_status = WIDOWED
            household = household._replace(head_name=left.name)
        else:
            self._wed(husband, wife)
        husband.household = wife.household = household
        return [husband, wife]

    def single(self, youngest: float = 18, oldest: float = 60) -> list[Resident]:
        """Draw somebody who lives alone."""
        home = self.home(self.village(), owned=happens(self.dice, 0.3))
        sex = self.dice.choice((MALE, FEMALE))
        one = self.person(
            sex, self.birth(youngest, oldest), Household("", "", "", ""), home, born_at=home.region
        )
        one.household = self.household(home, one.name)
        return [one]

    def lone_parent(self) -> list[Resident]:
        """Draw a mother or father alone with children: divorced, never married, or widowed."""
        (mother,) = self.single(24, 48)
        while mother.sex != FEMALE:
            (mother,) = self.single(24, 48)
        kind = self.dice.choice(("divorced", "never married", "widowed"))
        father = None if kind == "never married" else self._absent_father(mother, kind)
        children = self.children(mother, father, self.dice.choice((1, 1, 2)))
        self.maybe_delivered(mother)
        return [mother, *([father] if father else []), *children]

    def migrants(self) -> list[Resident]:
        """Draw a family from another province that rents a home here, or somebody who came alone."""
        home = self.home(self.village(), owned=happens(self.dice, 0.15))
        household = self.household_elsewhere(self.county_elsewhere())
        birth = self.birth(23, 52)
        if happens(self.dice, 0.35):
            return [self.person(self.dice.choice((MALE, FEMALE)), birth, household, home)]
        husband = self.person(MALE, birth, household, home)
        wife = self.person(FEMALE, self._near(birth), household, home)
        children = self.children(wife, husband, self._how_many())
        self._wed(husband, wife)
        self.maybe_delivered(wife)
        return [husband, wife, *children]

    def moved_away(self) -> list[Resident]:
        """Draw somebody of this province's numbers who is registered, and lives, in another."""
        birth = self.birth(22, 70)
        household = self.household_elsewhere(self.county_elsewhere())
        return [self.person(self.dice.choice((MALE, FEMALE)), birth, household, None, born_at=self.village())]

    # --- Details

    def _near(self, birth: date) -> date:
        """Draw a spouse's birthday."""
        return min(birth + timedelta(days=self.dice.randrange(-1200, 1200)), AS_OF - timedelta(days=23 * 366))

    def _how_many(self) -> int:
        return self.dice.choices((0, 1, 2, 3), (22, 48, 26, 4))[0]

    def _wed(self, husband: Resident, wife: Resident) -> None:
        """Marry two when both were old enough, and before their first child came."""
        earliest = max(husband.birth + timedelta(days=22 * 366), wife.birth + timedelta(days=20 * 366))
        first_child = min((child.birth for child in wife.children), default=AS_OF)
        days = (first_child - timedelta(days=200) - earliest).days
        marry(husband, wife, earliest + timedelta(days=self.dice.randrange(max(1, min(days, 8 * 365)))))

    def _parents_of(self, child: Resident) -> list[Resident]:
        oldest = child.birth - timedelta(days=self.dice.randrange(round(25 * YEAR), round(33 * YEAR)))
        father = self.person(MALE, oldest, child.household, child.home, surname=child.name[0])
        mother = self.person(
            FEMALE, oldest + timedelta(days=self.dice.randrange(700)), child.household, child.home
        )
        bear(child, mother, father)
        self._wed(father, mother)
        return [father, mother]

    def _absent_father(self, mother: Resident, kind: str) -> Resident:
        home = self.home(self.village(), owned=False)
        father = self.person(MALE, self._near(mother.birth), mother.household, home)
        father.household = self.household(home, father.name)
        if kind == "widowed":
            father.died, mother.marital_status = AS_OF - timedelta(days=self.dice.randrange(30, 300)), WIDOWED
        else:
            father.marital_status = mother.marital_status = DIVORCED
        return father
