"""Private keys in files that their owner alone may read."""

import os
from contextlib import suppress
from pathlib import Path

from qipan.adapters.seals.keys import PrivateKey, Suite, generate, private_key

PRIVATE = 0o600
OTHERS = 0o077


class KeyIsOpen(Exception):
    """Others may read this private key: take their rights to the file away (mode 600), and consider a new key."""


def read_or_make(path: Path, suite: Suite) -> PrivateKey:
    """Read the key in this file, made first if missing; the same for processes that race.

    Raises KeyIsOpen and Malformed.
    """
    if not path.exists():
        write(path, generate(suite))
    if path.stat().st_mode & OTHERS:
        raise KeyIsOpen(f"{path}: {KeyIsOpen.__doc__}")
    return private_key(suite, path.read_bytes())


def write(path: Path, key: PrivateKey) -> None:
    """Store a key, unless the file is there already."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.pem())
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was a moment faster
        path.hardlink_to(draft)
    draft.unlink()
