"""Who runs programs on a node: one process that has Django set up, and runs what it is given, one program after another."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

AT_WORK = """
import io, json, sys, traceback
from qipan.site.setup import set_up
set_up()
from django.db import connections
asked, answers = sys.stdin, sys.stdout
for line in asked:
    program, said = json.loads(line)
    sys.stdin, sys.stdout = io.StringIO(said), io.StringIO()
    wrong = ""
    try:
        exec(program, {"__name__": "__main__"})
    except Exception:
        wrong = traceback.format_exc()
    connections.close_all()
    print(json.dumps([wrong, sys.stdout.getvalue()]), file=answers, flush=True)
"""


class Operator:
    """A process that takes a program and its input as a line, and gives what the program printed; it comes to work when first asked."""

    def __init__(self, environment: Mapping[str, str], folder: Path, log: Path) -> None:
        self._environment, self._folder, self._log = environment, folder, log
        self._process: subprocess.Popen[str] | None = None

    def run(self, program: str, said: object) -> Any:
        """Run a program, and give the last line that it printed, read as JSON."""
        process = self._at_work()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps([program, json.dumps(said)]) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, self._log.read_text(errors="replace")[-3000:]
        wrong, printed = json.loads(answer)
        assert not wrong, wrong[-3000:]
        return json.loads(printed.splitlines()[-1])

    def leave(self) -> None:
        """End the process; it has nothing in hand."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _at_work(self) -> "subprocess.Popen[str]":
        if self._process is None:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", AT_WORK], env=dict(self._environment), cwd=self._folder, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                )  # fmt: skip
        return self._process
