"""Letting Python's cyclic collector rest while a million small things are made, none of them in circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_resting() -> Iterator[None]:
    """Looking for circles would take a third of the time that it takes to read or check a large library.

    What was made meanwhile counts as old afterwards, or the collector would begin by looking through all of it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            _grow_old()
            gc.enable()


def _grow_old() -> None:
    """Put all there is among what the collector seldom looks at; where some is frozen for good, it stays so, and nothing is done."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
