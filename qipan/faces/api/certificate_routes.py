"""Checking a certificate, for anybody's program: on the router that is open to everyone."""

from django.http import HttpRequest
from ninja import File, Schema
from ninja.files import UploadedFile

from qipan.catalogue import queries as catalogue
from qipan.faces.api.open_routes import router
from qipan.faces.look.limits import VERIFY, spend
from qipan.faces.look.verdict_words import told
from qipan.faces.look.verdicts import LARGEST, verdict_on


class FindingOut(Schema):
    """Something that is wrong; the codes are in the handbook. ``part`` and ``name`` say what was changed."""

    code: str
    part: str
    name: str
    sentence: str


class PairOut(Schema):
    """A title with what it says."""

    title: str
    value: str


class VerdictOut(Schema):
    """What can be said of a file; ``holds`` is true where it is genuine and in force now."""

    kind: str
    genuine: bool
    holds: bool
    said: str
    issuer: str | None
    number: str | None
    findings: list[FindingOut]
    about: list[PairOut]
    facts: list[PairOut]
    withheld: int


@router.post(
    "/certificates/verify",
    response=VerdictOut,
    summary="Check a certificate: PDF, OFD or data; it is not kept",
)
def verify(request: HttpRequest, file: File[UploadedFile]) -> VerdictOut:
    spend(request, VERIFY)
    verdict = verdict_on(file.read(LARGEST + 1))
    words = told(verdict, catalogue.current_library(), str(getattr(request, "LANGUAGE_CODE", "zh-hans")))
    number = (verdict.claims or {}).get("number")
    return VerdictOut(
        kind=verdict.kind,
        genuine=verdict.genuine,
        holds=verdict.holds,
        said=words.title,
        issuer=verdict.issuer.agency if verdict.issuer else None,
        number=str(number) if number else None,
        findings=[
            FindingOut(code=one.code, part=one.part, name=one.name, sentence=sentence)
            for one, sentence in zip(verdict.findings, words.findings, strict=True)
        ],
        about=[PairOut(title=title, value=value) for title, value in words.about],
        facts=[PairOut(title=title, value=value) for title, value in words.facts],
        withheld=words.withheld,
    )


__all__ = ["router"]
