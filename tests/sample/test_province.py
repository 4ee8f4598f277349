from collections import Counter

import pytest

from qipan.adapters import divisions
from qipan.core.declarations import Level
from qipan.core.formats import FORMATS, gb11643_birth
from qipan.sample.people import AS_OF, FEMALE, GROWN_UP, MALE, MARRIED, Resident, years_between
from qipan.sample.province import Province, cast, province


@pytest.fixture(scope="module")
def sample() -> Province:
    return province()


def described(sample: Province) -> list[object]:
    """Say everything about everyone, with people named by their numbers."""

    def number(one: Resident | None) -> str | None:
        return one.id_number if one else None

    people = [
        (
            *(
                one.id_number,
                one.name,
                one.birth,
                one.household,
                one.home,
                one.phone,
                one.employer,
                one.delivery,
            ),
            *(number(each) for each in (one.mother, one.father, one.spouse)),
            *(number(each) for each in one.children),
        )
        for one in sample.residents
    ]
    firms = [
        (one.credit_code, one.name, one.premises, one.employees, number(one.representative))
        for one in sample.enterprises
    ]
    return [people, firms, sample.vacant, sample.cast]


def test_there_are_ten_thousand_living_residents_and_a_thousand_enterprises(sample: Province) -> None:
    assert len(sample.living) == 10_000
    assert len(sample.residents) > 10_000
    assert len(sample.enterprises) == 1_000


def test_no_two_share_a_number(sample: Province) -> None:
    assert len({one.id_number for one in sample.residents}) == len(sample.residents)
    assert len({one.credit_code for one in sample.enterprises}) == len(sample.enterprises)
    assert len({one.name for one in sample.enterprises}) == len(sample.enterprises)


def test_every_identity_number_is_valid_and_tells_birth_sex_and_a_real_county(sample: Province) -> None:
    for one in sample.residents:
        assert FORMATS["gb11643"].fault(one.id_number, AS_OF) is None, one.id_number
        assert gb11643_birth(one.id_number) == one.birth
        assert int(one.id_number[16]) % 2 == (one.sex == MALE)
        county = divisions.division(one.id_number[:6])
        assert county is not None
        assert county.level is Level.COUNTY


def test_every_credit_code_is_valid(sample: Province) -> None:
    assert [one for one in sample.enterprises if FORMATS["gb32100"].fault(one.credit_code, None)] == []


def test_every_marriage_has_two_sides_of_age(sample: Province) -> None:
    married = [one for one in sample.living if one.marital_status == MARRIED]
    assert len(married) > 4_000
    for one in married:
        assert one.spouse is not None
        assert one.spouse.spouse is one
        assert one.spouse.alive
        assert {one.sex, one.spouse.sex} == {MALE, FEMALE}
        assert one.married_on == one.spouse.married_on
        assert one.married_on is not None
        assert years_between(one.birth, one.married_on) >= (22 if one.sex == MALE else 20)
        assert one.married_on <= AS_OF
    assert not [one for one in sample.living if one.spouse and one.marital_status != MARRIED]


def test_every_child_has_a_mother_among_the_residents_and_is_hers(sample: Province) -> None:
    everyone = set(sample.residents)
    children = [one for one in sample.living if one.age < GROWN_UP]
    assert len(children) > 2_000
    for one in children:
        assert one.mother in everyone
        assert one.mother is not None
        assert one in one.mother.children
        assert one.mother.sex == FEMALE
        assert years_between(one.mother.birth, one.birth) >= 18
        assert one.father is None or (one.father in everyone and one in one.father.children)
        assert one.name[0] == (one.father or one.mother).name[0]


def test_brothers_and_sisters_have_different_names(sample: Province) -> None:
    for one in sample.residents:
        assert len({child.name for child in one.children}) == len(one.children)


def test_the_stories_that_services_turn_on_are_all_told(sample: Province) -> None:
    living = sample.living
    delivered = [one for one in living if one.delivery]
    assert len(delivered) > 50
    assert all(one.sex == FEMALE for one in delivered)
    told = Counter(
        {
            "unmarried mother": sum(one.marital_status == "10" for one in delivered),
            "husband elsewhere": sum(bool(one.spouse and not one.spouse.household.here) for one in delivered),
            "later child": sum(bool(one.delivery and one.delivery.order > 1) for one in delivered),
            "dead": len(sample.residents) - len(living),
            "moved away": sum(one.home is None for one in living),
            "migrant": sum(one.is_migrant for one in living),
            "single parent": sum(bool(one.children) and not one.spouse and one.age < 50 for one in living),
            "widowed": sum(one.marital_status == "30" for one in living),
            "old": sum(one.age >= 60 for one in living),
            "about to start school": sum(one.age in {5, 6} for one in living),
            "led by somebody": sum(one.representative is not None for one in sample.enterprises),
        }
    )
    assert min(told.values()) >= 3, told


def test_those_who_lead_enterprises_lead_one_each(sample: Province) -> None:
    leading = [one.representative for one in sample.enterprises]
    assert len(set(leading)) == len(leading)
    assert all(one is not None and one.alive and one.age >= GROWN_UP for one in leading)


def test_homes_are_in_villages_of_the_province(sample: Province) -> None:
    for one in sample.residents:
        if one.home is not None:
            village = divisions.division(one.home.region)
            assert village is not None
            assert village.level is Level.VILLAGE
            assert one.home.address.startswith("浙江省")


def test_the_same_seed_gives_the_same_province(sample: Province) -> None:
    province.cache_clear()
    assert described(province()) == described(sample)


def test_another_seed_gives_other_people_and_the_same_cast(sample: Province) -> None:
    other = province(seed=2)
    assert other.cast == sample.cast == cast()
    shared = {one.id_number for one in other.residents} & {one.id_number for one in sample.residents}
    assert len(shared) < 500


def test_the_cast_keeps_its_numbers() -> None:
    """Bookmarks, screenshots and stories name them."""
    assert {member.name: member.id_number for member in cast()} == {
        "林晓雯": "330106199603159004",
        "周雨桐": "330106199811239009",
        "沈静怡": "330106199106309008",
        "王雅芳": "330110199309129001",
        "吴佳敏": "330106199012059001",
        "郑海涛": "330106198505289011",
        "李梦瑶": "330106199602149007",
        "方建国": "330602196607209011",
        "方小雨": "330106199409119009",
        "蒋明": "330106198910109010",
        "刘志强": "361102198803039011",
        "董国强": "330212197901119012",
        "潘丽华": "330782198207079007",
        "骆春兰": "330106197504229004",
        "徐德福": "331102194402029011",
    }


def test_every_member_of_the_cast_has_a_story_and_lives_in_the_province(sample: Province) -> None:
    living = {one.id_number: one for one in sample.living}
    for member in cast():
        assert living[member.id_number].name == member.name
        assert FORMATS["mobile"].fault(member.phone, None) is None
        assert member.story_zh.endswith("。")
        assert member.story_en.endswith(".")
        assert "{" not in member.story_zh + member.story_en


def test_a_story_tells_the_number_that_the_form_will_ask_for(sample: Province) -> None:
    father = next(one for one in sample.living if one.name == "许嘉宁")
    assert father.id_number in next(each for each in cast() if each.name == "周雨桐").story_zh
