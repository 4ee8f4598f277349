"""Where the keys of this installation's issuers rest."""

from django.conf import settings

from qipan.adapters.seals.custody import FileCustody

_custody: dict[str, FileCustody] = {}


def custody() -> FileCustody:
    """Give it, the same for this whole process."""
    folder = settings.QIPAN_HOME / "keys" / "issuers"
    return _custody.setdefault(str(folder), FileCustody(folder))
