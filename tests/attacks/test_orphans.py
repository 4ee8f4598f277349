"""Whatever is killed, nothing that it started stays behind: not the site with its workers, nor the worker, nor the registers."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import psutil
import pytest

from qipan.faces.cli.run.children import STOP_SECONDS
from tests.attacks.stage import ROOT, Stage
from tests.ports import free_port

START_SECONDS = 240
END_SECONDS = 12 * STOP_SECONDS
FAMILY = """
import sys
from qipan.site.setup import set_up
set_up()
from qipan.faces.cli.run.children import Family
from qipan.faces.cli.run.demo import _children
family = Family(_children(int(sys.argv[1]), int(sys.argv[2])))
family.start()
family.watch()
"""


class Parent:
    """What `qipan demo` does once everything is prepared, on the database of the stage."""

    def __init__(self, stage: Stage) -> None:
        self.port = free_port()
        environment = os.environ | {"QIPAN_HOME": str(stage.home)}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-c", FAMILY, str(self.port), str(free_port())]
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment)
        self.process = psutil.Process(self._process.pid)
        self.wait()

    def wait(self) -> None:
        """Wait until pages are served."""
        end = time.monotonic() + START_SECONDS
        while not self._serves():
            assert time.monotonic() < end
            time.sleep(0.2)

    def descendants(self) -> list[psutil.Process]:
        found: list[psutil.Process] = self.process.children(recursive=True)
        return found

    def site(self) -> psutil.Process:
        return next(one for one in self.process.children() if "qipan.site.server" in one.cmdline())

    def end(self) -> None:
        """Leave nothing behind, whatever the test found."""
        left = self.descendants() if self.process.is_running() else []
        for one in (*left, self.process):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait()

    def _serves(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/api/events", trust_env=False).is_success
        except httpx.TransportError:
            return False


@pytest.fixture
def parent(stage: Stage) -> Iterator[Parent]:
    one = Parent(stage)
    yield one
    one.end()


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all ended, with time for a busy machine."""
    return not psutil.wait_procs(processes, timeout=END_SECONDS)[1]


def test_all_end_with_a_parent_that_is_killed(parent: Parent) -> None:
    family = parent.descendants()
    names = " ".join(word for one in family for word in one.cmdline())
    assert all(name in names for name in ("qipan.site.server", "worker", "qipan.sample.register_service"))
    assert len(family) >= 5, "the site has workers of its own"
    parent.process.kill()
    assert gone(family)


def test_a_site_that_is_killed_leaves_no_worker_beside_the_next(parent: Parent) -> None:
    first = parent.site()
    family = [first, *first.children(recursive=True)]
    first.kill()
    assert gone(family)
    parent.wait()
    assert parent.site().pid != first.pid
