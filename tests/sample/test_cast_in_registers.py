"""Each story of the cast, as the registers tell it."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from qipan.adapters.sources import Answer, request_for
from qipan.core.elements import Field, Value
from qipan.sample.cast import NEW_NAME
from qipan.sample.province import cast, province
from tests.sample.conftest import TODAY, Seeded

NUMBERS = {member.name: member.id_number for member in cast()}
MARRIED = {"20", "21", "22", "23"}


class Teller:
    """Asks the registers, with facts by word as long as no two parties share one."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded

    def answer(self, resource: str, *keys: Value) -> Answer:
        declared = self._seeded.library.resources[resource].keys
        asked = dict(zip(declared, keys, strict=True))
        return self._seeded.reader.look_up(
            request_for(self._seeded.library, resource, asked, today=TODAY), timeout=120
        )

    def facts(self, resource: str, *keys: Value) -> Mapping[str, Value]:
        answer = self.answer(resource, *keys)
        assert answer.refused == ()
        assert answer.facts is not None, resource
        return {field.word: value for field, value in answer.facts.items()}


@pytest.fixture
def tell(seeded: Seeded) -> Teller:
    return Teller(seeded)


@pytest.mark.parametrize(
    "resource",
    [
        "population", "marital_status", "marriage", "household", "residence", "birth_record", "newborn_vaccination",
        "maternity_stay", "birth_registration", "medical_insurance", "social_insurance", "social_security_card",
    ],
)  # fmt: skip
def test_the_typical_mother_is_known_to_every_register_that_a_birth_asks(tell: Teller, resource: str) -> None:
    assert tell.facts(resource, NUMBERS["林晓雯"])


def test_the_typical_mother_has_a_local_husband_and_a_first_child(tell: Teller) -> None:
    mother = NUMBERS["林晓雯"]
    husband = tell.facts("marriage", mother)
    assert husband["name"] == "陈立"
    assert tell.facts("marriage", husband["id_number"])["id_number"] == mother
    for number in (mother, husband["id_number"]):
        assert tell.facts("population", number)["household_province"] == "33"
    assert tell.facts("household", mother) == tell.facts("household", husband["id_number"])
    birth = tell.facts("birth_record", mother)
    assert (birth["birth_order"], birth["sex"]) == (1, "2")
    assert date.fromisoformat(str(birth["birth_date"])) == TODAY - timedelta(days=9)
    assert tell.facts("medical_insurance", mother)["maternity_insured"] is True


def test_unmarried_and_single_mothers_have_no_marriage(tell: Teller) -> None:
    for name, status in (("周雨桐", "10"), ("沈静怡", "40")):
        assert tell.facts("marital_status", NUMBERS[name])["marital_status"] == status
        assert tell.answer("marriage", NUMBERS[name]).facts is None
        assert tell.facts("birth_record", NUMBERS[name])["birth_order"] == 1


def test_a_husband_of_another_province_is_known_by_county_only_here_and_by_address_there(
    tell: Teller,
) -> None:
    husband = tell.facts("marriage", NUMBERS["王雅芳"])["id_number"]
    assert tell.facts("population", husband)["household_province"] == "34"
    assert tell.answer("household", husband).facts is None
    assert str(tell.facts("national_household", husband)["address_elsewhere"]).startswith("安徽省合肥市")
    assert tell.answer("national_household", NUMBERS["王雅芳"]).facts is None


def test_the_mother_of_two_has_a_second_child(tell: Teller) -> None:
    assert tell.facts("birth_record", NUMBERS["吴佳敏"])["birth_order"] == 2
    assert tell.facts("guardianship", NUMBERS["吴佳敏"], "孙一宁")["guardian_relation"] == "2"


