"""What registers know of a resident, by element word: drawn from who they are by dice of their own.

A word that is missing is a fact that nobody recorded about them; a register without any of its facts has no record.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random

from qipan.adapters import divisions
from qipan.core.elements import Value
from qipan.sample.dice import dice_of, happens
from qipan.sample.identifiers import bank_card, digits
from qipan.sample.people import (
    AS_OF,
    EMPLOYED,
    FLEXIBLE,
    GROWN_UP,
    MALE,
    MARRIED,
    RETIRED,
    Resident,
    years_between,
)
from qipan.sample.retirement import retirement_day

Facts = dict[str, Value | None]
CITY_DIGITS, COUNTY_DIGITS = 4, 6
BANKS = {"102": "622202", "103": "622848", "104": "621661", "105": "621700", "301": "622262", "402": "622858"}
INSURED_FROM, SCHOOL_AGE, TODDLER = 22, 6, 3
OLDEST_WITH_VACCINES = 7
OLD = 75
ONE_CHILD_BORN = range(1956, 1980)  # parents under the one-child policy


def facts_of(resident: Resident, today: date) -> Facts:
    """Collect every fact; what the resident's story tells overrules the dice."""
    dice = dice_of(f"facts of {resident.id_number}")
    facts: Facts = {}
    for draw in DRAWS:
        facts |= draw(resident, dice, today)
    return facts | resident.told


def _identity(one: Resident, dice: Random, _today: date) -> Facts:
    county = one.household.region[:COUNTY_DIGITS]
    return {
        "id_number": one.id_number,
        "name": one.name,
        "id_kind": "111" if one.age >= GROWN_UP - 2 else "113",
        "sex": one.sex,
        "birth_date": one.birth.isoformat(),
        "ethnicity": dice.choices(("01", "13", "11"), (985, 10, 5))[0],
        "nationality": "156",
        "education": _education(one.age, dice),
        "household_province": county[:2],
        "household_county": county,
        "marital_status": one.marital_status if one.age >= GROWN_UP else None,
    }


def _death(one: Resident, _dice: Random, _today: date) -> Facts:
    """Some of the oldest have died lately, and other registers have not heard of it yet."""
    dice = dice_of(f"death of {one.id_number}")
    if one.age < OLD or not happens(dice, 0.05):
        return {}
    return {"death_date": (AS_OF - timedelta(days=dice.randrange(1, 60))).isoformat()}


def _education(age: int, dice: Random) -> str | None:
    if age < GROWN_UP:
        return None
    young = age < 45  # noqa: PLR2004 -- the university's great growth
    return dice.choices(
        ("10", "20", "30", "40", "60", "70", "80"),
        (4, 26, 24, 12, 14, 16, 4) if young else (1, 8, 12, 10, 19, 32, 18),
    )[0]


def _household(one: Resident, _dice: Random, _today: date) -> Facts:
    home = one.household
    if not home.here:
        return {"address_elsewhere": home.address}
    return {
        "household_number": home.number,
        "household_head_name": home.head_name,
        "household_kind": "10",
        "household_region": home.region,
        "household_address": home.address,
    }


def _residence(one: Resident, dice: Random, today: date) -> Facts:
    if one.home is None:
        return {}
    holds = one.is_migrant and happens(dice, 0.85)
    facts: Facts = {
        "residence_region": one.home.region,
        "residence_address": one.home.address,
        "holds_residence_permit": holds,
    }
    if one.is_migrant:
        facts["residence_since"] = one.home.since.isoformat()
    if holds:
        facts["residence_permit_number"] = digits(dice, 18)
        facts["residence_permit_until"] = _in_days(today, dice.randrange(40, 360))
    return facts


def _marriage(one: Resident, dice: Random, _today: date) -> Facts:
    if one.marital_status != MARRIED or one.spouse is None or one.married_on is None:
        return {}
    pair = dice_of(f"marriage of {min(one.id_number, one.spouse.id_number)}")
    del dice  # both spouses hold the same certificate
    return {
        "marriage_certificate_number": f"J330106-{one.married_on.year}-{pair.randrange(10**6):06}",
        "marriage_date": one.married_on.isoformat(),
    }


def _work(one: Resident, dice: Random, _today: date) -> Facts:
    if one.age < INSURED_FROM or not one.employment or one.home is None:
        return {}
    facts: Facts = {
        "employment_status": one.employment,
        "social_insurance_region": one.home.region[:COUNTY_DIGITS],
        "pension_months": _months_worked(one, dice),
    }
    if one.employer is not None:
        facts |= {"employer_name": one.employer.name, "employer_credit_code": one.employer.credit_code}
    return facts


def _months_worked(one: Resident, dice: Random) -> int:
    years = max(0, min(one.age, 60) - INSURED_FROM)
    share = dice.uniform(0.75, 1) if one.employment in {EMPLOYED, RETIRED} else dice.uniform(0.2, 0.8)
    return round(years * 12 * share)


