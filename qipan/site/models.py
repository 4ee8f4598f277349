"""Makes Django see the tables of every capability; each model there says `app_label = "qipan"`."""

from importlib import import_module
from importlib.util import find_spec

from qipan.site.capabilities import CAPABILITIES

for _capability in CAPABILITIES:
    if find_spec(f"qipan.{_capability}.models"):
        import_module(f"qipan.{_capability}.models")
