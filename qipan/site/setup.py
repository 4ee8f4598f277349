"""What every entry point does first: name the settings, have the database up, load the app."""

import atexit
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from django.conf import settings

from qipan import reader
from qipan.adapters import embedded_postgres
from qipan.site import environment


def name_settings() -> None:
    """Let what reads settings read them, where no database is needed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.site.settings")


def is_installed_here() -> bool:
    """Whether there is an installation to ask: a database is named, or the home folder holds one."""
    home = Path(environment.text("QIPAN_HOME", ".qipan"))
    return settings.configured or bool(environment.text("DATABASE_URL", "")) or (home / "postgres").exists()


def name_settings_without_home() -> None:
    """Name the settings for whoever has no installation; what they make and keep goes with the process."""
    if not is_installed_here():
        home = TemporaryDirectory(prefix="qipan-")
        atexit.register(home.cleanup)
        environment.put("QIPAN_HOME", home.name)
    name_settings()


def set_up(*, for_visitors: bool = False) -> None:
    """Make Django usable in this process; starts the embedded PostgreSQL where no DATABASE_URL replaces it.

    A process ``for_visitors`` reads nobody's rows but those of whoever each request is from; others read as the platform.
    """
    name_settings()
    reader.process_is(reader.NOBODY if for_visitors else reader.PLATFORM)
    embedded = embedded_postgres.url(settings.QIPAN_HOME, role=embedded_postgres.PLATFORM)
    if embedded == settings.DATABASE_URL:
        embedded_postgres.ensure_running(settings.QIPAN_HOME)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    django.setup()
