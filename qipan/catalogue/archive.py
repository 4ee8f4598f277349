"""A library's files packed into one value and back: the same files give the same bytes."""

import io
import zipfile
from collections.abc import Mapping

from qipan.catalogue.library import LoadedLibrary, load_files

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # no time of ours may change the bytes


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files by name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            member = zipfile.ZipInfo(name, LONG_AGO)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return packed.getvalue()


def load_packed(packed: bytes) -> LoadedLibrary:
    """Load a library from its packed files; positions name them as they were packed."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return load_files({name: archive.read(name) for name in archive.namelist()})
