"""The same input gives the same plan, byte for byte, in every process."""

import json
import os
import subprocess
import sys
from pathlib import Path

from qipan.core.planner import Knowledge, check_library, make_plan, plan_as_dict, problem_as_dict
from tests.core.planner.board import EVENT, conditional, document, f, fs, library, resource, service, use

ROOT = Path(__file__).parents[3]
SCRIPT = "from tests.core.planner.test_same_bytes import everything; print(everything())"


def everything() -> str:
    """Plans and problems of a library in which much is tied, doubted and missing."""
    board = library(
        {
            "birth": service(
                [
                    "child.name",
                    "father.name",
                    "father.region",
                    ("child.why", "mother.a == 'yes' or father.b == 'yes'"),
                ],
                gives="child.number child.page",
                optional="father",
                issues="paper",
            ),
            "card": service("child.number mother.phone mother.region", gives="child.card"),
            "ring_a": service("child.rb child.rc", gives="child.ra"),
            "ring_b": service("child.ra", gives="child.rb child.rc"),
            "lost": service("child.secret mother.secret"),
            "proof": service(documents={"d": document("certificate:paper", "facts:father.name", "upload")}),
        },
        parties="mother father child",
        whens={"father": "child.recorded == 'yes'"},
        relations=["spouse(mother, father) when mother.married == 'yes'"],
        resources={
            "population": resource("p.id -> p.name p.region p.married"),
            "twin": resource("p.id -> p.region p.married"),
            "marriage": resource("spouse(a, b): a.id -> b.id b.name"),
            "clinic": conditional("p.id -> p.phone"),
        },
        certificates={"paper": "child.number child.name"},
        uses=[use(name) for name in ("birth", "card", "ring_a", "ring_b", "lost", "proof")],
        silent="secret",
        burdens={"ra": 3, "rb": 1, "rc": 2},
    )
    knowledge = [
        Knowledge(),
        Knowledge(assumed={f("mother.married"): "yes", f("child.recorded"): "yes", f("father.b"): "no"}),
        Knowledge(
            facts=dict.fromkeys(fs("mother.id mother.married child.recorded mother.a"), "yes"),
            without=frozenset({"marriage", "twin"}),
            refused=frozenset({"birth"}),
        ),
    ]
    plans = [plan_as_dict(make_plan(board, EVENT, one)) for one in knowledge]
    return json.dumps([plans, [problem_as_dict(one) for one in check_library(board)]], ensure_ascii=False)


def test_no_seed_of_hashing_changes_a_byte() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**environment, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
    assert outputs == {f"{everything()}\n".encode()}
