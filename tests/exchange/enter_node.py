"""Prepares the database of one node, in a process of its own; prints what it made as JSON.

Reads from its input: the folder of the library, the list of nodes and the grants, each with its signatures, and whether the cast lives here.
"""

import json
import sys
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from qipan.adapters.seals import Suite, public_key
from qipan.applications import operations as applications
from qipan.catalogue.operations import publish_library
from qipan.exchange import operations as exchange
from qipan.exchange.operations import Signed
from qipan.site import rights
from tests import cast as play


def main() -> None:
    """Enter everything."""
    said = json.load(sys.stdin)
    rights.migrate()
    at = timezone.now()
    made: dict[str, str] = {}
    if said["cast"]:
        made = _cast(Path(said["library"]))
    else:
        with transaction.atomic():
            publish_library(folder=Path(said["library"]), at=at)
    with transaction.atomic():
        nodes = said["nodes"]
        exchange.accept_node_list(
            document=nodes["document"].encode(),
            signed=_signed(nodes["signed"]),
            trusted=public_key(Suite.SM2, bytes.fromhex(said["trusted"])),
            at=at,
        )
        for grant in said["grants"]:
            exchange.issue_grant(
                document=grant["document"].encode(),
                signatures={party: _signed(one) for party, one in grant["signatures"].items()},
                at=at,
            )
    print(json.dumps(made))


def _signed(said: list[str]) -> Signed:
    return Signed(said[0], bytes.fromhex(said[1]))


def _cast(library: Path) -> dict[str, Any]:
    """The mother with a form in hand, one that was handed in, and its case at the hospital."""
    cast = play.enter(library)
    submitted = play.running(cast)
    with transaction.atomic():
        draft = applications.start_draft(
            acting=cast.mother, person=cast.mother_id, event="birth", at=play.MONDAY
        )
        applications.consent(acting=cast.mother, draft=draft, resources=play.RESOURCES, at=play.MONDAY)
    case = play.case_of(submitted.application, "birth_certificate").id
    waiting = play.case_of(submitted.application, "social_card").id
    return {
        "draft": f"draft:{draft}",
        "application": f"application:{submitted.application}",
        "case": f"case:{case}",
        "waiting": f"case:{waiting}",
        "mother": str(cast.mother_id),
    }
