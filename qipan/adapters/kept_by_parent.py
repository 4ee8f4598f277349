"""Runs a module as a program that ends with its parent, however that ends: `python -m qipan.adapters.kept_by_parent PIPE MODULE …`.

PIPE is the number of an open file: the reading end of a pipe whose writing end only the parent has. When the parent is gone, even by
`kill -9`, the system closes it. The program should lead a process group, which is asked to end as a whole, and then made to.
"""

import os
import runpy
import signal
import sys
import threading
import time

STOP_SECONDS = 10


def keep(pipe: int) -> None:
    """End this process group once the parent is gone."""
    threading.Thread(target=_watch, args=(pipe,), name="parent", daemon=True).start()


def _watch(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    pipe, module = int(sys.argv[1]), sys.argv[2]
    keep(pipe)
    sys.argv[:3] = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
