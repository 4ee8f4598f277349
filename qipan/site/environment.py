"""Settings from the environment, strictly: a wrong value stops the program at start, with a sentence that says what is right."""

import os


class WrongSetting(Exception):
    """A setting in the environment cannot be understood; the message names it and what it accepts."""


def text(name: str, default: str) -> str:
    return os.environ.get(name) or default


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
