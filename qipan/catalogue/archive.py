"""A library's files packed into one value and back: the same files give the same bytes."""

import io
import zipfile
from pathlib import Path

from qipan.catalogue.library import LoadedLibrary, load_files

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # no time of ours may change the bytes


def pack(folder: Path) -> bytes:
    """Pack the YAML files below a folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for pattern in ("*.yaml", "*.yml") for path in folder.rglob(pattern)):
            member = zipfile.ZipInfo(path.relative_to(folder).as_posix(), LONG_AGO)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, path.read_bytes())
    return packed.getvalue()


def load_packed(packed: bytes) -> LoadedLibrary:
    """Load a library from its packed files; positions name them as they were packed."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return load_files({name: archive.read(name) for name in archive.namelist()})
