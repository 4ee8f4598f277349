import time

import pytest

from qipan.adapters import divisions
from qipan.adapters.divisions import Divisions
from qipan.core.declarations import Level


@pytest.mark.parametrize(
    ("level", "count"),
    [
        (Level.PROVINCE, 1),
        (Level.CITY, 11),
        (Level.COUNTY, 90),
        (Level.TOWNSHIP, 1387),
        (Level.VILLAGE, 25547),
    ],
)
def test_the_sample_province_is_whole(level: Level, count: int) -> None:
    assert len(Divisions().at(level, under="330000")) == count


@pytest.mark.parametrize("code", ["3301", "330100", "330100000000"])
def test_a_code_is_found_however_it_is_padded(code: str) -> None:
    assert divisions.division(code) == ("330100", "杭州市", Level.CITY, "330000")


@pytest.mark.parametrize("code", ["", "99", "339999", "33010x", "3301000000000", "杭州", "330102001051000"])
def test_a_code_that_does_not_exist_is_not_found(code: str) -> None:
    assert divisions.division(code) is None
    assert divisions.full_name(code) == ""


def test_a_village_stands_below_its_township_county_city_and_province() -> None:
    assert [each.level for each in divisions.ancestors("330102001051")] == [
        Level.PROVINCE,
        Level.CITY,
        Level.COUNTY,
        Level.TOWNSHIP,
    ]
    assert divisions.full_name("330102001051") == "浙江省杭州市上城区清波街道清波门社区"


def test_every_division_is_a_child_of_its_parent() -> None:
    shipped = Divisions()
    for level in (Level.CITY, Level.COUNTY, Level.TOWNSHIP):
        for each in shipped.at(level, under="33"):
            assert each in shipped.children(each.parent)


def test_thirty_one_provinces_are_known_with_their_counties() -> None:
    provinces = divisions.children()
    assert len(provinces) == 31
    assert divisions.full_name("340102") == "安徽省合肥市瑶海区"


def test_a_city_that_stands_only_in_the_gazette_is_not_spoken() -> None:
    assert divisions.full_name("110105") == "北京市朝阳区"


def test_all_divisions_are_read_in_a_fraction_of_a_second() -> None:
    start = time.process_time()
    assert Divisions().division("330106") is not None
    assert time.process_time() - start < 5  # on a machine that takes ten times as long
