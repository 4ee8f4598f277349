"""Who is signed in, and for whom they act: a person by their account, or, in the demo, a synthetic resident or an official whose
number stands in the session.

Whom a number belongs to is read once for each request, so that someone who left office, or was never there, is out at once.
A clerk who serves a person present uses the portal's own pages, with themselves as actor and the person as applicant. So does a person
who chose to act for another: the mandate is read anew for each request, and where it is over, nobody acts until they choose again.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.utils import timezone

from qipan import reader
from qipan.accounts import operations as account_operations
from qipan.accounts import queries as accounts
from qipan.accounts.rows import SignedIn
from qipan.core.assurance import Assurance
from qipan.core.mandates import permits
from qipan.core.posts import Power, factor_holds
from qipan.mandates import queries as mandates
from qipan.mandates.rows import MandateRow
from qipan.people import queries as people
from qipan.people.actors import Acting, Actor, under_mandate
from qipan.people.rows import SeatRow
from qipan.reader import Reader

PERSON = "person_id"
OFFICIAL = "official_id"  # a sample one
SEAT = "seat"  # the post that an official chose to act in: SeatRow.key
SERVED = "served_person_id"  # by the clerk who is at the desk
UNDER = "served_under"
MANDATE = "mandate_id"  # under which the person who is signed in chose to act for another
SEEN_EVERY = timedelta(hours=1)
DESK = "/desk/"
SEES_CASES = frozenset({Power.HANDLE, Power.SEAL_KEEPER, Power.SEAL_APPROVER})

T = TypeVar("T")
_Read = Callable[[int], Actor | None]
_READ: WeakKeyDictionary[HttpRequest, dict[str, Actor | None]] = WeakKeyDictionary()
_SEATS: WeakKeyDictionary[HttpRequest, list[SeatRow]] = WeakKeyDictionary()
_MANDATES: WeakKeyDictionary[HttpRequest, MandateRow | None] = WeakKeyDictionary()
_ACCOUNTS: WeakKeyDictionary[HttpRequest, SignedIn | None] = WeakKeyDictionary()


def sign_in(request: HttpRequest, key: str, number: int) -> None:
    """Begin a session of its own as this person or official, leaving nothing of the one before."""
    sign_out(request)
    request.session[key] = number
    rotate_token(request)


def sign_out(request: HttpRequest) -> None:
    """End the session, and the account's on this device."""
    request.session.flush()
    key = request.COOKIES.get(settings.ACCOUNT_COOKIE)
    if key:
        account_operations.drop_session(key=key)
        forget_account(request)


def serve(request: HttpRequest, person: int, under: str) -> None:
    """Let the clerk who is signed in act for a person who is present; `under` says on what authority."""
    request.session[SERVED] = person
    request.session[UNDER] = under


def end_service(request: HttpRequest) -> None:
    """The person has left the window; the clerk stays signed in."""
    request.session.pop(SERVED, None)
    request.session.pop(UNDER, None)


def acting_of(request: HttpRequest) -> Acting | None:
    """Who acts for whom on the portal's pages: a person for themselves or under a mandate, or a clerk for the person they serve."""
    served = served_of(request)
    clerk = official_of(request) if served is not None else None
    if served is not None and clerk is not None:
        return Acting(clerk, on_behalf_of=served.id, under=str(request.session.get(UNDER, "")))
    person = person_of(request)
    return None if person is None else _as_chosen(request, person)


def the_acting(request: HttpRequest) -> Acting:
    """The same, on a page that is open only to those who act for somebody."""
    return _present(acting_of(request))


def act_under(request: HttpRequest, mandate: int | None) -> None:
    """Let the person who is signed in act under a mandate from the next request on, or for themselves again."""
    request.session.pop(MANDATE, None)
    person = person_of(request)
    if mandate is not None and person is not None:
        request.session[MANDATE] = [person.id, mandate]


def acts_for_another(request: HttpRequest) -> bool:
    """Whether the person who is signed in chose to act for another, whether or not they still may."""
    return _chosen(request) is not None


def mandate_of(request: HttpRequest) -> MandateRow | None:
    """The mandate in force under which the person who is signed in acts, if any; read once for each request."""
    chosen, person = _chosen(request), person_of(request)
    if chosen is None or person is None:
        return None
    if request not in _MANDATES:
        found = mandates.mandate_of(chosen, person.id)
        today = timezone.localdate()
        _MANDATES[request] = found if found and permits(found.mandate, person.id, today) else None
    return _MANDATES[request]


def _chosen(request: HttpRequest) -> int | None:
    """The mandate that was chosen in this session, by whoever is signed in now and by nobody before."""
    if MANDATE not in request.session:
        return None
    by, mandate = request.session[MANDATE]
    person = person_of(request)
    return int(mandate) if person is not None and person.id == by else None


