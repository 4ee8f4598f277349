"""How often a server's process looks for what refers to itself."""

import gc

LITTER = 20_000  # objects made anew before Python looks; a request makes few that refer to themselves, and each look costs


def look_seldom() -> None:
    """Once everything is loaded: leave it out of every look, and look seldom."""
    gc.freeze()
    gc.set_threshold(LITTER)
