"""The embedded PostgreSQL, tried for real: shared, killed, stopped, and in awkward places."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from qipan.adapters import embedded_postgres
from qipan.adapters.embedded_postgres import UnableToRunPostgres, create_database, ensure_running, stop

START = "import sys; from pathlib import Path; from qipan.adapters.embedded_postgres import ensure_running; \
print(ensure_running(Path(sys.argv[1])))"
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="Only root runs PostgreSQL as another account.")


def remove(home: Path) -> None:
    stop(home)
    place = (home / "postgres").resolve()
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(home)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that any account may enter, as most are."""
    folder = Path(tempfile.mkdtemp(prefix="qipan-home-"))
    folder.chmod(0o755)
    yield folder
    remove(folder)


@pytest.fixture
def running(home: Path) -> str:
    return ensure_running(home)


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=120)


def test_answers_with_its_promises_kept(running: str) -> None:
    assert ask(running, "SELECT current_database()") == "qipan"
    assert ask(running, "SHOW fsync") == "on"
    assert ask(running, "SHOW synchronous_commit") == "on"
    assert ask(running, "SHOW data_checksums") == "on"
    assert ask(running, "SHOW listen_addresses") == ""
    assert ask(running, "SHOW server_encoding") == "UTF8"
    assert ask(running, "SELECT lower('ÄÉ') || length('棋盘')") == "äé2"


def test_nobody_else_may_enter_its_folder(home: Path, running: str) -> None:
    assert (home / "postgres").stat().st_mode & 0o077 == 0
    assert ask(running, "SELECT 1") == 1


def test_the_url_is_known_before_it_runs(home: Path) -> None:
    assert embedded_postgres.url(home) == ensure_running(home)


def test_starting_again_changes_nothing(home: Path, running: str) -> None:
    first = postmaster(home)
    assert ensure_running(home) == running
    assert postmaster(home) == first


def test_processes_that_race_share_one_cluster(home: Path) -> None:
    command = [sys.executable, "-c", START, str(home)]
    racing = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {one.communicate()[0].strip() for one in racing}
    assert answers == {embedded_postgres.url(home)}
    assert ask(answers.pop(), "SELECT count(*) FROM pg_database WHERE datname = 'qipan'") == 1


def test_a_running_cluster_without_the_platforms_role_gets_it(home: Path, running: str) -> None:
    with psycopg.connect(running) as owner:
        owner.execute("DROP ROLE qipan_platform")
    ensure_running(home)
    platform = embedded_postgres.url(home, role=embedded_postgres.PLATFORM)
    assert (
        ask(
            platform,
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user",
        )
        is False
    )


def test_outlives_the_process_that_started_it(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, str(home)], capture_output=True, text=True, check=True
    )
    assert ask(done.stdout.strip(), "SELECT 1") == 1


def test_recovers_after_its_server_is_killed(home: Path, running: str) -> None:
    with psycopg.connect(running) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(postmaster(home))
    assert (home / "postgres" / "data" / "postmaster.pid").exists()
    assert ask(ensure_running(home), "SELECT answer FROM kept") == 42


def test_recovers_when_another_program_has_got_its_number(home: Path) -> None:
    ensure_running(home)
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    kill(postmaster(home))
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert ask(ensure_running(home), "SELECT 1") == 1


def test_begins_again_after_a_crash_while_the_cluster_was_made(home: Path) -> None:
    ensure_running(home)
    stop(home)
    (home / "postgres" / "data" / "PG_VERSION").unlink()
    assert ask(ensure_running(home), "SELECT 1") == 1


def test_stops_when_asked_and_starts_again(home: Path, running: str) -> None:
    stop(home)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(running)
    stop(home)
    assert ask(ensure_running(home), "SELECT 1") == 1


def test_makes_further_databases_once(home: Path, running: str) -> None:
    register = create_database(home, "公安-register")
    assert create_database(home, "公安-register") == register != running
    assert ask(register, "SELECT current_database()") == "公安-register"


def test_a_home_with_a_long_path(home: Path) -> None:
    deep = home / ("深" * 40) / ("d" * 60)
    url = ensure_running(deep)
    assert ask(url, "SELECT 1") == 1
    remove(deep)


@ROOT_ONLY
def test_a_home_that_only_root_may_enter(home: Path) -> None:
    home.chmod(0o700)
    closed = home / "below"
    assert ask(ensure_running(closed), "SELECT 1") == 1
    assert (closed / "postgres").resolve().is_relative_to("/var/lib/qipan")
    assert home.stat().st_mode & 0o077 == 0, "other people's folders stay as closed as they were"
    home.chmod(0o755)
    assert ask(ensure_running(closed), "SELECT 1") == 1
    remove(closed)


def test_says_what_is_wrong_when_it_cannot_start(home: Path) -> None:
    ensure_running(home)
    stop(home)
    control = home / "postgres" / "data" / "global" / "pg_control"
    control.rename(control.with_suffix(".gone"))
    with pytest.raises(UnableToRunPostgres, match="pg_control"):
        ensure_running(home)
