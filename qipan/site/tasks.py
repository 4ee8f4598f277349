"""Makes procrastinate see the tasks of every capability."""

from importlib.util import find_spec

from qipan.site.capabilities import CAPABILITIES

TASK_MODULES = [name for name in (f"qipan.{one}.tasks" for one in CAPABILITIES) if find_spec(name)]
