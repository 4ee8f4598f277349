"""Who may call what: everyone, people who are signed in, or agencies' own systems by their key."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from qipan import reader
from qipan.core.posts import Power
from qipan.faces.look.access import Rule, anyone
from qipan.faces.look.actors import PERSON, acting_of, acts_for_another
from qipan.faces.look.limits import KEY, spend
from qipan.people import queries as people
from qipan.people.actors import Acting, Actor
from qipan.reader import Reader

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedIn(AuthBase):
    """A person's session, or that of a clerk who serves one; what changes something needs the CSRF token too."""

    openapi_type = "apiKey"
    openapi_name = "sessionid"
    openapi_in = "cookie"

    def __call__(self, request: HttpRequest) -> Acting | None:
        """Give whom the session acts as; raises PermissionDenied without the token."""
        acting = self.find(request)
        if acting is not None and request.method not in SAFE and check_csrf(request) is not None:
            raise PermissionDenied
        return acting

    def find(self, request: HttpRequest) -> Acting | None:
        """Look up whom the session acts as."""
        return acting_of(request)


class SignedInLately(SignedIn):
    """The same, without looking the person up: for an operation that does so itself."""

    def find(self, request: HttpRequest) -> Acting | None:
        """Take the session's word for who the person is; under what mandate somebody acts is looked up."""
        person = request.session.get(PERSON)
        if person is None or acts_for_another(request):
            return super().find(request)
        return Acting(Actor("person", int(person)))


class AgencyKey(HttpBearer):
    """``Authorization: Bearer <key>``: an agency's own system, acting as the official to whom the key was issued."""

    def authenticate(self, request: HttpRequest, token: str) -> Acting | None:
        """Give whom the key acts as; None when it is unknown or revoked. Only wrong keys count: a right one always opens."""
        actor = people.actor_of_key(token, timezone.now())
        if actor is None:
            spend(request, KEY)
            return None
        if Power.HANDLE not in actor.powers:
            raise PermissionDenied
        reader.reads_now(Reader(agency=actor.agency, services=actor.services))
        return Acting(actor, under="api")


def acting(request: HttpRequest) -> Acting:
    """Who acts, on a route that a guard let them into."""
    found = getattr(request, "auth", None)
    if not isinstance(found, Acting):
        raise PermissionDenied
    return found


def _by(guard: Callable[[HttpRequest], object]) -> Callable[[HttpRequest], bool]:
    return lambda request: guard(request) is not None


signed_in, signed_in_lately, agency_key = SignedIn(), SignedInLately(), AgencyKey()
open_to_anyone = anyone
for_persons = Rule("signed_in_person_by_api", _by(signed_in))
for_agencies = Rule("agency_by_key", _by(agency_key), powers=frozenset({Power.HANDLE}))
