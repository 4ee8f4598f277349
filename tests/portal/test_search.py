"""Finding what one wants to do, in one's own words."""

import pytest

from qipan.core.declarations import Level, Library, LifeEvent, Service, ServiceUse
from qipan.core.elements import Text
from qipan.faces.portal.search import search


def service(name: str, zh: str, en: str) -> Service:
    return Service(name, Text(zh, en), "agency", Level.COUNTY, {}, ())


def event(name: str, zh: str, en: str, keywords: tuple[str, ...], *services: str) -> LifeEvent:
    return LifeEvent(name, Text(zh, en), {}, tuple(map(ServiceUse, services)), keywords=keywords)


LIBRARY = Library(
    services={
        "registration": service("registration", "出生户口登记", "Household registration of a birth"),
        "insurance": service(
            "insurance", "城乡居民基本医疗保险参保登记", "Enrolment in residents' medical insurance"
        ),
        "licence": service("licence", "食品经营许可", "Food business licence"),
        "pension": service("pension", "企业职工基本养老保险待遇申领", "Pension application"),
    },
    events={
        "newborn": event(
            "newborn",
            "新生儿出生一件事",
            "A child is born",
            ("宝宝", "上户口", "baby"),
            "registration",
            "insurance",
        ),
        "restaurant": event(
            "restaurant", "开餐饮店一件事", "Opening a restaurant", ("开饭店", "餐馆"), "licence"
        ),
        "retirement": event(
            "retirement", "企业职工退休一件事", "Retirement", ("养老金", "pension"), "pension"
        ),
    },
)


def names(query: str) -> list[str]:
    return [found.event for found in search(LIBRARY, query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("新生儿", "newborn"),
        ("给宝宝上户口", "newborn"),
        ("我要怎么办理出生登记?", "newborn"),
        ("户口登计", "newborn"),
        ("BABY", "newborn"),
        ("how do I register a birth", "newborn"),
        ("食品 经营", "restaurant"),
        ("我想开个饭店", "restaurant"),
        ("restarant", "restaurant"),
        ("养老", "retirement"),
        ("ｐｅｎｓｉｏｎ", "retirement"),
    ],
)
def test_the_event_one_means_comes_first(query: str, first: str) -> None:
    assert names(query)[:1] == [first]


@pytest.mark.parametrize("query", ["", "   ", "？！", "量子纠缠", "xylophone", "x", "我要办理"])
def test_what_fits_nothing_finds_nothing(query: str) -> None:
    assert names(query) == []


def test_an_event_found_by_a_service_names_it() -> None:
    assert search(LIBRARY, "医疗保险")[0].services == ("insurance",)


def test_a_very_long_query_is_cut_not_refused() -> None:
    assert names("宝宝" * 10_000)[:1] == ["newborn"]
