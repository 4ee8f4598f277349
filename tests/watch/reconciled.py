"""Having a real node compare its records with its peers', as its worker does."""

from typing import Any

from tests.exchange.nodes import RunningNode

LATER = 25  # minutes, so that windows of now are over and their grace too
RECONCILE = """
import json, sys
from qipan.site.setup import set_up
set_up()
from datetime import timedelta
from django.utils import timezone
from qipan.watch import queries
from qipan.watch.tasks import reconcile_once
said = json.load(sys.stdin)
met = reconcile_once(timezone.now() + timedelta(minutes=said["minutes"]))
from qipan.watch.models import Finding
found = [[one.kind, one.subject, one.facts] for one in Finding.objects.order_by("raised_at")]
print(json.dumps({"met": [[one.peer, one.met, one.new, one.silent] for one in met], "found": found}))
"""


def reconcile(node: RunningNode, minutes: int = LATER) -> dict[str, Any]:
    """What came of it, so many minutes from now: by peer, and all that was ever found."""
    return dict(node.run(RECONCILE, {"minutes": minutes}))
