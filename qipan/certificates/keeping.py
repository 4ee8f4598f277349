"""Where the keys of this installation's issuers rest: in files, or in a module of PKCS#11 that ``QIPAN_KEYS`` names."""

from importlib import import_module

from django.conf import settings

from qipan.adapters.seals.custody import Custody, FileCustody

FILES = "files"
MODULE = "qipan.adapters.seals.module_custody"  # its package is an extra
_custody: dict[tuple[str, str], Custody] = {}


def custody() -> Custody:
    """Give it, the same for this whole process."""
    place, folder = settings.QIPAN_KEYS, settings.QIPAN_HOME / "keys" / "issuers"
    known = (place, str(folder))
    if known not in _custody:
        files = FileCustody(folder)
        _custody[known] = files if place == FILES else import_module(MODULE).in_module(place, files)
    return _custody[known]
