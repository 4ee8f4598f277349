"""Opening a sealed OFD: what is in it, what the seal covers, and which of its parts are not as they were sealed.

It is read with bounds, as anybody may send one: so many bytes, so many files, XML without entities.
"""

import base64
import binascii
import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple
from xml.parsers import expat

from qipan.adapters.papers.ofd import (
    DATA,
    NAMESPACE,
    PAGE,
    PICTURE,
    SEAL,
    SEALING,
    SIGNATURE,
    SM3,
    digest,
    packed,
)
from qipan.adapters.papers.seal_signatures import NotASeal, Sealing, read_sealing

LARGEST = 8 * 1024 * 1024  # bytes of all files together
MOST_FILES = 200
DEEPEST = 40
PARTS: Mapping[str, str] = {
    PAGE: "page",
    PICTURE: "page",
    DATA: "data",
    SEAL: "seal-picture",
    "OFD.xml": "description",
}
"""What the parts are to people; any other is ``part``."""


class NotAnOfd(Exception):
    """This is no OFD document that can be read, or none that is sealed."""


class OpenedOfd(NamedTuple):
    """A sealed document; ``changed`` names, as in ``PARTS``, what is not as it was sealed, each with its file."""

    sealing: Sealing
    data: str
    changed: tuple[tuple[str, str], ...]


class _Listed(NamedTuple):
    method: str
    references: Mapping[str, bytes]


def open_ofd(content: bytes) -> OpenedOfd:
    """Open a document and hold each part against what was sealed; raises NotAnOfd."""
    files = _unpacked(content)
    try:
        listed = files[SIGNATURE]
        sealing = read_sealing(files[SEALING])
        references = _references(listed)
    except (KeyError, NotASeal):
        raise NotAnOfd from None
    changed = [*_changed(files, references)]
    if sealing.digest != digest(listed) or references.method != SM3:
        changed.append(("seal", SIGNATURE))
    if not changed and packed(files) != content:
        changed.append(("container", ""))
    data = files.get(DATA, b"").decode(errors="replace")
    return OpenedOfd(sealing, data, tuple(changed))


def _changed(files: Mapping[str, bytes], listed: _Listed) -> list[tuple[str, str]]:
    """The parts whose digest is another, that are gone, or that came afterwards."""
    beside = {SIGNATURE, SEALING}
    odd = [name for name, value in listed.references.items() if digest(files.get(name, b"")) != value]
    new = sorted(files.keys() - listed.references.keys() - beside)
    return [*((PARTS.get(name, "part"), name) for name in odd), *(("added", name) for name in new)]


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = {one.filename for one in members}
            if (
                sum(one.file_size for one in members) > LARGEST
                or not len(names) == len(members) <= MOST_FILES
            ):
                raise NotAnOfd
            return {one.filename: _member(archive, one) for one in members if not one.is_dir()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        raise NotAnOfd from None


def _member(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """The bytes of a file, whatever its checksum says: what is wrong with them the seal tells better."""
    with archive.open(one) as opened:
        opened._expected_crc = None  # type: ignore[attr-defined]  # noqa: SLF001 -- zipfile has no other way
        found = opened.read(LARGEST + 1)
    if len(found) > LARGEST:
        raise NotAnOfd
    return found


def _references(listed: bytes) -> _Listed:
    """Which file has which digest, as the list in ``Signature.xml`` says; raises NotAnOfd."""
    reader = _ListReader()
    try:
        reader.parser.Parse(listed, True)
        references = {
            name.lstrip("/"): base64.b64decode(value, validate=True) for name, value in reader.found
        }
    except (expat.ExpatError, binascii.Error, ValueError):
        raise NotAnOfd from None
    if not references or len(references) != len(reader.found):
        raise NotAnOfd
    return _Listed(reader.method, references)


class _ListReader:
    """Reads the references; a document type, which alone may hold entities, is refused."""

    def __init__(self) -> None:
        self.method = ""
        self.found: list[tuple[str, str]] = []
        self._depth, self._file, self._text = 0, "", ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._take

    def _refuse(self, *_: object) -> None:
        raise ValueError

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError
        self._text = ""
        if name == f"{NAMESPACE} References":
            self.method = attributes.get("CheckMethod", "")
        elif name == f"{NAMESPACE} Reference":
            self._file = attributes.get("FileRef", "")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == f"{NAMESPACE} CheckValue":
            self.found.append((self._file, self._text))

    def _take(self, text: str) -> None:
        self._text += text
