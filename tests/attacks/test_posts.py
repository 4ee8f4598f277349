"""Officials under attack: powers after a leave, posts given to oneself, two duties, no second factor, planted sessions."""

import secrets
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from qipan.accounts.models import Account, AccountSession
from qipan.accounts.queries import digest_of
from qipan.accounts.session_store import _factor_shown
from qipan.core.posts import APART, FACTOR_HOLDS, Power
from qipan.faces.look.actors import OFFICIAL, SEAT
from qipan.people import operations as people
from qipan.people.models import Official
from qipan.posts import operations
from qipan.posts.errors import ByAManager, KeptApart, NoColleague, NotReady, NotTheirs, Themselves
from qipan.posts.models import Leave, Tenure
from tests import cast as play
from tests.cast import AGENCIES, MONDAY, Cast
from tests.posts_cast import acting_as, away, hold

HOSPITAL, HEALTH = AGENCIES["hospital"], AGENCIES["health"]
DAY = timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def nurse(cast: Cast) -> int:
    return cast.official("hospital").actor.id


def official(name: str, *powers: Power, agency: str = HOSPITAL) -> int:
    return people.appoint_official(agency=agency, name=name, post=name, powers=powers, at=MONDAY, sample=True)


def desk(number: int, **more: object) -> Client:
    client = Client()
    session = client.session
    session[OFFICIAL] = number
    session.update(more)
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


# Powers after the end of a leave, and before it


def test_whoever_stood_in_has_nothing_before_and_nothing_after(nurse: int) -> None:
    other, now = official("同事", Power.REQUESTER), timezone.now()
    tenure = Tenure.objects.get(official_id=nurse)
    seat = f"{tenure.post_id}.{nurse}"
    past = away(tenure, now - 3 * DAY, now - DAY, other)
    away(tenure, now + DAY, now + 3 * DAY, other)
    assert desk(other, **{SEAT: seat}).get("/desk/").status_code == 403
    assert desk(nurse).get("/desk/").status_code == 200
    assert acting_as(other, now - 2 * DAY, seat).handles(HOSPITAL, "birth_certificate")
    assert not acting_as(other, now, seat).handles(HOSPITAL, "birth_certificate")
    with pytest.raises(IntegrityError), transaction.atomic():
        Leave.objects.filter(id=past.id).update(ends=now + DAY)


def test_a_post_that_ended_ends_what_was_lent_of_it(nurse: int) -> None:
    other, now = official("同事", Power.REQUESTER), timezone.now()
    tenure = Tenure.objects.get(official_id=nurse)
    away(tenure, now - DAY, now + DAY, other)
    client = desk(other, **{SEAT: f"{tenure.post_id}.{nurse}"})
    assert client.get("/desk/").status_code == 200
    operations.end_tenure(acting=acting_as(official("管理员", Power.MANAGER), now), tenure=tenure.id, at=now)
    assert client.get("/desk/").status_code == 403


def test_anothers_seat_in_ones_session_is_not_taken(cast: Cast, nurse: int) -> None:
    strange = Tenure.objects.get(official_id=cast.official("health").actor.id)
    for seat in (f"{strange.post_id}", f"{strange.post_id}.{strange.official_id}", "x", "0"):
        assert (
            "health"
            not in desk(nurse, **{SEAT: seat}).get("/desk/own").content.decode().partition("<main")[2]
        )
        assert desk(nurse).post("/desk/own/seat", {"seat": seat}).status_code == 404


# Posts given to oneself


def test_nobody_gives_themselves_a_post_or_confirms_what_they_gave(nurse: int) -> None:
    manager, now = official("管理员", Power.MANAGER), timezone.now()
    acting, other = acting_as(manager, now), official("外来", Power.HANDLE, agency=HEALTH)
    post = operations.make_post(acting=acting, title="管理岗", powers=[Power.MANAGER], services=[], at=now)
    give = {"acting": acting, "post": post, "begins": now, "ends": None, "at": now}
    with pytest.raises(Themselves):
        operations.give_post(official=manager, **give)  # type: ignore[arg-type]
    assert not operations.give_post(official=other, **give)  # type: ignore[arg-type]
    tenure = Tenure.objects.get(post=post)
    for who in (manager, other):
        with pytest.raises((Themselves, NotTheirs)):
            operations.confirm_tenure(acting=acting_as(who, now), tenure=tenure.id, at=now)
    assert not acting_as(other, now).actor.powers & {Power.MANAGER}


