"""`qipan key`: issued once, listed by number, revoked."""

from django.utils import timezone

from qipan.agencies.models import Agency
from qipan.people import queries
from tests.cli.conftest import Run

POLICE = "330106002.public_security"


def test_a_key_opens_its_agency_until_it_is_revoked(db: None, run: Run) -> None:
    Agency.objects.create(
        code=POLICE, kind="public_security", level="township", division="330106002", name_zh="派出所"
    )
    issued = run(
        "key", "issue", POLICE, "--label", "户政系统", "--service", "household_registration"
    ).output.strip()
    actor = queries.actor_of_key(issued, timezone.now())
    assert actor is not None
    assert (actor.agency, actor.services) == (POLICE, ("household_registration",))
    number, label, state = run("key", "list", POLICE).output.strip().split("\t")
    assert (label, state.startswith("since")) == ("户政系统", True)
    assert issued not in run("key", "list", POLICE).output
    run("key", "revoke", number)
    assert queries.actor_of_key(issued, timezone.now()) is None
    assert "revoked" in run("key", "list", POLICE).output


def test_an_agency_that_is_not_there_gets_no_key(db: None, run: Run) -> None:
    assert "330106002.magic" in run("key", "issue", "330106002.magic", "--label", "x", exit_code=1).output
