"""What a plan saves, and what it costs where it costs more."""

from qipan.core.plan import Saving
from qipan.core.planner import Knowledge, make_plan
from tests.core.planner.board import EVENT, library, resource, service


def savings(days: int) -> dict[str, Saving]:
    """Those of one service of a day, one of whose fields is looked up in so many days."""
    board = library(
        {"card": service("mother.name mother.colour", visits=(0, 1))},
        resources={"slow": resource("m.id -> m.name", days=days)},
    )
    return dict(make_plan(board, EVENT, Knowledge()).savings)


def test_what_is_saved_is_the_difference() -> None:
    assert savings(0)["fields"] == Saving(2, 1)
    assert savings(0)["fields"].saved == 1
    assert savings(0)["working_days"].saved == 0


def test_look_ups_that_take_days_are_counted_though_the_plan_then_takes_longer() -> None:
    slow = savings(4)
    assert slow["working_days"] == Saving(1, 5)
    assert slow["working_days_statutory"] == Saving(1, 5)
    assert slow["working_days"].saved == -4


def test_more_visits_are_not_hidden() -> None:
    assert savings(0)["visits"].saved == -1
