"""The planner: from declarations and knowledge to a plan; docs/handbook/planner.md tells how.

``make_plan`` is the way in. Nothing here reads a clock, a file or a database.
"""

from qipan.core.planner.check import check_library
from qipan.core.planner.explain import (
    Explanation,
    affected,
    concerns,
    demands_on,
    explain,
    explain_wait,
    provenance_of,
    visible_fields,
)
from qipan.core.planner.ground import UnableToPlan
from qipan.core.planner.knowledge import Knowledge
from qipan.core.planner.make import make_plan
from qipan.core.planner.serial import plan_as_dict, problem_as_dict, reason_as_dict

__all__ = [
    "Explanation",
    "Knowledge",
    "UnableToPlan",
    "affected",
    "check_library",
    "concerns",
    "demands_on",
    "explain",
    "explain_wait",
    "make_plan",
    "plan_as_dict",
    "problem_as_dict",
    "provenance_of",
    "reason_as_dict",
    "visible_fields",
]
