"""Large answers: scans that the hospitals hold, and the grant under which the city may look them up."""

from collections.abc import Sequence

import httpx
import psycopg

from qipan.core.grants import Grant
from tests.exchange.two_nodes import TwoNodes, grant

MEGABYTE = 1024 * 1024


def of_scans(megabytes: int = 12) -> Grant:
    """A grant for answers of so many megabytes."""
    return grant(resource="scans", fields=("mother.scan",), answer=megabytes * MEGABYTE)


def hold(nodes: TwoNodes, sizes: Sequence[int]) -> None:
    """Have the hospitals hold a scan of so many characters for each of the first mothers."""
    with psycopg.connect(nodes.register) as connection:
        for mother, size in zip(nodes.mothers, sizes, strict=False):
            connection.execute(
                "INSERT INTO scans VALUES (%s, repeat('0123456789abcdef', %s))", (mother, size // 16)
            )


def asked(nodes: TwoNodes, mother: str) -> dict[str, object]:
    """What the city's platform asks its gateway for a scan."""
    return nodes.wanted(
        resource="scans", keys={"mother.id_number": mother}, fields=["mother.scan"], case=nodes.made["case"]
    )


def scan(nodes: TwoNodes, mother: str) -> httpx.Response:
    """Look a scan up."""
    return nodes.ask(**asked(nodes, mother))
