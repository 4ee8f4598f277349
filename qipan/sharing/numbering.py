"""The numbers by which people speak of requests."""

import secrets
from datetime import date

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another
LENGTH = 6


def request_number(today: date) -> str:
    """Give a number that nobody guesses: ``GX-20261123-8K3F2Q``."""
    return f"GX-{today:%Y%m%d}-" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
