"""Run the claims: ``python -m bench [FILE …]`` where FILE is a module's name, all of them by default."""

import sys
from collections.abc import Iterator
from importlib import import_module

from rich.console import Console
from rich.table import Table

from bench.claims import Claim, machine
from bench.home import enter

FILES = ("planner", "submission", "million_cases", "ledger", "exchange")


def main() -> None:
    """Measure, print a JSON line for each claim as it comes, and end with a table; exit 1 if a claim does not hold."""
    enter()
    claims = []
    for claim in _measured(sys.argv[1:] or FILES):
        print(claim.as_json(), flush=True)
        claims.append(claim)
    Console(stderr=True).print(_table(claims))
    sys.exit(any(claim.holds is False for claim in claims))


def _measured(names: list[str] | tuple[str, ...]) -> Iterator[Claim]:
    for name in names:
        # What it measures needs Django's settings, which are read once the home is entered.
        yield from import_module(f"bench.{name}").measure()


def _table(claims: list[Claim]) -> Table:
    table = Table("claim", "figure", "limit", "beside", "ratio", "holds", title=machine())
    for claim in claims:
        sign = "≤" if claim.at_most else "≥"
        table.add_row(
            claim.name,
            f"{claim.value:,.4g} {claim.unit}",
            f"{sign} {claim.limit:,.4g}" if claim.limit is not None else "",
            f"{claim.beside:,.4g} {claim.beside_what}" if claim.beside else "",
            f"{claim.ratio:.2f}" if claim.ratio else "",
            {True: "yes", False: "NO", None: ""}[claim.holds],
        )
    return table


if __name__ == "__main__":
    main()
