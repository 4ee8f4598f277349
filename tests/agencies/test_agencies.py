"""Which agency handles what, and how agencies come about."""

import pytest

from qipan.adapters.divisions import sample_divisions
from qipan.agencies import operations, queries
from qipan.agencies.models import Agency
from qipan.agencies.queries import Wanted, agency_code, handling_agencies, nearest_codes
from qipan.core.declarations import Agency as Kind
from qipan.core.declarations import Level, Library
from qipan.core.elements import Text

POLICE = Kind(
    "police",
    Text("公安局", "Police"),
    (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP),
    {Level.TOWNSHIP: Text("派出所", "Police station")},
)
GRID = Kind("grid_office", Text("网格", "Grid office"), (Level.GRID,))
LIBRARY = Library(agencies={"police": POLICE, "grid_office": GRID})


@pytest.fixture
def west_lake(db: None) -> None:
    """All agencies of one district of Hangzhou, and the province's."""
    operations.establish_agencies(library=LIBRARY, divisions=sample_divisions(), under="330106")
    Agency.objects.create(
        code="330000.police", kind="police", level="province", division="330000", name_zh="公安厅"
    )


@pytest.mark.parametrize(
    ("level", "region", "code"),
    [
        (Level.PROVINCE, "330106002001", "330000.police"),
        (Level.CITY, "330106002001", "330100.police"),
        (Level.COUNTY, "330106002001", "330106.police"),
        (Level.TOWNSHIP, "330106002001", "330106002.police"),
        (Level.VILLAGE, "330106002001", "330106002001.police"),
        (Level.TOWNSHIP, "330106", "330106.police"),
    ],
)
def test_a_region_and_a_level_give_the_code(level: Level, region: str, code: str) -> None:
    assert agency_code("police", level, region) == code


def test_the_way_up_names_each_agency_once() -> None:
    assert nearest_codes(Wanted("police", Level.TOWNSHIP, "330106")) == (
        "330106.police",
        "330100.police",
        "330000.police",
    )


def test_agencies_bear_the_names_of_their_places(west_lake: None) -> None:
    station = queries.agency("330106002.police")
    assert station is not None
    assert (station.name_zh, station.parent) == ("西湖区北山街道派出所", "330106.police")
    county = queries.agency("330106.police")
    assert county is not None
    assert (county.name_zh, county.parent) == ("杭州市西湖区公安局", "330100.police")


def test_a_grid_lies_in_its_village(west_lake: None) -> None:
    grid = Agency.objects.filter(kind="grid_office").order_by("code").first()
    assert grid is not None
    assert len(grid.division) == 15


def test_establishing_again_changes_nothing_and_renaming_renames(west_lake: None) -> None:
    divisions = sample_divisions()
    assert operations.establish_agencies(library=LIBRARY, divisions=divisions, under="330106") == 0
    renamed = Library(agencies={"grid_office": Kind("grid_office", Text("微网格"), (Level.GRID,))})
    changed = operations.establish_agencies(library=renamed, divisions=divisions, under="330106")
    assert changed == Agency.objects.filter(name_zh__endswith="微网格").count() > 0


def test_the_agency_of_the_place_itself_handles_a_case(west_lake: None) -> None:
    assert handling_agencies([Wanted("police", Level.TOWNSHIP, "330106002001")]) == ["330106002.police"]


def test_where_there_is_none_the_nearest_above_does(west_lake: None) -> None:
    assert handling_agencies([Wanted("police", Level.TOWNSHIP, "330106999")]) == ["330106.police"]


def test_what_lies_outside_the_province_goes_to_the_highest(west_lake: None) -> None:
    outside = Wanted("police", Level.TOWNSHIP, "340102001")
    nowhere = Wanted("police", Level.TOWNSHIP, "")
    assert handling_agencies([outside, nowhere]) == ["330000.police", "330000.police"]


def test_a_kind_that_nobody_knows_has_no_agency(west_lake: None) -> None:
    wanted = [Wanted("magic", Level.COUNTY, "330106"), Wanted("police", Level.COUNTY, "330106")]
    assert handling_agencies(wanted) == ["", "330106.police"]


def test_agencies_below_a_place_are_listed_highest_first(west_lake: None) -> None:
    found = queries.agencies_under("330106", "police", limit=3)
    assert [row.code for row in found] == ["330106.police", "330106002.police", "330106004.police"]
