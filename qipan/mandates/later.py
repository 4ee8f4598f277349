"""Having both sides of a mandate told what became of it, in the transaction of the act itself."""

from collections.abc import Collection
from enum import StrEnum

from qipan import records

QUEUE = "mandates"
TASK = "qipan.mandates.tasks.tell"
JOB = f"""
ROW('{QUEUE}', '{TASK}', 0, NULL, NULL, jsonb_build_object('mandate', %(mandate)s::bigint, 'became', %(became)s::text,
  'side', side), NULL)::procrastinate_job_to_defer_v1
"""
DEFER = f"SELECT procrastinate_defer_jobs_v1(ARRAY(SELECT {JOB} FROM unnest(%(sides)s::text[]) AS side))"


class Became(StrEnum):
    """What people are told of; a mandate that takes another's place is told of as given."""

    GIVEN = "given"
    ACCEPTED = "accepted"
    USED = "used"
    ENDED = "ended"


class Side(StrEnum):
    """Who is told; for an enterprise, its legal representative is."""

    PRINCIPAL = "principal"
    AGENT = "agent"


BOTH = (Side.PRINCIPAL, Side.AGENT)


def tell_later(mandate: int, became: Became, sides: Collection[Side] = BOTH) -> None:
    """Have a worker tell these sides."""
    records.execute(DEFER, {"mandate": mandate, "became": became, "sides": list(sides)})
