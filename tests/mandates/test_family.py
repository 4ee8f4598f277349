"""A father gives his retirement to his daughter, and takes it back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from qipan.applications import operations as applications
from qipan.applications import queries as reads
from qipan.applications.errors import NotCovered, NotTheirs
from qipan.applications.models import Application, Case
from qipan.applications.rows import Filed
from qipan.core.mandates import Standing
from qipan.ledger.models import Entry
from qipan.mandates import queries
from qipan.mandates.errors import (
    EndsWrongly,
    NothingInScope,
    NotInOwnRight,
    NotTheirMandate,
    ToOneself,
    UnknownAgent,
)
from qipan.people import operations as people
from qipan.people.actors import Acting
from tests import acting as play
from tests.acting import DAUGHTER, FATHER, OWNER, Company
from tests.cast import MONDAY

TODAY = timezone.localdate(MONDAY)


def test_a_mandate_counts_once_its_agent_accepts(company: Company) -> None:
    mandate = play.offered(company.father, DAUGHTER, ["retirement"])
    (waiting,) = queries.held_by(company.daughter.actor.id, TODAY)
    assert waiting.standing(TODAY) is Standing.OFFERED
    play.accept(company.daughter, mandate)
    (held,) = queries.held_by(company.daughter.actor.id, TODAY)
    assert (held.standing(TODAY), held.events) == (Standing.IN_FORCE, ("retirement",))
    assert (held.principal_name, held.agent_name) == ("方建国", "方小雨")


def test_the_form_is_the_principals(company: Company) -> None:
    daughter = play.given(company.father, company.daughter, DAUGHTER, ["retirement"])
    draft = play.begun(daughter)
    form = reads.form(draft, company.father.actor.id, "zh-hans", TODAY)
    assert form
    known = {one.field: one for one in form.known}
    assert known["retiree.name"].shown == "方建国"
    assert reads.form(draft, company.daughter.actor.id, "zh-hans", TODAY) is None


def test_every_act_records_both(company: Company) -> None:
    daughter = play.given(company.father, company.daughter, DAUGHTER, ["retirement"])
    assert daughter.mandate
    number = play.sent(daughter)
    application = Application.objects.get(number=number)
    assert (application.person, application.mandate) == (company.father.actor.id, daughter.mandate.id)
    entry = Entry.objects.get(subject=f"application:{application.id}", act="submit_application")
    assert (entry.actor, entry.on_behalf_of) == (company.daughter.actor.id, company.father.actor.id)
    assert entry.details["under"] == f"family-mandate:{daughter.mandate.id}"


def test_the_desk_is_told_who_sent_it_for_the_applicant(company: Company) -> None:
    daughter = play.given(company.father, company.daughter, DAUGHTER, ["retirement"])
    assert daughter.mandate
    case = Case.objects.get(application__number=play.sent(daughter))
    official = company.cast.official("human_resources").actor
    view = reads.case_for_official(case.id, official, "zh-hans", TODAY)
    assert view
    assert view.filed == Filed("方小雨", f"family-mandate:{daughter.mandate.id}")
    assert [one.actor for one in view.history if one.act == "open_case"] == ["方小雨"]
    own = Case.objects.get(application__number=play.sent(company.father))
    shown = reads.case_for_official(own.id, official, "zh-hans", TODAY)
    assert shown
    assert shown.filed is None


def test_outside_its_life_events_a_mandate_permits_nothing(company: Company) -> None:
    daughter = play.given(company.father, company.daughter, DAUGHTER, ["retirement"])
    applications.start_draft(acting=company.father, person=company.father.actor.id, event="birth", at=MONDAY)
    with pytest.raises(NotCovered):
        applications.start_draft(acting=daughter, person=daughter.applicant, event="birth", at=MONDAY)
    with pytest.raises(NotCovered):
        applications.submit_application(
            acting=daughter, person=daughter.applicant, idempotency_key="x", event="birth", at=MONDAY
        )
    with pytest.raises(NotTheirs):
        applications.start_draft(
            acting=daughter, person=company.owner.actor.id, event="retirement", at=MONDAY
        )


def test_taken_back_it_is_over_at_once(company: Company) -> None:
    daughter = play.given(company.father, company.daughter, DAUGHTER, ["retirement"])
    assert daughter.mandate
    play.end(company.father, daughter.mandate.id)
    with pytest.raises(AssertionError):
        play.under(company.daughter, daughter.mandate.id)
    with pytest.raises(NotTheirMandate):
        play.accept(company.daughter, daughter.mandate.id)
    assert queries.held_by(company.daughter.actor.id, TODAY) == []
    assert [one.standing(TODAY) for one in queries.given_by(company.father.actor.id)] == [Standing.ENDED]


def test_its_agent_lays_it_down(company: Company) -> None:
    mandate = play.offered(company.father, DAUGHTER, ["retirement"])
    play.end(company.daughter, mandate)
    assert queries.held_by(company.daughter.actor.id, TODAY) == []


def test_it_runs_out(company: Company) -> None:
    daughter = play.given(company.father, company.daughter, DAUGHTER, ["retirement"], ends_on=TODAY)
    assert daughter.mandate
    with pytest.raises(AssertionError):
        play.under(company.daughter, daughter.mandate.id, MONDAY + timedelta(days=1))


def test_a_new_one_takes_the_place_of_the_old(company: Company) -> None:
    first = play.given(company.father, company.daughter, DAUGHTER, ["retirement"])
    assert first.mandate
    again = play.offered(company.father, DAUGHTER, ["retirement", "birth"])
    assert [one.id for one in queries.held_by(company.daughter.actor.id, TODAY)] == [again]
    with pytest.raises(AssertionError):  # wider, and not accepted yet: until then it permits nothing
        play.under(company.daughter, again)


@pytest.mark.parametrize(
    ("number", "name", "why"),
    [
        (DAUGHTER, "方大雨", UnknownAgent),
        ("330106199409111227", "方小雨", UnknownAgent),
        (FATHER, "方建国", ToOneself),
    ],
)
def test_to_whom_it_cannot_be_given(company: Company, number: str, name: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        play.offered(company.father, number, ["retirement"], name=name)


@pytest.mark.parametrize("events", [[], ["open_shop", "no-such-event"]])
def test_what_cannot_be_given(company: Company, events: list[str]) -> None:
    with pytest.raises(NothingInScope):
        play.offered(company.father, DAUGHTER, events)


@pytest.mark.parametrize("ends_on", [TODAY - timedelta(days=1), TODAY + timedelta(days=800), date.min])
def test_until_when_it_cannot_be_given(company: Company, ends_on: date) -> None:
    with pytest.raises(EndsWrongly):
        play.offered(company.father, DAUGHTER, ["retirement"], ends_on=ends_on)


def test_whoever_acts_under_a_mandate_passes_nothing_on(company: Company) -> None:
    daughter = play.given(company.father, company.daughter, DAUGHTER, ["retirement"])
    with pytest.raises(NotInOwnRight):
        play.offered(daughter, OWNER, ["retirement"])
    mine = play.offered(company.father, OWNER, ["retirement"])
    with pytest.raises(NotTheirMandate):
        play.end(daughter, mine)


def test_at_a_hall_a_clerk_gives_and_takes_back_for_whom_they_serve(company: Company) -> None:
    clerk = company.cast.clerk.actor
    served = people.begin_service(acting=Acting(clerk), id_number=FATHER, under="asked-in-person", at=MONDAY)
    acting = Acting(clerk, on_behalf_of=served, under="asked-in-person")
    mandate = play.offered(acting, DAUGHTER, ["retirement"])
    play.accept(company.daughter, mandate)
    assert play.under(company.daughter, mandate).applicant == company.father.actor.id
    entries = Entry.objects.filter(subject=f"mandate:{mandate}").order_by("id")
    assert [(one.act, one.actor_kind, one.on_behalf_of) for one in entries] == [
        ("give_mandate", "official", served), ("accept_mandate", "person", None),
    ]  # fmt: skip
    play.end(acting, mandate)
    with pytest.raises(AssertionError):
        play.under(company.daughter, mandate)