def test_the_restaurant_owner_leads_a_new_enterprise_without_a_food_licence(tell: Teller) -> None:
    enterprise = tell.facts("enterprise_representation", NUMBERS["郑海涛"])
    code = enterprise["credit_code"]
    register = tell.facts("enterprise_register", code)
    assert (register["name"], register["registration_status"]) == (enterprise["name"], "1")
    assert tell.facts("food_licence_register", code) == {"holds_food_licence": False}
    place = tell.facts("real_estate_premises", register["property_number"])
    assert place["premises_registered_area"] == 320
    assert tell.facts("building_fire_acceptance", place["building_unit_number"])["fire_acceptance_number"]
    assert tell.facts("food_safety_officers", NUMBERS["郑海涛"])
    assert tell.facts("health_certificates", NUMBERS["郑海涛"])


def test_the_worker_retires_next_month_with_all_that_it_takes(tell: Teller) -> None:
    number = NUMBERS["方建国"]
    assert tell.facts("pension_record", number)["statutory_retirement_date"] == "2026-12-20"
    assert tell.facts("social_insurance", number)["employment_status"] == "1"
    assert tell.facts("housing_fund", number)["has_housing_fund"] is True
    assert int(tell.facts("medical_insurance", number)["medical_months"]) >= 240
    assert tell.facts("one_child_certificate", number)


def test_the_local_child_lives_in_its_own_home_and_district(tell: Teller) -> None:
    father = NUMBERS["蒋明"]
    child = tell.facts("guardianship", father, "蒋思远")
    assert child["guardian_relation"] == "1"
    number = child["id_number"]
    home = tell.facts("residence", number)
    assert home == tell.facts("residence", father)
    assert tell.facts("school_district", home["residence_region"])["district_school"] == "西湖街道中心小学"
    assert tell.facts("population", number)["household_county"] == "330106"
    assert tell.facts("real_estate", father)["property_share"] == 50
    assert tell.facts("immunisation", number)["vaccination_complete"] is True
    assert tell.facts("preschool_roll", number)["preschool_name"]


def test_the_migrant_father_rents_and_holds_a_permit(tell: Teller) -> None:
    father = NUMBERS["刘志强"]
    assert tell.facts("population", father)["household_province"] == "36"
    assert tell.facts("residence_permit", father)["holds_residence_permit"] is True
    assert tell.facts("rental_filing", father)["rental_filing_number"]
    assert tell.answer("real_estate", father).facts is None
    assert tell.facts("guardianship", father, "刘梓涵")["id_number"]


def test_the_trader_may_take_the_new_name(tell: Teller) -> None:
    code = tell.facts("enterprise_representation", NUMBERS["董国强"])["credit_code"]
    assert tell.facts("customs_register", code)["customs_registered"] is True
    assert tell.facts("social_insurance_units", code)["social_insurance_open"] is True
    assert tell.facts("housing_fund_units", code)["housing_fund_open"] is True
    assert tell.facts("enterprise_name_declarations", NEW_NAME)["name_declaration_number"]


def test_the_company_to_close_owes_nothing(tell: Teller) -> None:
    code = tell.facts("enterprise_representation", NUMBERS["潘丽华"])["credit_code"]
    register = tell.facts("enterprise_register", code)
    hindrances = ("abnormal_listed", "dishonest_listed", "shares_frozen", "has_branches", "investments_held")
    assert not any(register[each] for each in hindrances)
    assert tell.facts("tax_register", code)["tax_arrears"] == 0
    assert tell.facts("customs_register", code) == {"customs_registered": False}


def test_the_old_man_is_widowed_and_retired(tell: Teller) -> None:
    assert tell.facts("marital_status", NUMBERS["徐德福"])["marital_status"] == "30"
    assert tell.facts("social_insurance", NUMBERS["徐德福"])["employment_status"] == "5"


def test_whoever_died_is_in_no_register(tell: Teller, seeded: Seeded) -> None:
    dead = [one.id_number for one in province().residents if not one.alive][:20]
    assert dead
    for name, resource in seeded.library.resources.items():
        if resource.source is not None and [each.word for each in resource.keys] == ["id_number"]:
            for number in dead[:3]:
                assert tell.answer(name, number).facts is None, name
    assert Field("person", "id_number") in seeded.library.resources["population"].keys