def test_the_database_refuses_it_too(nurse: int) -> None:
    post, now = Tenure.objects.get(official_id=nurse).post, timezone.now()
    manager, second = official("管理员", Power.MANAGER), official("管理员乙", Power.MANAGER)
    new = {"official_id": nurse, "post": post, "given_at": now, "begins": now}
    for by in (
        {"given_by": nurse, "confirmed_at": now},
        {"given_by": manager, "confirmed_by": manager, "confirmed_at": now},
        {"given_by": manager, "confirmed_by": nurse, "confirmed_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tenure.objects.create(**new, **by)
    tenure = Tenure.objects.create(**new, given_by=manager, confirmed_by=second, confirmed_at=now)
    for change in (
        {"official_id": manager},
        {"given_by": None},
        {"begins": now - DAY},
        {"confirmed_by": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tenure.objects.filter(id=tenure.id).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        tenure.delete()


def test_a_manager_of_another_agency_changes_nothing_here(nurse: int) -> None:
    stranger, now = official("外面的管理员", Power.MANAGER, agency=HEALTH), timezone.now()
    tenure = Tenure.objects.get(official_id=nurse)
    client = desk(stranger)
    for address in (
        f"/desk/posts/{tenure.post_id}/give", f"/desk/posts/held/{tenure.id}/end", f"/desk/posts/held/{tenure.id}/away",
        f"/desk/posts/held/{tenure.id}/confirm", f"/desk/own/{tenure.id}/leave", "/desk/own/leaves/1/end",
    ):  # fmt: skip
        typed = {"official": stranger, "begins": timezone.localdate().isoformat()}
        assert client.post(address, typed).status_code == 404, address
    with pytest.raises(NotTheirs):
        operations.end_tenure(acting=acting_as(stranger, now), tenure=tenure.id, at=now)


# Two duties


def test_the_database_knows_the_same_powers_to_be_apart(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT one, other FROM powers_apart")
        known = {frozenset(map(Power, pair)) for pair in cursor.fetchall()}
    assert known == APART


def test_nobody_gets_a_second_duty_by_a_post_or_by_standing_in(nurse: int) -> None:
    auditor, now = official("审计员", Power.AUDITOR), timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(nurse, HOSPITAL, Power.MANAGER)
    with pytest.raises(IntegrityError), transaction.atomic():
        away(Tenure.objects.get(official_id=auditor), now, now + DAY, nurse)
    manager = acting_as(official("管理员", Power.MANAGER), now)
    tenure = Tenure.objects.get(official_id=nurse)
    leave = {"acting": manager, "tenure": tenure.id, "begins": now, "ends": now + DAY, "at": now}
    with pytest.raises(KeptApart):
        operations.take_leave(substitute=auditor, **leave)  # type: ignore[arg-type]
    with pytest.raises(Themselves):
        operations.take_leave(substitute=nurse, **leave)  # type: ignore[arg-type]


def test_whoever_holds_a_post_of_weight_does_not_choose_who_stands_in(cast: Cast) -> None:
    approver, now = official("审批员", Power.APPROVER), timezone.now()
    colleague, outsider = official("同事", Power.SERVE), cast.official("health").actor.id
    tenure = Tenure.objects.get(official_id=approver)
    leave = {"tenure": tenure.id, "begins": now, "ends": now + DAY, "at": now}
    with pytest.raises(ByAManager):
        operations.take_leave(acting=acting_as(approver, now), substitute=colleague, **leave)  # type: ignore[arg-type]
    manager = acting_as(official("管理员", Power.MANAGER), now)
    with pytest.raises(NoColleague):
        operations.take_leave(acting=manager, substitute=outsider, **leave)  # type: ignore[arg-type]
    operations.take_leave(acting=manager, substitute=colleague, **leave)  # type: ignore[arg-type]
    with pytest.raises(NotReady):
        operations.end_tenure(acting=manager, tenure=_ended(manager, tenure.id), at=now)


def _ended(manager: object, tenure: int) -> int:
    operations.end_tenure(acting=manager, tenure=tenure, at=timezone.now() - DAY)  # type: ignore[arg-type]
    return tenure


# No second factor, and planted sessions


def account_of(cast: Cast, nurse: int) -> Account:
    """The nurse is an official of their own account now, and no sample."""
    Official.objects.filter(id=nurse).update(sample=False, person_id=cast.mother_id)
    return Account.objects.create(
        phone="+8613900000009", phone_verified=True, person_id=cast.mother_id, level=2, created_at=MONDAY
    )


def device(account: Account, shown: timedelta | None = None) -> Client:
    """A device on which the account is signed in, where a second factor was shown so long ago, or never."""
    key, now = secrets.token_urlsafe(32), timezone.now()
    AccountSession.objects.create(
        digest=digest_of(key),
        account=account,
        content="",
        created_at=now,
        seen_at=now,
        expires_at=now + DAY,
        second_factor_at=None if shown is None else now - shown,
    )
    client = Client()
    client.cookies[settings.ACCOUNT_COOKIE] = key
    return client


def test_without_a_second_factor_no_desk_opens(cast: Cast, nurse: int) -> None:
    account = account_of(cast, nurse)
    opened = device(account, timedelta(minutes=1))
    assert opened.get("/desk/").status_code == 200
    for shut in (device(account), device(account, FACTOR_HOLDS)):
        for address in ("/desk/", "/desk/own", "/desk/pool/"):
            assert shut.get(address).headers["Location"].startswith("/desk/sign-in")
        assert "/mfa/" not in shut.get("/desk/sign-in").content.decode()
        assert "/account/again/second/" in shut.get("/desk/sign-in").content.decode()
    assert opened.get("/desk/").status_code == 200


def test_a_password_or_a_recovery_code_is_no_second_factor() -> None:
    at = timezone.now().timestamp()
    assert _factor_shown([{"method": "password", "at": at}]) is None
    assert _factor_shown([{"method": "mfa", "type": "recovery_codes", "at": at}]) is None
    assert _factor_shown([{"method": "mfa", "type": "totp", "at": at}]) is not None
    assert _factor_shown([{"method": "mfa", "type": "webauthn", "at": at}]) is not None


def test_a_real_officials_number_in_a_session_opens_nothing(cast: Cast, nurse: int) -> None:
    account = account_of(cast, nurse)
    assert desk(nurse).get("/desk/").headers["Location"].startswith("/desk/sign-in")
    client = desk(cast.official("health").actor.id)  # planted before they signed in with their account
    client.cookies[settings.ACCOUNT_COOKIE] = device(account).cookies[settings.ACCOUNT_COOKIE].value
    assert client.get("/desk/").headers["Location"].startswith("/desk/sign-in")
    assert desk(nurse).post("/desk/sign-in", {"official": str(nurse)}).status_code == 404


def test_signing_in_leaves_nothing_of_a_planted_session(cast: Cast, nurse: int) -> None:
    client = desk(cast.clerk.actor.id, served_person_id=cast.mother_id, planted="yes", **{SEAT: "1"})
    assert client.post("/desk/sign-in", {"official": str(nurse)}).status_code == 302
    assert {*client.session.keys()} <= {OFFICIAL, SEAT, "_csrftoken"}
    assert client.session[OFFICIAL] == nurse


def test_whoever_is_out_of_office_is_out_at_once(cast: Cast, nurse: int) -> None:
    opened, now = device(account_of(cast, nurse), timedelta(minutes=1)), timezone.now()
    assert opened.get("/desk/").status_code == 200
    manager = acting_as(official("管理员", Power.MANAGER), now)
    operations.end_tenure(acting=manager, tenure=Tenure.objects.get(official_id=nurse).id, at=now)
    assert opened.get("/desk/").headers["Location"].startswith("/desk/sign-in")
    assert (
        "还没有岗位" in opened.get("/desk/sign-in", headers={"accept-language": "zh-hans"}).content.decode()
    )


def test_at_the_portal_an_official_is_a_person(cast: Cast, nurse: int) -> None:
    client = device(account_of(cast, nurse), timedelta(minutes=1))
    assert client.get("/applications/").status_code == 200
    number = play.running(cast).number
    assert client.get(f"/applications/{number}/").status_code == 200
