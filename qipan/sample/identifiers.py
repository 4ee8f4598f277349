"""Numbers of the synthetic province: of the right shape, with real region codes and valid check digits, and nobody's.

Any number of the right shape might by chance be a living person's; nothing else here is, so no fact can be about them.
"""

from collections import Counter
from datetime import date
from random import Random

from qipan.core.formats import gb11643_digit, gb32100_character

# Serial numbers that police stations gave out rarely, so that few of our numbers meet a real one.
FIRST_SERIAL = 900
SERIALS = 1_000
COUNTY_DIGITS = 6


class PersonNumbers:
    """Gives out citizen identity numbers (GB 11643), none twice."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def number(self, region: str, birth: date, sex: str) -> str:
        """Give the next number of that county and day; the serial is odd for men ("1"), even for women ("2")."""
        body = f"{region[:COUNTY_DIGITS]}{birth:%Y%m%d}"
        count = self._given[body + sex]
        self._given[body + sex] += 1
        serial = (FIRST_SERIAL + 2 * count + (sex == "1")) % SERIALS
        digits = f"{body}{serial:03}"
        return digits + gb11643_digit(digits)


def credit_code(county: str, serial: int) -> str:
    """Give an enterprise's unified social credit code (GB 32100), with a valid organisation code (GB 11714) in it."""
    organisation = f"MA{serial:06}"
    body = f"91{county}{organisation}{_organisation_character(organisation)}"
    return body + gb32100_character(body)


def agency_credit_code(division: str, serial: int) -> str:
    """Give an agency's unified social credit code (GB 32100), with a valid organisation code (GB 11714) that nobody has."""
    organisation = f"QP{serial:06}"
    body = f"11{division[:COUNTY_DIGITS]}{organisation}{_organisation_character(organisation)}"
    return body + gb32100_character(body)


def _organisation_character(code: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(character, 36) * weight for character, weight in zip(code, weights, strict=True))
    return "0123456789X"[-total % 11]


def bank_card(dice: Random, issuer: str) -> str:
    """Give a card number of 19 digits with a valid Luhn digit (ISO/IEC 7812)."""
    body = issuer + "".join(str(dice.randrange(10)) for _ in range(18 - len(issuer)))
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body)))
    total = sum(value - 9 if value > 9 else value for value in doubled)  # noqa: PLR2004 -- the sum of its digits
    return f"{body}{-total % 10}"


def mobile(dice: Random) -> str:
    """Give a mobile number of a prefix that no carrier gives out."""
    return f"14{dice.choice('23')}{dice.randrange(10**8):08}"


def digits(dice: Random, count: int) -> str:
    """Give a number of so many digits, the first of them not zero."""
    return str(dice.randrange(10 ** (count - 1), 10**count))
