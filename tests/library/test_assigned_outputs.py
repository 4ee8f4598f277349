"""What services give by their own rules must pass the checks of what they give."""

from datetime import date
from itertools import count

import pytest

from qipan.applications.outputs import Situation, failures, outputs
from tests.library.estimates import library

DAY = date(2025, 11, 3)
GIVING = sorted(
    name
    for name, service in library().services.items()
    if any(output.assign is not None and not output.assign.fields for output in service.gives)
)


@pytest.mark.parametrize("name", GIVING)
def test_outputs_by_rule_pass_their_checks(name: str) -> None:
    service = library().services[name]
    serial = count(1)
    given = outputs(Situation(service, {}, {}, "330106", DAY), {}, lambda _scope: next(serial))
    by_rule = {output.field for output in service.gives if output.when is None and output.assign is not None}
    assert {field for field in by_rule if field in given.values}
    assert failures(given.values, service, library(), DAY) == ()
