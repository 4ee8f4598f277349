"""Documents that people send, and see again."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from qipan.applications import queries
from qipan.applications.operations.uploads import LARGEST
from qipan.faces.look.access import access, signed_in_person
from qipan.faces.look.actors import the_acting

DOCUMENT = "document"  # begins the name of a file's control; the service and the document follow


class Sent(NamedTuple):
    """A document as it came with a form."""

    service: str
    evidence: str
    filename: str
    content: bytes


def sent_documents(request: HttpRequest) -> Iterator[Sent]:
    """The documents that came with a form; no more of each is read than is needed to see that it is too large."""
    for name, sent in request.FILES.items():
        match name.split(" "):
            case [kind, service, evidence] if kind == DOCUMENT and isinstance(sent, UploadedFile):
                yield Sent(service, evidence, sent.name or "", sent.read(LARGEST + 1))


@access(signed_in_person)
@require_safe
def upload(request: HttpRequest, upload: UUID) -> HttpResponse:
    """A document of their own, shown by the browser and never run: it may hold anything."""
    found = queries.upload_content(upload, the_acting(request).applicant)
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(found.filename)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
