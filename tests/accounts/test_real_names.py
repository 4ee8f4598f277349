"""Who somebody is: asked of the population register, once, and never guessed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.utils import timezone

from qipan.accounts import operations, queries
from qipan.accounts.errors import UnableToConfirm
from qipan.accounts.hall_codes import LASTS, VISIT, hall_code, is_hall_code
from qipan.accounts.models import Account
from qipan.adapters.notices import FileNotices
from qipan.applications.errors import NotKnownWell
from qipan.applications.models import Call, Draft
from qipan.applications.operations import start_draft
from qipan.catalogue import queries as catalogue
from qipan.core.assurance import Assurance
from qipan.ledger.models import Entry
from qipan.people.actors import Acting, Actor
from qipan.people.models import Person
from tests.accounts.newcomer import DEAD, NEWCOMER, OTHERS_PHONE, PHONE, Phone, browser, real_name, register
from tests.cast import MOTHER, Cast

Count = Callable[[int], AbstractContextManager[None]]


def level() -> int:
    return Account.objects.get(phone=f"+86{PHONE}").level


def test_a_phone_alone_opens_no_pages_about_a_person_and_the_way_back_is_kept(newcomer: Client) -> None:
    answer = newcomer.get("/applications/?page=2")
    assert answer.headers["Location"] == "/account/real-name/?next=%2Fapplications%2F%3Fpage%3D2"
    assert real_name(newcomer, next="/applications/?page=2").headers["Location"] == "/applications/?page=2"
    assert newcomer.get("/applications/").status_code == 200


def test_the_register_is_asked_for_the_name_and_nothing_else_and_that_is_told(newcomer: Client) -> None:
    real_name(newcomer)
    call = Call.objects.get()
    assert set(call.fields) == {"person.name", "person.death_date"}
    assert call.subjects == [Person.objects.get(id_number=NEWCOMER).id]
    assert "网络安全法" in call.legal_basis
    page = newcomer.get("/data-uses/").content.decode()
    assert "核验本人实名" in page
    assert "人口信息" in page


def test_a_name_that_is_not_the_number_s_is_refused_and_on_record(newcomer: Client) -> None:
    page = real_name(newcomer, "陈辰").content.decode()
    assert "对不上" in page
    assert level() == 1
    assert Entry.objects.filter(act="check_identity").exists()


@pytest.mark.parametrize("number", ["330106198501011218", "1", "33010619850101121x"])
def test_a_number_with_a_wrong_digit_is_not_asked_about(newcomer: Client, number: str) -> None:
    assert "18 位" in real_name(newcomer, number=number).content.decode()
    assert not Entry.objects.filter(act="check_identity").exists()


def test_the_dead_have_no_accounts(newcomer: Client) -> None:
    assert "已经注销" in real_name(newcomer, "陈老", DEAD).content.decode()
    assert level() == 1


def test_a_register_that_is_down_is_not_the_person_s_fault(newcomer: Client, settings: object) -> None:
    settings.QIPAN_REGISTERS.parent.joinpath("drop", "population.csv").unlink()  # type: ignore[attr-defined]
    assert "查不通" in real_name(newcomer).content.decode()
    assert level() == 1


def test_a_person_has_one_account(newcomer: Client, box: FileNotices) -> None:
    real_name(newcomer)
    second = browser()
    register(second, Phone(box, OTHERS_PHONE))
    assert "已经有账号" in real_name(second).content.decode()
    assert Account.objects.get(phone=f"+86{OTHERS_PHONE}").person is None


def test_an_account_stays_its_person_s(newcomer: Client) -> None:
    real_name(newcomer)
    assert "不能换人" in real_name(newcomer, "王芳", MOTHER).content.decode()
    assert Account.objects.get().person == Person.objects.get(id_number=NEWCOMER)


def test_a_name_that_changed_in_the_register_is_brought_up_to_date(
    newcomer: Client, settings: object
) -> None:
    real_name(newcomer)
    register_file = settings.QIPAN_REGISTERS.parent / "drop" / "population.csv"  # type: ignore[attr-defined]
    register_file.write_text(register_file.read_text().replace("陈晨", "陈曦"))
    assert "对不上" in real_name(newcomer, "陈晨").content.decode()
    assert real_name(newcomer, "陈曦").status_code == 302
    assert Person.objects.get(id_number=NEWCOMER).name == "陈曦"


def test_a_page_costs_an_account_no_more_statements_than_a_sample_resident(
    newcomer: Client, assert_query_count: Count
) -> None:
    real_name(newcomer)
    with assert_query_count(3):
        newcomer.get("/applications/")


def test_what_asks_for_more_leads_to_the_hall_and_back(newcomer: Client, strict: None) -> None:
    real_name(newcomer)
    answer = newcomer.post("/events/birth/start/")
    assert answer.headers["Location"] == "/account/level/?next=%2Fevents%2Fbirth%2F"
    page = newcomer.get(answer.headers["Location"]).content.decode()
    assert "/events/birth/" in page
    assert not Draft.objects.exists()
    account = Account.objects.get()
    code = hall_code(account.id, timezone.now())
    assert f"{code[:4]} {code[4:]}" in page


@pytest.fixture
def strict(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the services asks for applicants who were seen in person."""
    library = catalogue.library(cast.version)
    service = library.services["household_registration"]
    object.__setattr__(service, "assurance", int(Assurance.IN_PERSON))


