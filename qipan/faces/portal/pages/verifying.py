"""Checking a certificate, for anybody: by its file, or by the code printed on it. Nobody signs in, and nothing is kept."""

from dataclasses import replace

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan import reader
from qipan.catalogue import queries as catalogue
from qipan.certificates import published, queries
from qipan.certificates.checking import Verdict
from qipan.certificates.errors import UnableToCertify
from qipan.certificates.keeping import custody
from qipan.certificates.pages import check_code
from qipan.faces.look.access import access, anyone
from qipan.faces.look.limits import VERIFY, spend
from qipan.faces.look.verdict_words import KINDS, Told, told
from qipan.faces.look.verdicts import LARGEST, verdict_on
from qipan.faces.portal.pages.shell import language, page

STATUS_TYPE = "application/statuslist+jwt"


@access(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a file, and say what it is."""
    if request.method != "POST":
        return _form(request)
    spend(request, VERIFY)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _form(request, _("请选一个文件。"))
    if not sent.size:
        return _form(request, _("文件是空的，请重新选择。"))
    if sent.size > LARGEST:
        return _form(request, _("这个文件超过 8 MB，不会是证照。请选发给您的原文件。"))
    return _shown(request, verdict_on(sent.read()), sent.name or "")


@access(anyone)
@require_safe
def scanned(request: HttpRequest, number: str, code: str = "") -> HttpResponse:
    """What the code on a page leads to: with its check code, all that stands on the page, to compare."""
    spend(request, VERIFY)
    with reader.as_platform():
        found = queries.certificate(number)
    if found is None:
        return page(request, "verify_unknown.html", {"number": number}, here="verify", status=404)
    with_page = constant_time_compare(code, check_code(found.data_sm2))
    if code and not with_page:
        return page(request, "verify_unknown.html", {"number": number}, here="verify", status=404)
    verdict = verdict_on(found.data_sm2.encode())
    return _shown(request, verdict if with_page else replace(verdict, facts=None, withheld=0), "")


@access(anyone)
@require_safe
def status(_request: HttpRequest, number: int) -> HttpResponse:
    """A signed list of which certificates hold, for those who check elsewhere; it says nothing about anybody."""
    try:
        with reader.as_platform():
            token = published.status_token(number, custody(), settings.QIPAN_ADDRESS, timezone.now())
    except UnableToCertify:
        raise Http404 from None
    answer = HttpResponse(token, content_type=STATUS_TYPE)
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer


@access(anyone)
@require_safe
def issuers(_request: HttpRequest) -> HttpResponse:
    """Whom this node believes: each node's signed list of issuers, to check certificates without a network."""
    answer = JsonResponse(published.issuers_document(), json_dumps_params={"ensure_ascii": False})
    answer.headers["Content-Disposition"] = 'attachment; filename="qipan-issuers.json"'
    return answer


def _form(request: HttpRequest, wrong: str = "") -> HttpResponse:
    values = {"told": None, "kind": "", "wrong": wrong, "name": ""}
    return page(request, "verify.html", values, here="verify", status=400 if wrong else 200)


def _shown(request: HttpRequest, verdict: Verdict, name: str) -> HttpResponse:
    spoken = language(request)
    words: Told = told(verdict, catalogue.current_library(), spoken)
    kind = KINDS[verdict.kind][not spoken.startswith("zh")] if verdict.readable else ""
    values = {"told": words, "kind": kind, "wrong": "", "name": name}
    return page(request, "verify.html", values, here="verify")
