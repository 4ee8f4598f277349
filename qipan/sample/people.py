"""What is known of a synthetic resident, before any register asks for it in its own words."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from qipan.core.elements import Value

AS_OF = date(2026, 11, 16)  # ages, school years and retirements are as of this day
PROVINCE = "33"
SINGLE, MARRIED, WIDOWED, DIVORCED = "10", "20", "30", "40"
MALE, FEMALE = "1", "2"
EMPLOYED, FLEXIBLE, UNEMPLOYED, AT_HOME, RETIRED = "1", "2", "3", "4", "5"
GROWN_UP = 18


class Home(NamedTuple):
    """Where people live: ``region`` is a village, ``address`` says it in full."""

    region: str
    address: str
    owned: bool
    since: date
    certificate: str


class Household(NamedTuple):
    """Where people are registered; another province tells us no number and no head."""

    region: str
    address: str
    number: str
    head_name: str

    @property
    def here(self) -> bool:
        """Whether it stands in the register of this province."""
        return self.region.startswith(PROVINCE)


class Employer(NamedTuple):
    """Who pays somebody's insurance."""

    credit_code: str
    name: str


class Delivery(NamedTuple):
    """A birth in hospital that no other register knows of yet; days and hours count back from the day of seeding."""

    days_ago: int
    sex: str
    order: int
    serial: int


@dataclass(slots=True, eq=False)
class Resident:
    """A person. ``told`` holds facts that a story fixes, by element word; all others are drawn by dice."""

    id_number: str
    name: str
    sex: str
    birth: date
    household: Household
    home: Home | None
    phone: str = ""
    marital_status: str = SINGLE
    spouse: "Resident | None" = None
    married_on: date | None = None
    mother: "Resident | None" = None
    father: "Resident | None" = None
    children: "list[Resident]" = field(default_factory=list)
    died: date | None = None
    employment: str = ""
    employer: Employer | None = None
    delivery: Delivery | None = None
    told: dict[str, Value | None] = field(default_factory=dict)

    @property
    def age(self) -> int:
        """In whole years."""
        return years_between(self.birth, AS_OF)

    @property
    def alive(self) -> bool:
        return self.died is None

    @property
    def is_migrant(self) -> bool:
        """Whether they live here and are registered in another province."""
        return self.home is not None and not self.household.here


def years_between(first: date, second: date) -> int:
    """Count the whole years from one day to another."""
    return second.year - first.year - ((second.month, second.day) < (first.month, first.day))


def marry(husband: Resident, wife: Resident, on: date) -> None:
    """Enter a marriage."""
    for one, other in ((husband, wife), (wife, husband)):
        one.spouse, one.married_on, one.marital_status = other, on, MARRIED


def bear(child: Resident, mother: Resident, father: Resident | None) -> None:
    """Enter whose child it is."""
    child.mother, child.father = mother, father
    for parent in (mother, father):
        if parent is not None:
            parent.children.append(child)
