"""An empty database in the home of what is measured."""

import psycopg
from django.db import connections

from bench.home import home
from qipan.adapters import embedded_postgres
from qipan.site import rights


def database() -> None:
    """Make it anew, with the platform's tables."""
    empty()
    rights.migrate()


def empty() -> None:
    """Make it anew, without any."""
    embedded_postgres.ensure_running(home())
    for each in connections.all():
        each.close()
        each.close_pool()  # type: ignore[attr-defined]
    with psycopg.connect(embedded_postgres.url(home(), "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {embedded_postgres.OWNER} WITH (FORCE)")
    embedded_postgres.create_database(home(), embedded_postgres.OWNER)
