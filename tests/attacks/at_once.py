"""Acts that begin at the same moment, each in a transaction and on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection, transaction

Act = Callable[[], object]


def at_once(*acts: Act, atomic: bool = True) -> list[object]:
    """Run all at once; give what each gave, or the error that it raised."""
    start = Barrier(len(acts))

    def run(act: Act) -> object:
        start.wait(timeout=120)
        try:
            if not atomic:
                return act()
            with transaction.atomic():
                return act()
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