def _as_chosen(request: HttpRequest, person: Actor) -> Acting | None:
    if not acts_for_another(request):
        return Acting(person)
    found = mandate_of(request)
    return found and under_mandate(person, found.mandate)


def person_of(request: HttpRequest) -> Actor | None:
    """The person who is signed in, if any: by their account once it is real-named, or as a sample resident."""
    account = account_of(request)
    if account is None:
        return _actor(request, PERSON, people.actor_of_person)
    if account.person is None:
        return None
    return Actor("person", account.person, account.name, level=Assurance(account.level))


def account_of(request: HttpRequest) -> SignedIn | None:
    """Whose account is signed in on this device, if anybody's; read once for each request."""
    key = request.COOKIES.get(settings.ACCOUNT_COOKIE)
    if not key:
        return None
    if request not in _ACCOUNTS:
        now = timezone.now()
        found = _ACCOUNTS[request] = accounts.signed_in(key, now)
        if found is not None and found.seen_at < now - SEEN_EVERY:
            account_operations.see_device(key=key, at=now)
    return _ACCOUNTS[request]


def forget_account(request: HttpRequest) -> None:
    """Read anew, when next asked, whose account is signed in."""
    _ACCOUNTS.pop(request, None)


def served_of(request: HttpRequest) -> Actor | None:
    """The person whom the clerk who is signed in serves, if any; to an official who is no clerk (any more) they are nobody."""
    if SERVED not in request.session:
        return None
    official = official_of(request)
    return (
        _actor(request, SERVED, people.actor_of_person) if official is not None and official.clerk else None
    )


def official_of(request: HttpRequest) -> Actor | None:
    """The official who is at the desk, if any, in the post that they chose: see Note [Who is at the desk]."""
    known = _READ.setdefault(request, {})
    if OFFICIAL not in known:
        known[OFFICIAL] = people.actor_in(seats_of(request), str(request.session.get(SEAT, "")))
    return known[OFFICIAL]


def seats_of(request: HttpRequest) -> list[SeatRow]:
    """What whoever is at the desk may act as, read once for each request.

    Note [Who is at the desk]
    An official comes by an account of their own, in which a second factor was shown within twelve hours; or, in a demonstration, is one
    of the synthetic officials, whose number stands in the session. A real official's number in the session opens nothing. An account is
    at the desk on the desk's own pages, and on others only while its clerk serves somebody: elsewhere, officials are people.
    """
    if request not in _SEATS:
        _SEATS[request] = _seats(request)
    return _SEATS[request]


def _seats(request: HttpRequest) -> list[SeatRow]:
    now, account = timezone.now(), account_of(request)
    if account is None:
        number = request.session.get(OFFICIAL)
        found = people.seats_of(int(number), now) if number is not None else []
        return [one for one in found if one.held.sample]
    at_desk = request.path.startswith(DESK) or SERVED in request.session
    if account.person is None or not at_desk or not factor_holds(account.second_factor_at, now):
        return []
    official = people.official_of_person(account.person)
    return people.seats_of(official, now) if official else []


def take_seat(request: HttpRequest, key: str) -> bool:
    """Act in another of one's posts from here on; whoever was served is served no more. Whether it is theirs."""
    if not any(one.key == key for one in seats_of(request)):
        return False
    end_service(request)
    request.session[SEAT] = key
    _READ.pop(request, None)
    return True


def the_official(request: HttpRequest) -> Actor:
    """The official who is signed in, on a page that only they may open."""
    return _present(official_of(request))


class SayWhoReads:
    """Middleware: the rows that come out are those of whoever the request's session is, at each statement."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request. The session is read only once something is asked of the database."""
        with reader.reading(lambda: _reader(request)):
            return self._get_response(request)


def _reader(request: HttpRequest) -> Reader:
    """Whoever the session names; an official and whom they serve, and for whom somebody acts, once they have been read."""
    session, official = request.session, _READ.get(request, {}).get(OFFICIAL)
    if official is not None:
        served = session.get(SERVED) if official.clerk else None
        person = served and int(served)
        agency = "" if SEES_CASES.isdisjoint(official.powers) else official.agency
        return Reader(person, agency, official.services, actor=person)
    account = _ACCOUNTS.get(request)
    if account is not None:
        return _person_reads(request, account.person) if account.person else reader.NOBODY
    return _person_reads(request, int(session[PERSON])) if PERSON in session else reader.NOBODY


def _person_reads(request: HttpRequest, person: int) -> Reader:
    mandate = _MANDATES.get(request)
    if mandate is None:
        return Reader(person=person, actor=person)
    return Reader(person=mandate.principal, events=mandate.events, actor=person)


def _present(someone: T | None) -> T:
    if someone is None:
        raise PermissionDenied
    return someone


def _actor(request: HttpRequest, key: str, read: _Read) -> Actor | None:
    number = request.session.get(key)
    if number is None:
        return None
    known = _READ.setdefault(request, {})
    if key not in known:
        known[key] = read(int(number))
    return known[key]
