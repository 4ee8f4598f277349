"""What each register holds: its rows in its own words, from the province and the library's declarations of resources.

A resource says which of its columns is which fact. Its rows are the parties it speaks of: people, enterprises, pairs of
them so related, or, for a few, places and numbers. Whatever the library newly declares is so filled at once.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from qipan.adapters import divisions
from qipan.core.declarations import Level, Library, Resource
from qipan.core.elements import ElementType, Field, PartyKind, Value
from qipan.sample import enterprises
from qipan.sample.cast import NEW_NAME
from qipan.sample.delivery_facts import birth_facts
from qipan.sample.dice import dice_of
from qipan.sample.identifiers import digits
from qipan.sample.names import TRADE
from qipan.sample.people import GROWN_UP, MALE, PROVINCE, Resident
from qipan.sample.province import Province
from qipan.sample.resident_facts import Facts
from qipan.sample.resident_facts import facts_of as facts_of_resident

Parties = tuple[Facts, ...]  # in the order of the resource's parties
FLAG = "synthetic"  # the column that marks every row as made up


@dataclass(slots=True)
class Table:
    """A table, file or path of a register; ``keys`` find a row, ``types`` say what each column holds."""

    register: str
    adapter: str
    place: str
    keys: tuple[str, ...]
    types: dict[str, ElementType] = field(default_factory=dict)
    rows: dict[tuple[Value, ...], dict[str, Value | None]] = field(default_factory=dict)


class Registers:
    """The registers of a province as of one day."""

    def __init__(self, province: Province, library: Library, today: date) -> None:
        self.province, self.library, self.today = province, library, today

    def tables(self, without: Collection[str] = ()) -> list[Table]:
        """Fill every table that a resource of the library is read from, but those of registers ``without`` which it is wanted."""
        tables: dict[tuple[str, str, tuple[str, ...]], Table] = {}
        for resource in self.library.resources.values():
            if resource.source is not None and resource.source["register"] not in without:
                table = self._table(resource, resource.source)
                kept = tables.setdefault((table.register, table.place, table.keys), table)
                self._fill(kept, table.types, resource, resource.source)
        return list(tables.values())

    def _table(self, resource: Resource, source: Mapping[str, object]) -> Table:
        columns = _columns(source)
        types = {columns[each]: self._type(resource, each) for each in (*resource.keys, *resource.gives)}
        keys = tuple(columns[each] for each in resource.keys)
        place = str(source["table"] if source["adapter"] == "sql" else source["path"])
        return Table(str(source["register"]), str(source["adapter"]), place, keys, types)

    def _type(self, resource: Resource, fact: Field) -> ElementType:
        return self.library.elements[f"{resource.parties[fact.party].kind}.{fact.word}"].type

    def _fill(
        self, table: Table, types: Mapping[str, ElementType], resource: Resource, source: Mapping[str, object]
    ) -> None:
        table.types.update(types)
        columns, names = _columns(source), tuple(resource.parties)
        for parties in self._parties(resource):
            facts = dict(zip(names, parties, strict=True))
            keys = [facts[each.party].get(each.word) for each in resource.keys]
            row = {columns[each]: facts[each.party].get(each.word) for each in resource.gives}
            known = [each for each in keys if each is not None]
            if len(known) == len(keys) and any(value is not None for value in row.values()):
                table.rows.setdefault(tuple(known), {}).update(
                    dict(zip(table.keys, known, strict=True)) | row
                )

    # --- Who stands in a register

    def _parties(self, resource: Resource) -> Iterable[Parties]:
        if resource.name in self._of_resource:
            return self._of_resource[resource.name]()
        if resource.relation is not None:
            relation = self._of_relation.get(resource.relation.name)
            turned = resource.relation.parties != tuple(resource.parties)
            pairs = relation() if relation else ()
            return ((second, first) for first, second in pairs) if turned else pairs
        kinds = {slot.kind for slot in resource.parties.values()}
        return (
            (each,)
            for each in (self._people if kinds == {PartyKind.PERSON} else self._organisations).values()
        )

    @property
    def _of_relation(self) -> Mapping[str, Callable[[], Iterable[Parties]]]:
        return {
            "spouse": self._couples,
            "gave_birth": self._births,
            "guardian_of": self._guardians,
            "joins_household_of": lambda: ((each, each) for each in self._registered_here()),
            "legal_representative": self._representatives,
        }

    @property
    def _of_resource(self) -> Mapping[str, Callable[[], Iterable[Parties]]]:
        return {
            "school_district": self._school_districts,
            "real_estate_premises": self._premises,
            "real_estate_new_premises": self._premises,
            "building_fire_acceptance": self._premises,
            "enterprise_name_declarations": self._declared_names,
            "health_certificates": self._food_workers,
            "food_safety_officers": self._food_workers,
        }

    @cached_property
    def _people(self) -> Mapping[Resident, Facts]:
        return {each: facts_of_resident(each, self.today) for each in self.province.living}

    @cached_property
    def _organisations(self) -> Mapping[enterprises.Enterprise, Facts]:
        return {each: enterprises.facts_of(each, self.today) for each in self.province.enterprises}

    def _registered_here(self) -> Iterator[Facts]:
        return (facts for each, facts in self._people.items() if each.household.here)

    def _couples(self) -> Iterator[Parties]:
        for each, facts in self._people.items():
            if each.spouse is not None and each.spouse.alive:
                yield facts, self._people[each.spouse]

    def _births(self) -> Iterator[Parties]:
        for each in self._people:
            if each.delivery is not None:
                yield birth_facts(each, each.delivery, self.today)

    def _guardians(self) -> Iterator[Parties]:
        for each, facts in self._people.items():
            for guardian in (each.mother, each.father) if each.age < GROWN_UP else ():
                if guardian is not None and guardian.alive:
                    yield (
                        self._people[guardian],
                        facts | {"guardian_relation": "1" if guardian.sex == MALE else "2"},
                    )

    def _representatives(self) -> Iterator[Parties]:
        for each, facts in self._organisations.items():
            if each.representative is not None:
                yield self._people[each.representative], facts

    def _premises(self) -> Iterator[Parties]:
        places = (*(each.premises for each in self.province.enterprises), *self.province.vacant)
        return ((enterprises.premises_facts(each),) for each in places)

    def _food_workers(self) -> Iterator[Parties]:
        """List who leads or works in catering: a health certificate each, and an examination for those who lead."""
        caterers = {each.credit_code: each for each in self.province.enterprises if each.caters}
        for each, facts in self._people.items():
            if each.employer is None or each.employer.credit_code not in caterers:
                continue
            dice = dice_of(f"food worker {each.id_number}")
            until = self.today + timedelta(days=dice.randrange(40, 360))
            drawn: Facts = {
                "health_certificate_number": f"JK{digits(dice, 12)}",
                "health_certificate_until": until.isoformat(),
            }
            if caterers[each.employer.credit_code].representative is each:
                drawn["food_safety_assessment_number"] = f"SPAQ{digits(dice, 14)}"
            yield (drawn | facts,)

    @staticmethod
    def _school_districts() -> Iterator[Parties]:
        for each in divisions.sample_divisions().at(Level.VILLAGE, under=PROVINCE):
            township = divisions.division(each.parent)
            yield (
                {
                    "residence_region": each.code,
                    "district_school": f"{township.name if township else ''}中心小学",
                },
            )

    def _declared_names(self) -> Iterator[Parties]:
        dice = dice_of("declared names")
        reserved = (self.today + timedelta(days=45)).isoformat()
        for name in (NEW_NAME, *(f"杭州{trade}新材料有限公司" for trade in TRADE)):
            yield (
                {
                    "new_name": name,
                    "name_declaration_number": f"MC33{digits(dice, 12)}",
                    "name_reserved_until": reserved,
                },
            )


def _columns(source: Mapping[str, object]) -> Mapping[Field, str]:
    declared = source["columns"]
    if not isinstance(declared, Mapping):
        raise TypeError("A source's columns are a mapping from fields to columns.")
    return {Field.parse(str(name)): str(column) for name, column in declared.items()}