def _pension(one: Resident, dice: Random, _today: date) -> Facts:
    if one.employment not in {EMPLOYED, FLEXIBLE, RETIRED} or one.home is None:
        return {}
    managing = one.sex != MALE and happens(dice, 0.4)  # retires five years later than a worker
    day = retirement_day(one.birth, one.sex, managing=managing)
    county = divisions.division(one.home.region[:COUNTY_DIGITS])
    return {
        "work_start_date": one.birth.replace(year=one.birth.year + INSURED_FROM, day=1).isoformat(),
        "deemed_months": dice.choice((0, 0, 24, 60)) if one.birth.year < 1975 else 0,  # noqa: PLR2004
        "worker_identity": "3" if one.employment == FLEXIBLE else "1" if managing else "2",
        "archive_keeper": f"{county.name if county else ''}人才管理服务中心",
        "statutory_retirement_date": day.isoformat(),
        "statutory_retirement_age": years_between(one.birth, day),
        "special_work_months": dice.choice((60, 108, 132)) if happens(dice, 0.03) else 0,
        "incapacity_conclusion_number": _rarely(dice, 0.004, f"浙劳鉴{digits(dice, 8)}"),
    }


def _insurance(one: Resident, dice: Random, _today: date) -> Facts:
    if one.home is None:
        return {}
    at_work = one.employment == EMPLOYED
    kind = "310" if at_work or one.employment == RETIRED else "390"
    months = (
        round(max(0, min(one.age, 60) - INSURED_FROM) * 12 * dice.uniform(0.7, 1)) if kind == "310" else 0
    )
    return {
        "medical_insurance_number": digits(dice, 14),
        "medical_insurance_kind": kind,
        "medical_insurance_region": one.home.region[:COUNTY_DIGITS],
        "maternity_insured": at_work,
        "medical_months": months,
    }


def _card(one: Resident, dice: Random, _today: date) -> Facts:
    if one.home is None:
        return {}
    bank = dice.choice(list(BANKS))
    return {
        "social_security_card_number": dice.choice("ABCDEFGHJKLMNPQRSTUVWXY") + digits(dice, 8),
        "card_bank": bank,
        "bank_account": bank_card(dice, BANKS[bank]),
    }


def _fund(one: Resident, dice: Random, _today: date) -> Facts:
    if one.home is None or one.age < INSURED_FROM:
        return {}
    if one.employment not in {EMPLOYED, RETIRED} or happens(dice, 0.3):
        return {"has_housing_fund": False}
    return {
        "has_housing_fund": True,
        "fund_account": digits(dice, 12),
        "fund_region": one.home.region[:CITY_DIGITS] + "00",
        "fund_status": "1" if one.employment == EMPLOYED else "2",
        "fund_balance": round(dice.uniform(2_000, 260_000), 2),
        "fund_loan_balance": round(dice.uniform(10_000, 600_000), 2) if happens(dice, 0.2) else 0.0,
    }


def _home(one: Resident, dice: Random, today: date) -> Facts:
    if one.home is None or one.age < GROWN_UP:
        return {}
    if one.home.owned:
        shared = one.spouse is not None
        return {
            "property_number": one.home.certificate,
            "property_address": one.home.address,
            "property_share": 50.0 if shared else 100.0,
            "property_registered_date": one.home.since.isoformat(),
        }
    return {
        "rental_filing_number": f"ZL{one.home.region[:COUNTY_DIGITS]}{digits(dice, 8)}",
        "rental_address": one.home.address,
        "rental_until": _in_days(today, dice.randrange(30, 700)),
    }


def _childhood(one: Resident, dice: Random, _today: date) -> Facts:
    if one.home is None or one.age >= GROWN_UP:
        return {}
    facts: Facts = {"guardian_relation": None}  # it belongs to the pair, see the register of guardians
    township = divisions.division(one.home.region[:9])
    name = township.name if township else ""
    if one.age < OLDEST_WITH_VACCINES:
        facts |= {
            "vaccination_certificate_number": digits(dice, 18),
            "vaccination_complete": happens(dice, 0.95),
            "vaccination_clinic": f"{name}社区卫生服务中心预防接种门诊",
        }
    if TODDLER <= one.age <= SCHOOL_AGE:
        facts["preschool_name"] = f"{name}中心幼儿园"
    return facts


def _aid(one: Resident, dice: Random, _today: date) -> Facts:
    aided = happens(dice, 0.02)
    facts: Facts = {"aid_category": dice.choice("234") if aided else "0"}
    if happens(dice, 0.015):
        category, grade = dice.choice("1234567"), dice.choice("1234")
        facts |= {
            "disability_certificate_number": f"{one.id_number}{category}{grade}",
            "disability_category": category,
            "disability_grade": grade,
        }
    if one.birth.year in ONE_CHILD_BORN and happens(dice, 0.35):
        facts["one_child_certificate_number"] = f"浙独{digits(dice, 9)}"
    return facts


def _in_days(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def _rarely(dice: Random, share: float, value: str) -> str | None:
    return value if happens(dice, share) else None


DRAWS: tuple[Callable[[Resident, Random, date], Mapping[str, Value | None]], ...] = (
    _identity, _death, _household, _residence, _marriage, _work, _pension, _insurance, _card, _fund, _home, _childhood, _aid,
)  # fmt: skip
