"""What is declared about persons: enough of it, with sources, standards and words in both languages."""

from collections.abc import Iterator

import pytest

from qipan.core.checks import check_value, intersect
from qipan.core.declarations import Resource, Share
from qipan.core.elements import NO_CHECKS, Element, PartyKind, Text
from tests.library.estimates import library

EVENTS = ("newborn", "school_enrolment", "retirement")
ETHNIC_GROUPS = 56


def person_resources() -> list[Resource]:
    kinds = {
        name: {slot.kind for slot in each.parties.values()} for name, each in library().resources.items()
    }
    return [library().resources[name] for name, found in sorted(kinds.items()) if found == {PartyKind.PERSON}]


def texts() -> Iterator[tuple[str, Text | None]]:
    for name in EVENTS:
        event = library().events[name]
        yield name, event.title
        yield name, event.abstract
        for situation in event.situations.values():
            yield f"{name} {situation.name}", situation.title
        for slot in event.parties.values():
            yield f"{name} {slot.name}", slot.title
        for use in event.services:
            service = library().services[use.service]
            spoken = [service.title, *service.conditions, *service.results]
            spoken += [evidence.title for evidence in service.evidence]
            yield from ((service.name, text) for text in spoken)


def test_there_are_at_least_ninety_facts_about_a_person_and_fourteen_shared_registers() -> None:
    persons = [each for each in library().elements.values() if each.kind is PartyKind.PERSON]
    assert len(persons) >= 90
    assert len(person_resources()) >= 14


def test_all_fifty_six_ethnic_groups_are_there() -> None:
    codes = library().codes["ethnicity"].values
    assert [f"{number:02}" for number in range(1, ETHNIC_GROUPS + 1)] == list(codes)[:ETHNIC_GROUPS]


def test_everything_said_to_people_is_said_in_chinese_and_english() -> None:
    silent = [where for where, text in texts() if text is None or not (text.zh and text.en)]
    silent += [
        f"{name} {value}"
        for name, codes in library().codes.items()
        for value, text in codes.values.items()
        if not (text.zh and text.en)
    ]
    assert silent == []


@pytest.mark.parametrize("event", EVENTS)
def test_each_service_carries_what_an_implementation_list_carries(event: str) -> None:
    for use in library().events[event].services:
        service = library().services[use.service]
        assert service.code
        assert service.legal_basis
        assert service.conditions
        assert service.results
        assert service.channels
        assert service.consult
        assert service.complain
        assert service.region is not None
        assert 1 <= service.limits.promised <= service.limits.statutory


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_states_its_sources(event: str) -> None:
    assert len(library().events[event].sources) >= 3


@pytest.mark.parametrize("event", EVENTS)
def test_what_a_rule_decides_at_once_has_a_rule_for_every_output(event: str) -> None:
    automatic = [
        service
        for use in library().events[event].services
        if (service := library().services[use.service]).automatic is not None
    ]
    assert len(automatic) >= 3
    for service in automatic:
        assert all(output.assign is not None for output in service.gives), service.name


def test_every_register_names_a_column_for_each_key_and_fact() -> None:
    for resource in person_resources():
        if resource.share is Share.WITHHELD:
            assert resource.share_law
            continue
        assert resource.source is not None, resource.name
        columns = resource.source["columns"]
        assert isinstance(columns, dict)
        assert set(columns) == {str(field) for field in (*resource.keys, *resource.gives)}, resource.name


def test_a_conditional_register_says_on_what_condition() -> None:
    silent = [
        each.name
        for each in person_resources()
        if each.share is Share.CONDITIONAL and not each.share_condition
    ]
    assert silent == []


def passes(word: str, value: str, *, service: str = "") -> bool:
    element: Element = library().elements[f"Person.{word}"]
    narrower = NO_CHECKS
    if service:
        needs = library().services[service].needs
        narrower = next(need.checks for need in needs if need.field.word == word)
    checks = intersect(element.checks, narrower)
    return check_value(value, element, checks, library().codes, None) is None


@pytest.mark.parametrize(
    ("word", "good", "bad"),
    [
        ("id_number", "11010519491231002X", "110105194912310021"),
        ("name", "欧阳娜娜", "张3"),
        ("name", "迪丽热巴·迪力木拉提", "李"),
        ("name", "O'Brien-Smith", "<b>x</b>"),
        ("birth_time", "23:59", "24:00"),
        ("birth_certificate_number", "V330123456", "33012345678"),
        ("household_number", "330106001", "33010"),
        ("marriage_certificate_number", "J330106-2021-001234", "婚330106"),
        ("phone", "13812345678", "12812345678"),
        ("ethnicity", "56", "57"),
        ("household_region", "330106001", "杭州"),
        ("vaccination_certificate_number", "330106202401010001", "33010620240101000"),
    ],
)
def test_checks_pass_what_is_right_and_refuse_what_is_wrong(word: str, good: str, bad: str) -> None:
    assert passes(word, good)
    assert not passes(word, bad)


def test_a_childs_name_is_written_in_chinese_characters_in_the_household_register() -> None:
    assert passes("name", "李子木", service="household_registration")
    assert not passes("name", "Lily", service="household_registration")
