"""The home of what is measured, beside the demo's: entering it comes before everything that reads settings."""

import os
from pathlib import Path

from qipan.site.setup import set_up


def home() -> Path:
    """Where the measured platform lives."""
    return Path(os.environ.get("QIPAN_BENCH_HOME", ".qipan/bench")).absolute()


def enter() -> None:
    """Have this process and its children use the home's own database, whatever else is configured."""
    os.environ["QIPAN_HOME"] = str(home())
    for name in ("DATABASE_URL", "QIPAN_OWNER_URL", "QIPAN_LIBRARY", "QIPAN_REGISTERS"):
        os.environ.pop(name, None)
    os.environ |= {
        "QIPAN_LIMITS": "off",
        "QIPAN_CONFIRMED": "1",
        "QIPAN_PATIENCE": "1",
        "QIPAN_TEST_CLUSTERS": str(home() / "clusters"),
    }
    set_up()
