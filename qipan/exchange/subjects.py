"""Of whom a call was, as its provider keeps it: a hash of the number that only this node can make, so that it can tell that person.

A plain hash of an identity number is no secret, as there are few numbers; so it is keyed with what the gateway and the platform share.
"""

import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings

from qipan.core.elements import Value

NUMBER = ".id_number"


def about(number: str) -> bytes:
    """Hash the number of a person."""
    return hmac.digest(settings.GATEWAY_SECRET.encode(), f"about\n{number}".encode(), hashlib.sha256)


def about_keys(keys: Mapping[str, Value]) -> str:
    """The hash of the first person in a call's keys, hexadecimal; empty where it is of nobody."""
    found = next((str(value) for name, value in sorted(keys.items()) if name.endswith(NUMBER)), "")
    return about(found).hex() if found else ""
