"""Under which of several grants a call goes."""

from dataclasses import replace
from datetime import timedelta

from qipan.exchange.queries import HeldGrant
from qipan.faces.gateway.known import by_resource
from tests.core.test_grants import GRANT


def test_of_several_grants_alike_the_newest_is_used() -> None:
    newer = replace(GRANT, id="f" * 36, begins=GRANT.begins + timedelta(days=1))
    held = [HeldGrant(one.id, one, {}, one.begins, None, "") for one in (GRANT, newer)]  # type: ignore[arg-type]
    assert [one.grant for one in by_resource(held)[GRANT.resource]] == [newer, GRANT]
    assert by_resource(reversed(held)) == by_resource(held)