def at_the_window(cast: Cast, person: int) -> Acting:
    return Acting(cast.clerk.actor, on_behalf_of=person, under="asked-in-person")


def confirm(acting: Acting, code: str, number: str = PHONE) -> int:
    with transaction.atomic():
        return operations.confirm_in_person(acting=acting, phone=f"+86{number}", code=code, at=timezone.now())


def test_a_clerk_who_sees_person_and_account_raises_it(cast: Cast, newcomer: Client, strict: None) -> None:
    real_name(newcomer)
    account = Account.objects.get()
    confirm(at_the_window(cast, account.person_id or 0), hall_code(account.id, timezone.now()))
    assert level() == Assurance.IN_PERSON
    answer = newcomer.post("/events/birth/start/")
    assert "/drafts/" in answer.headers["Location"]


def passkey() -> Authenticator:
    kind, kept = Authenticator.Type.WEBAUTHN, {"name": "我的手机", "credential": {}}
    made: Authenticator = Authenticator.objects.create(user=Account.objects.get(), type=kind, data=kept)
    return made


def test_a_passkey_added_elsewhere_is_not_bound_and_may_be_removed_outside_any_page(newcomer: Client) -> None:
    real_name(newcomer)
    assert "hall" not in passkey().data
    Authenticator.objects.all().delete()
    assert newcomer.get("/account/").status_code == HTTPStatus.FOUND, "everybody is signed out"


def test_a_passkey_added_at_the_hall_is_bound_there(cast: Cast, newcomer: Client) -> None:
    real_name(newcomer)
    account = Account.objects.get()
    confirm(at_the_window(cast, account.person_id or 0), hall_code(account.id, timezone.now()))
    assert "核验好了" in newcomer.get("/account/level/?next=/events/birth/").content.decode()
    assert passkey().data["hall"]
    assert Entry.objects.filter(act="bind_passkey_at_hall").count() == 1
    assert newcomer.get("/account/level/?next=/events/birth/").headers["Location"] == "/events/birth/"
    assert "在窗口加的" in newcomer.get("/account/").content.decode()


def test_who_left_the_hall_binds_nothing_there_by_proving_the_name_again(
    cast: Cast, newcomer: Client
) -> None:
    real_name(newcomer)
    account = Account.objects.get()
    confirm(at_the_window(cast, account.person_id or 0), hall_code(account.id, timezone.now()))
    Account.objects.update(level_at=timezone.now() - VISIT - timedelta(minutes=1))
    real_name(newcomer)
    assert level() == Assurance.IN_PERSON
    assert "hall" not in passkey().data
    assert newcomer.get("/account/level/?next=/events/birth/").status_code == 302


def test_whoever_took_a_name_loses_it_to_the_person_at_the_hall(
    cast: Cast, newcomer: Client, box: FileNotices
) -> None:
    impostor, number = newcomer, Account.objects.get().id
    real_name(impostor)
    person = Account.objects.get().person_id or 0
    rightful = browser()
    register(rightful, Phone(box, OTHERS_PHONE))
    account = Account.objects.get(phone=f"+86{OTHERS_PHONE}")
    confirm(at_the_window(cast, person), hall_code(account.id, timezone.now()), OTHERS_PHONE)
    assert rightful.get("/applications/").status_code == 200
    assert impostor.get("/applications/").headers["Location"].startswith("/sign-in/")
    released = queries.account(number)
    assert released is not None
    assert (released.person, released.level) == (None, 1)


def test_an_old_code_a_person_alone_and_another_s_account_are_refused(cast: Cast, newcomer: Client) -> None:
    real_name(newcomer)
    account = Account.objects.get()
    person = account.person_id or 0
    good = hall_code(account.id, timezone.now())
    old = hall_code(account.id, timezone.now() - 3 * LASTS)
    for acting, code in (
        (at_the_window(cast, person), old),
        (at_the_window(cast, person), "00000000" if good != "00000000" else "11111111"),
        (at_the_window(cast, cast.mother_id), good),
        (Acting(Actor("person", person)), good),
    ):
        with pytest.raises(UnableToConfirm):
            confirm(acting, code)
    assert level() == Assurance.REAL_NAME


def test_a_code_holds_until_the_next_one_is_old(cast: Cast) -> None:
    now = timezone.now()
    assert is_hall_code(hall_code(7, now), 7, now + LASTS)
    assert not is_hall_code(hall_code(7, now), 7, now + 2 * LASTS + timedelta(seconds=1))
    assert not is_hall_code(hall_code(7, now), 8, now)


def test_the_operation_itself_asks_for_the_level(cast: Cast, strict: None) -> None:
    person = cast.mother_id
    acting = Acting(Actor("person", person, level=Assurance.REAL_NAME))
    with pytest.raises(NotKnownWell):
        start_draft(acting=acting, person=person, event="birth", at=timezone.now())
