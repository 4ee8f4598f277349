"""Dice with names: the same name always throws the same, on every machine and in every order."""

from random import Random


def dice_of(name: str) -> Random:
    """Take the dice of this name."""
    return Random(name)  # noqa: S311 -- made-up people, not secrets


def happens(dice: Random, share: float) -> bool:
    """Let something happen in this share of cases."""
    return dice.random() < share
