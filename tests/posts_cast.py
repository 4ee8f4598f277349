"""Posts for people of the cast, as the platform would enter them."""

from collections.abc import Collection
from datetime import UTC, datetime

from qipan.core.posts import Power
from qipan.people import queries
from qipan.people.actors import Acting
from qipan.posts.models import Leave, Post, Tenure
from tests.cast import MONDAY

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def hold(
    official: int,
    agency: str,
    *powers: Power,
    title: str = "岗位",
    services: Collection[str] = (),
    begins: datetime | None = None,
    ends: datetime | None = None,
) -> Tenure:
    """Let an official hold a post of an agency."""
    named = {"agency": agency, "title": title, "services": [*services], "powers": sorted(map(str, powers))}
    post, _ = Post.objects.get_or_create(**named, defaults={"made_at": MONDAY})
    return Tenure.objects.create(
        official_id=official, post=post, begins=begins, ends=ends, given_at=MONDAY, confirmed_at=MONDAY
    )


def away(tenure: Tenure, begins: datetime, ends: datetime, substitute: int | None = None) -> Leave:
    """Let the holder of a post be away."""
    return Leave.objects.create(
        tenure=tenure,
        begins=begins,
        ends=ends,
        substitute_id=substitute,
        given_by=tenure.official_id,
        given_at=MONDAY,
    )


def out_of_office(official: int) -> None:
    """Let every post of an official have ended long ago."""
    Tenure.objects.filter(official_id=official, ends=None).update(ends=LONG_AGO)


def acting_as(official: int, at: datetime = MONDAY, seat: str = "") -> Acting:
    """As whom an official acts at a moment."""
    actor = queries.actor_of_official(official, at, seat)
    assert actor
    return Acting(actor)
