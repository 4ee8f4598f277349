"""Receipts for the person: of each act in an application of theirs, and of each use of their data. Plain links, plain files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from qipan.applications.queries import form_of
from qipan.catalogue import queries as catalogue
from qipan.core.declarations import Library
from qipan.exchange.subjects import about
from qipan.faces.look.access import access, in_own_right, signed_in_person
from qipan.faces.look.actors import the_acting
from qipan.faces.look.receipts import JSON, receipt_of
from qipan.faces.portal.pages.applications import the_application
from qipan.faces.portal.pages.shell import page
from qipan.faces.portal.receipt_views import receipt_lines, subjects_of
from qipan.ledger import queries as ledger
from qipan.people import queries as people
from qipan.watch import queries
from qipan.watch.queries import Teller


@access(signed_in_person)
@require_safe
def receipts(request: HttpRequest, number: str) -> HttpResponse:
    """Every act of an application, each with its receipt."""
    detail, titles = the_application(request, number)
    found = ledger.entries_about(list(subjects_of(detail)))
    values = {
        "number": number,
        "title": titles.event.title.say(titles.language),
        "lines": receipt_lines(found, detail, titles),
    }
    return page(request, "receipts.html", values, here="mine")


@access(signed_in_person)
@require_safe
def receipt(request: HttpRequest, number: str, entry: int) -> HttpResponse:
    """The receipt of one act of an application of theirs."""
    detail, _titles = the_application(request, number)
    if not any(one.id == entry for one in ledger.entries_about(list(subjects_of(detail)))):
        raise Http404
    return receipt_of(entry)


@access(signed_in_person)
@require_safe
def form(request: HttpRequest, number: str) -> HttpResponse:
    """What they sent, byte for byte as the receipt of the submission has its digest; whoever gets both can compare them."""
    detail, _titles = the_application(request, number)
    written = form_of(detail.id)
    if written is None:
        raise Http404
    answer = HttpResponse(written, content_type=JSON)
    answer.headers["Content-Disposition"] = f'attachment; filename="qipan-form-{number}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@access(in_own_right)
@require_safe
def use_receipt(request: HttpRequest, entry: int) -> HttpResponse:
    """The receipt of one use of their data."""
    reader = teller(the_acting(request).applicant, catalogue.current_library())
    if not queries.is_told(reader, entry):
        raise Http404
    return receipt_of(entry)


def teller(person: int, library: Library) -> Teller:
    """Who is told of the uses of their data."""
    found = people.person(person)
    number = found.id_number if found else ""
    return Teller(person, about(number), catalogue.untold_days_in(library))
