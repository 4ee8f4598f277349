"""Settings from the environment, strictly: a wrong value stops the program at start, with a sentence that says what is right."""

import os
from collections.abc import Mapping

MOST_DAYS = 400


class WrongSetting(Exception):
    """A setting in the environment cannot be understood; the message names it and what it accepts."""


def text(name: str, default: str) -> str:
    return os.environ.get(name) or default


def put(name: str, value: str) -> None:
    """Give this process, and those that it starts, a value as if it had been started with it."""
    os.environ[name] = value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name) or ("1" if default else "0")
    if value not in {"0", "1"}:
        raise WrongSetting(f"{name} is {value!r}; it must be 1 (yes) or 0 (no).")
    return value == "1"


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise WrongSetting(f"{name} is {value!r}; it must be a whole number from {least} to {most}.")
    return int(value)


def hourly_limits(said: str, usual: Mapping[str, int]) -> dict[str, int]:
    """The usual limits with those changed that are said, as `submit=300,upload=50`; `off` lifts those not said after it."""
    limits = dict(usual)
    for part in said.split(",") if said else ():
        if part.strip() == "off":
            limits.clear()
            continue
        name, _, number = part.strip().partition("=")
        if name not in usual or not (number.isascii() and number.isdigit() and int(number) > 0):
            names = ", ".join(usual)
            raise WrongSetting(
                f"QIPAN_LIMITS has {part.strip()!r}; it must be off, or numbers for an hour, as submit=300, of: {names}."
            )
        limits[name] = int(number)
    return limits


def numbers_of_days(name: str, usual: Mapping[str, int]) -> dict[str, int]:
    """The usual numbers with those changed that are said, as `conditional=5,provision=10`."""
    days = dict(usual)
    for part in filter(None, text(name, "").split(",")):
        which, _, number = part.strip().partition("=")
        if which not in usual or not (number.isascii() and number.isdigit() and 0 < int(number) <= MOST_DAYS):
            raise WrongSetting(
                f"{name} has {part.strip()!r}; it must be days from 1 to {MOST_DAYS}, as conditional=5, of: {', '.join(usual)}."
            )
        days[which] = int(number)
    return days
