"""Finds a life event from what a person types, however they put it.

People type a wish ("给宝宝上户口"), a keyword, half a title, or a slip of the pen. So phrases are compared by containment both
ways and by the pairs of neighbouring characters they share (Dice's coefficient), which needs no dictionary of Chinese words.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from qipan.core.declarations import Library

LONGEST_QUERY = 60
ENOUGH = 0.34  # of the pairs of the shorter phrase that must be shared
BY_SERVICE = 0.95  # an event found by a service's name stands behind one found by its own
_SEPARATORS = re.compile(r"[\W_]+")
_FILLERS = re.compile(
    "我们|我要|我想|我|给|怎么|如何|办理|办一下|请问|一下|申请|需要|想要|要|一个|一家|个"
    r"|\b(?:how|do|does|i|to|the|a|an|my|want|need|for|apply|get)\b ?"
)


class Found(NamedTuple):
    """A life event that fits, and the services in it that fit by their own names."""

    event: str
    services: tuple[str, ...]
    score: float


def search(library: Library, query: str) -> tuple[Found, ...]:
    """The life events that fit, best first; none for a query without letters or characters."""
    asked = _plain_phrases(query, _FILLERS.sub("", query.casefold()))
    found = (_judge(library, name, asked) for name in library.events)
    return tuple(sorted((one for one in found if one.score > 0), key=lambda one: (-one.score, one.event)))


def _judge(library: Library, name: str, asked: tuple[str, ...]) -> Found:
    event = library.events[name]
    own = _plain_phrases(
        event.title.zh, event.title.zh.removesuffix("一件事"), event.title.en, *event.keywords
    )
    titles = {use.service: library.services[use.service].title for use in event.services}
    services = {name: _best(asked, _plain_phrases(title.zh, title.en)) for name, title in titles.items()}
    fitting = tuple(name for name, score in services.items() if score > 0)
    return Found(name, fitting, max(_best(asked, own), BY_SERVICE * max(services.values(), default=0)))


def _best(asked: Iterable[str], phrases: tuple[str, ...]) -> float:
    return max((_likeness(query, phrase) for query in asked for phrase in phrases), default=0)


def _likeness(query: str, phrase: str) -> float:
    """From 0 to 1; containment counts above shared pairs, and the more so the more of the longer phrase it covers."""
    shorter, longer = sorted((query, phrase), key=len)
    if shorter in longer and (len(shorter) > 1 or not shorter.isascii()):
        return 0.7 + 0.3 * len(shorter) / len(longer)
    pairs, others = _pairs(query), _pairs(phrase)
    shared = len(pairs & others)
    if shared < 2 or shared / min(len(pairs), len(others)) < ENOUGH:  # noqa: PLR2004 -- one pair alone says nothing
        return 0
    return 0.65 * 2 * shared / (len(pairs) + len(others))


@lru_cache(maxsize=8192)
def _pairs(phrase: str) -> frozenset[str]:
    return frozenset(word[at : at + 2] for word in phrase.split() for at in range(len(word) - 1))


def _plain_phrases(*phrases: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(_plain, phrases))))


@lru_cache(maxsize=8192)
def _plain(phrase: str) -> str:
    folded = unicodedata.normalize("NFKC", phrase[:LONGEST_QUERY]).casefold()
    return _SEPARATORS.sub(" ", folded).strip()
