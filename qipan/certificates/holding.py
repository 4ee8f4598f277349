"""Who holds certificates: whoever applied, those whom they are about; and who does no more."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from qipan import reader, records
from qipan.certificates.gathering import NamedHolder

APPLICANT = "applicant"
# Each once: as the party that they are, and as the applicant where they are none.
HOLD = f"""
INSERT INTO certificate_holders (certificate, subject, capacity)
SELECT DISTINCT ON (certificate, subject) certificate, subject, capacity FROM (
  SELECT certificate, subject, capacity, 1
  FROM unnest(%(places)s::bigint[], %(numbers)s::text[], %(capacities)s::text[]) AS named (certificate, subject, capacity)
  UNION ALL SELECT c.id, p.id_number, '{APPLICANT}', 2 FROM certificates c JOIN persons p ON p.id = c.holder
  WHERE c.id = ANY(%(certificates)s)) AS one (certificate, subject, capacity, place)
ORDER BY certificate, subject, place
"""
LET_GO = """
UPDATE certificate_holders o SET ended_at = %(at)s FROM certificates c
WHERE c.number = %(number)s AND o.certificate = c.replaces AND o.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM certificate_holders n WHERE n.certificate = c.id AND n.subject = o.subject)
"""
# What a former holder showed is theirs to show no more.
TAKE_BACK = """
UPDATE certificate_showings s SET withdrawn_at = %(at)s FROM certificates c, certificate_holders o, persons p
WHERE c.number = %(number)s AND o.certificate = c.replaces AND o.ended_at IS NOT NULL AND p.id_number = o.subject
  AND s.certificate = o.certificate AND s.holder = p.id AND s.withdrawn_at IS NULL
"""


def hold(named: Mapping[int, Sequence[NamedHolder]]) -> None:
    """Keep who holds certificates, by their places: those who are named, and who applied; one statement for all."""
    rows = [(place, one.number, one.capacity) for place, every in named.items() for one in every]
    places, numbers, capacities = ([row[at] for row in rows] for at in range(3))
    asked = {"certificates": list(named), "places": places, "numbers": numbers, "capacities": capacities}
    records.execute_prepared(HOLD, asked)


def let_go(*, number: str, at: datetime) -> None:
    """Of the certificate that this one replaces, keep only its holders: from others it is gone, and what they showed of it."""
    asked = {"number": number, "at": at}
    if records.execute(LET_GO, asked):
        with reader.as_platform():
            records.execute(TAKE_BACK, asked)
