"""How sure the platform is of who somebody is: the levels of assurance, and what asks for which."""

from enum import IntEnum
from typing import Final


class Assurance(IntEnum):
    """PHONE: they have the phone. REAL_NAME: the population register knows this name and number. IN_PERSON: seen at a hall."""

    PHONE = 1
    REAL_NAME = 2
    IN_PERSON = 3


USUAL: Final = Assurance.REAL_NAME
"""What a service asks for that does not say: whoever applies has registers looked into, so nobody applies with a phone alone."""
