"""Signing in and out: by an account, or, in the demo, as a synthetic resident whom one chooses."""

import re
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from qipan.core.masking import masked
from qipan.faces.look.access import access, anyone
from qipan.faces.look.actors import PERSON
from qipan.faces.look.actors import sign_in as begin_session
from qipan.faces.look.actors import sign_out as end_session
from qipan.faces.look.kept import forget
from qipan.faces.look.limits import SEARCH, SIGN_IN, spend
from qipan.faces.look.preferences import safe_next
from qipan.faces.portal.pages.shell import language, page
from qipan.people import queries as people
from qipan.people.rows import PersonRow

SHOWN = 24
SENSITIVE = 3
NUMBER = re.compile(r"[0-9]{1,18}")


class Resident(NamedTuple):
    """A synthetic resident to choose."""

    id: int
    name: str
    id_number: str
    story: str


@access(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Go to the account pages, or choose a synthetic resident, and go on to where one was going."""
    if request.method == "POST":
        return _choose(request)
    query = request.GET.get("q", "").strip()[:40]
    if query:
        spend(request, SEARCH)
    found = people.sample_persons(query, SHOWN)
    if not found and not query:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': safe_next(request)})}")
    residents = [_resident(person, language(request)) for person in found]
    values = {"people": residents, "query": query, "next": safe_next(request)}
    return page(request, "sign_in.html", values)


@access(anyone)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave."""
    end_session(request)
    response = HttpResponseRedirect("/")
    response.delete_cookie(settings.ACCOUNT_COOKIE, samesite="Lax")
    forget(request, response)
    return response


def _choose(request: HttpRequest) -> HttpResponse:
    spend(request, SIGN_IN)
    number = request.POST.get("person", "")
    person = people.person(int(number)) if NUMBER.fullmatch(number) else None
    if person is None or not person.sample:
        raise Http404
    begin_session(request, PERSON, person.id)
    return HttpResponseRedirect(safe_next(request))


def _resident(person: PersonRow, language: str) -> Resident:
    story = person.story_zh if language.startswith("zh") else person.story_en or person.story_zh
    return Resident(person.id, person.name, masked(person.id_number, SENSITIVE), story)
