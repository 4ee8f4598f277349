"""Who is signed in. The demo's sign-in pages put a number into the session; a real accounts system replaces only this file.

Whom the number belongs to is read once for each request, so that someone who left office, or was never there, is out at once.
"""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from qipan.people import queries as people
from qipan.people.actors import Actor

PERSON = "person_id"
OFFICIAL = "official_id"

_Read = Callable[[int], Actor | None]
_READ: WeakKeyDictionary[HttpRequest, dict[str, Actor | None]] = WeakKeyDictionary()


def sign_in(request: HttpRequest, key: str, number: int) -> None:
    """Begin a session of its own as this person or official, leaving nothing of the one before."""
    request.session.flush()
    request.session[key] = number
    rotate_token(request)


def sign_out(request: HttpRequest) -> None:
    """End the session."""
    request.session.flush()


def person_of(request: HttpRequest) -> Actor | None:
    """The person who is signed in, if any."""
    return _actor(request, PERSON, people.actor_of_person)


def official_of(request: HttpRequest) -> Actor | None:
    """The official who is signed in, if any."""
    return _actor(request, OFFICIAL, people.actor_of_official)


def the_person(request: HttpRequest) -> Actor:
    """The person who is signed in, on a page that only they may open."""
    return _present(person_of(request))


def the_official(request: HttpRequest) -> Actor:
    """The official who is signed in, on a page that only they may open."""
    return _present(official_of(request))


def _present(actor: Actor | None) -> Actor:
    if actor is None:
        raise PermissionDenied
    return actor


def _actor(request: HttpRequest, key: str, read: _Read) -> Actor | None:
    number = request.session.get(key)
    if number is None:
        return None
    known = _READ.setdefault(request, {})
    if key not in known:
        known[key] = read(int(number))
    return known[key]
