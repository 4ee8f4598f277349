"""Writing where a place is instead of its code."""

import pytest

from qipan.faces.look.places import find_places, place_code, place_name


def names(written: str) -> list[str]:
    return [place.name for place in find_places(written)]


@pytest.mark.parametrize("written", ["杭州市西湖区", "杭州西湖", " 西湖区 "])
def test_a_county_is_found_as_people_call_it(written: str) -> None:
    assert names(written)[0] == "浙江省杭州市西湖区"


def test_a_township_is_found_by_its_own_name() -> None:
    assert names("翠苑街道")[0] == "浙江省杭州市西湖区翠苑街道"


def test_a_place_far_away_is_found_too() -> None:
    assert names("成都市武侯区")[0].startswith("四川省")


@pytest.mark.parametrize("written", ["", "  ", "亚特兰蒂斯", "(.*", "a" * 1000])
def test_what_is_no_place_finds_none(written: str) -> None:
    assert names(written) == []


def test_an_unmistakable_name_gives_its_code() -> None:
    assert place_name(place_code("浙江省杭州市西湖区")) == "浙江省杭州市西湖区"
    assert place_name(place_code("杭州市西湖区")) == "浙江省杭州市西湖区"
    assert place_code("330106") == "330106"


@pytest.mark.parametrize("written", ["西湖区", "朝阳", "亚特兰蒂斯", ""])
def test_a_name_that_several_have_or_none_stays_as_written(written: str) -> None:
    assert place_code(written) == written


def test_what_is_no_code_is_shown_as_it_is() -> None:
    assert place_name("西湖") == "西湖"
    assert place_name("999999") == "999999"
