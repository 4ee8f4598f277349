"""Where private keys rest: whoever signs names a key and gets a signature, and never the key.

Files, or a module of PKCS#11 (`module_custody`), behind one interface.
"""

from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import uuid4

from qipan.adapters.seals import key_files
from qipan.adapters.seals.keys import PrivateKey, PublicKey, Suite, generate


class NoSuchKey(Exception):
    """There is no key of this name in custody: it was never made here, or its file is gone."""


class Kept(NamedTuple):
    """A key in custody: its name there, and what everybody may know of it."""

    name: str
    public: PublicKey


class Custody(Protocol):
    """Keeps private keys."""

    def make(self, suite: Suite) -> Kept:
        """Make a key that nobody has seen."""

    def key(self, name: str, suite: Suite) -> PrivateKey:
        """What signs with a key; raises NoSuchKey."""


class FileCustody:
    """Keeps each key in a file of mode 600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, PrivateKey] = {}

    def make(self, suite: Suite) -> Kept:
        """Make a key in a file of its own."""
        name, key = f"{uuid4().hex}-{suite}", generate(suite)
        key_files.write(self._folder / f"{name}.pem", key)
        return Kept(name, key.public)

    def key(self, name: str, suite: Suite) -> PrivateKey:
        """Read a key, once for this process; raises NoSuchKey, and KeyIsOpen where others could read it."""
        if name not in self._read:
            path = self._folder / f"{name}.pem"
            if not path.exists():
                raise NoSuchKey(f"{path}: {NoSuchKey.__doc__}")
            self._read[name] = key_files.read_or_make(path, suite)
        return self._read[name]
