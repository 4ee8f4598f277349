"""Levels of assurance as apps read and ask for them (`acr`, `acr_values`)."""

from typing import Final

from qipan.core.assurance import Assurance

PREFIX: Final = "urn:qipan:level:"


def acr_of(level: int) -> str:
    """Such as urn:qipan:level:2."""
    return f"{PREFIX}{int(level)}"


def asked_level(values: str) -> Assurance:
    """The lowest of the levels that an app names, any of which will do; PHONE where it names none that we know."""
    known = {acr_of(one): one for one in Assurance}
    return min((known[value] for value in values.split() if value in known), default=Assurance.PHONE)
