"""The secret that signs sessions: given in the environment, or made once and kept in the home folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def read_or_make(path: Path) -> str:
    """The key in this file, made first if missing; readable by its owner only, and the same for processes that race."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was a moment faster
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
