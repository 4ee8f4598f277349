"""What the hospital knows of a birth: facts of the mother and of a child that has no number yet."""

from datetime import date, timedelta
from random import Random

from qipan.adapters import divisions
from qipan.sample.dice import dice_of
from qipan.sample.identifiers import digits
from qipan.sample.names import given_name, surname
from qipan.sample.people import FEMALE, Delivery, Resident
from qipan.sample.resident_facts import COUNTY_DIGITS, Facts

HOSPITALS = (("第一人民医院", "1", "3"), ("妇幼保健院", "2", "3"), ("第二人民医院", "1", "2"))


def birth_facts(mother: Resident, delivery: Delivery, today: date) -> tuple[Facts, Facts]:
    """Give the facts of the mother and of the child; the birth was so many days before ``today``."""
    dice = dice_of(f"delivery of {mother.id_number}")
    born = today - timedelta(days=delivery.days_ago)
    hospital, place, grade = dice.choice(HOSPITALS)
    return _mother(mother, delivery, born, grade, dice), _child(
        mother, delivery, born, (hospital, place), dice
    )


def _mother(mother: Resident, delivery: Delivery, born: date, grade: str, dice: Random) -> Facts:
    return {
        "id_number": mother.id_number,
        "delivery_kind": dice.choices("123", (55, 5, 40))[0],
        "births_count": 1,
        "admission_date": (born - timedelta(days=1)).isoformat(),
        "discharge_date": (born + timedelta(days=min(delivery.days_ago, 3))).isoformat(),
        "hospital_grade": grade,
        "maternity_cost": round(dice.uniform(4_200, 16_800), 2),
        "invoice_number": digits(dice, 10),
        "birth_registration_number": f"{_county(mother)}{born.year}{delivery.serial:06}",
    }


def _child(mother: Resident, delivery: Delivery, born: date, place: tuple[str, str], dice: Random) -> Facts:
    hospital, place_kind = place
    county = divisions.division(_county(mother))
    day = born.isoformat()
    return {
        "sex": delivery.sex,
        "birth_date": day,
        "birth_time": f"{dice.randrange(24):02}:{dice.randrange(60):02}",
        "birth_place_region": _county(mother),
        "birth_place_kind": place_kind,
        "gestation_weeks": dice.choices((37, 38, 39, 40, 41), (8, 22, 40, 24, 6))[0],
        "birth_weight": dice.randrange(2_600, 4_100, 10),
        "birth_length": float(dice.randrange(47, 54)),
        "birth_health": "1",
        "birth_order": delivery.order,
        "blood_type": dice.choices("1234", (31, 27, 33, 9))[0],
        "delivery_hospital": f"{county.name if county else ''}{hospital}",
        "birth_attendant": surname(dice) + given_name(dice, FEMALE, 1985),
        "feeding_kind": dice.choices("123", (60, 30, 10))[0],
        "hepatitis_b_dose_date": day,
        "bcg_dose_date": (born + timedelta(days=1)).isoformat(),
        "vaccination_contraindication": False,
        "newborn_screening": "1",
    }


def _county(mother: Resident) -> str:
    return (mother.home.region if mother.home else mother.household.region)[:COUNTY_DIGITS]
