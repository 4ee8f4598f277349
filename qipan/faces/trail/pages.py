"""The tree for everybody: hashes and signatures, from which nothing about anybody follows. Full tiles may be kept for ever."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from qipan.core import notes, tiles
from qipan.core.notes import VerifierKey
from qipan.core.tiles import Tile
from qipan.faces.look.access import access, anyone
from qipan.faces.trail import qipan_verify
from qipan.ledger import operations, proofs, queries, succession
from qipan.ledger.functions import FUNCTIONS, SIZE

Proved = Callable[[str], list[bytes]]
FOR_EVER = "public, max-age=31536000, immutable"
NEVER = "no-cache"
TEXT = "text/plain; charset=utf-8"
LONGEST_LINE = 1000  # bytes of a cosignature
INDEX = """\
存证 · The trail of {origin}

/trail/how                                    怎样核验 · how to check a receipt
/trail/keys                                   签名公钥 · keys that heads are signed with
/trail/qipan_verify.py                        独立核验程序 · the program that checks receipts and copies
/trail/<sm3|sha256>/successions               更换密钥 · changes of keys, signed by the old and the new
/trail/<sm3|sha256>/checkpoint                最新存证点 · the newest head
/trail/<sm3|sha256>/checkpoint/<size>         某一存证点 · an older head
/trail/<sm3|sha256>/tile/<level>/<number>     树 · the tree: c2sp.org/tlog-tiles
/trail/<sm3|sha256>/proof/inclusion/<leaf>/<size>      在树上的证明 · a leaf is in the tree
/trail/<sm3|sha256>/proof/consistency/<size>/<size>    只增不改的证明 · the tree only grew
POST /trail/<sm3|sha256>/checkpoint/<size>/cosignatures    见证签名 · a witness's signature line
"""


@access(anyone)
@require_safe
def index(_request: HttpRequest) -> HttpResponse:
    """What there is."""
    return _text(INDEX.format(origin=settings.QIPAN_TRAIL_ORIGIN))


@access(anyone)
@require_safe
def keys(_request: HttpRequest) -> HttpResponse:
    """The keys of heads, one a line; before trusting them, compare with what was published elsewhere."""
    return _text("".join(f"{key}\n" for key in queries.verifier_keys()))


@access(anyone)
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """How anybody checks a receipt, with this installation or without it."""
    program = Path(qipan_verify.__file__).read_bytes()
    values = {"origin": settings.QIPAN_TRAIL_ORIGIN, "digest": hashlib.sha256(program).hexdigest()}
    return render(request, "look/how_to_verify.html", values)


@access(anyone)
@require_safe
def verifier(_request: HttpRequest) -> HttpResponse:
    """The program of one file."""
    program = Path(qipan_verify.__file__).read_bytes()
    return HttpResponse(program, content_type="text/x-python; charset=utf-8")


@access(anyone)
@require_safe
def successions(_request: HttpRequest, function: str) -> HttpResponse:
    """How the keys of heads followed each other."""
    return _text(succession.joined(queries.successions(_function(function))))


@access(anyone)
@require_safe
def checkpoint(_request: HttpRequest, function: str, size: int | None = None) -> HttpResponse:
    """A head with the cosignatures that it has so far."""
    name = _function(function)
    head = queries.newest_head(name) if size is None else queries.head_of_size(name, size)
    if head is None:
        raise Http404
    return _text(head.note)


@access(anyone)
@require_safe
def tile(_request: HttpRequest, function: str, level: int, place: str) -> HttpResponse:
    """A tile, full or as far as ``.p/<width>`` says."""
    path, partial, given = place.partition(".p/")
    number, width = tiles.number_in(path), _width(given) if partial else tiles.WIDTH
    if number is None or width is None or level >= tiles.LEVELS:
        raise Http404
    where = Tile(level, number)
    hashes = queries.tiles_by_place(_function(function), [where]).get(where, b"")
    if len(hashes) < width * SIZE:
        raise Http404
    answer = HttpResponse(hashes[: width * SIZE], content_type="application/octet-stream")
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


@access(anyone)
@require_safe
def inclusion(_request: HttpRequest, function: str, leaf: int, size: int) -> HttpResponse:
    """The hashes that lead from a leaf to a root."""
    return _proof(function, size, lambda name: proofs.inclusion(name, leaf, size))


@access(anyone)
@require_safe
def consistency(_request: HttpRequest, function: str, first: int, second: int) -> HttpResponse:
    """The hashes that show that the tree only grew."""
    return _proof(function, second, lambda name: proofs.consistency(name, first, second))


@csrf_exempt  # whoever sends it is known by the signature, not by a session
@access(anyone)
@require_POST
def cosignatures(request: HttpRequest, function: str, size: int) -> HttpResponse:
    """Take a witness's signature line."""
    line = request.read(LONGEST_LINE + 1)
    try:
        with transaction.atomic():
            operations.accept_cosignature(
                function=_function(function),
                size=size,
                line=line.decode(),
                witnesses=known_witnesses(),
                at=timezone.now(),
            )
    except (operations.UnableToCosign, UnicodeDecodeError):
        return HttpResponse(str(operations.UnableToCosign.__doc__), status=422, content_type=TEXT)
    return HttpResponse(status=204)


def known_witnesses() -> list[VerifierKey]:
    """The witnesses whose keys the operator has entered."""
    path = settings.QIPAN_WITNESSES
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [notes.parse_key(line) for line in lines if line.strip() and not line.startswith("#")]


def _proof(function: str, size: int, proved: Proved) -> HttpResponse:
    name = _function(function)
    try:
        hashes = proved(name)
    except IndexError:
        raise Http404 from None
    answer = JsonResponse({"function": name, "size": size, "hashes": [one.hex() for one in hashes]})
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


def _function(name: str) -> str:
    if name not in FUNCTIONS:
        raise Http404
    return name


def _width(given: str) -> int | None:
    fits = given.isascii() and given.isdigit() and given[0] != "0" and int(given) < tiles.WIDTH
    return int(given) if fits else None


def _text(text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=TEXT)
    answer.headers["Cache-Control"] = NEVER
    return answer
