"""Whoever the register names acts for their enterprise, and appoints who acts for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.applications import operations as applications
from qipan.applications import queries as reads
from qipan.applications.errors import NotCovered, NotTheirs
from qipan.applications.models import Application, Call
from qipan.core.mandates import Standing
from qipan.mandates import queries
from qipan.mandates.errors import NothingInScope, NotInOwnRight, RegisterSilent, UnableToRepresent
from qipan.people import queries as persons
from qipan.people.models import Person
from tests import acting as play
from tests.acting import AGENT, OWNER, RIVAL, SHOP, SHOP_NAME, Company
from tests.cast import MONDAY

TODAY = timezone.localdate(MONDAY)


def test_the_register_says_who_leads_an_enterprise(company: Company) -> None:
    owner = play.leads(company.owner)
    enterprise = Person.objects.get(id=owner.applicant)
    assert (enterprise.id_number, enterprise.name, enterprise.kind) == (SHOP, SHOP_NAME, "organization")
    assert persons.person_by_number(SHOP) is None  # no resident has that number
    asked = Call.objects.filter(person=company.owner.actor.id, purpose="核验企业的法定代表人")
    assert sorted(asked.values_list("resource", flat=True)) == ["enterprise_register", "representation"]


@pytest.mark.parametrize(
    ("status", "down", "why"), [("4", (), UnableToRepresent), ("1", ("representation",), RegisterSilent)]
)
def test_one_that_is_closed_or_unknown_is_not_acted_for(
    company: Company, status: str, down: tuple[str, ...], why: type[Exception]
) -> None:
    sources = play.market(status)
    sources.down.update(down)
    with pytest.raises(why):
        play.leads(company.owner, sources)


def test_whom_the_register_does_not_name_represents_nothing(company: Company) -> None:
    with pytest.raises(UnableToRepresent):
        play.leads(company.father)


def test_its_agent_opens_the_restaurant_with_its_name_and_code_known(company: Company) -> None:
    owner = play.leads(company.owner)
    agent = play.given(owner, company.agent, AGENT, ["open_shop"])
    draft = play.begun(agent, "open_shop")
    form = reads.form(draft, agent.applicant, "zh-hans", TODAY)
    assert form
    known = {one.field: one.shown for one in form.known}
    assert known["shop.name"] == SHOP_NAME
    assert known["owner.name"] == "郑海涛"
    assert "shop.credit_code" in known
    asked = {one.field for one in form.questions}
    assert asked == {"shop.shop_sign"}
    number = play.sent(agent, "open_shop")
    assert Application.objects.get(number=number).person == owner.applicant


def test_an_agent_does_what_was_named_and_nothing_else(company: Company) -> None:
    agent = play.given(play.leads(company.owner), company.agent, AGENT, ["open_shop"])
    for event in ("close_shop", "retirement"):
        with pytest.raises(NotCovered):
            play.begun(agent, event)


def test_one_enterprise_reads_nothing_of_another(company: Company) -> None:
    agent = play.given(play.leads(company.owner), company.agent, AGENT, ["open_shop"])
    other = play.leads(company.rival)
    theirs = play.sent(other, "open_shop")
    assert reads.application_detail(agent.applicant, theirs) is None
    with pytest.raises(NotTheirs):
        applications.start_draft(acting=agent, person=other.applicant, event="open_shop", at=MONDAY)


def test_an_enterprise_gives_away_what_is_an_enterprises(company: Company) -> None:
    owner = play.leads(company.owner)
    with pytest.raises(NothingInScope):
        play.offered(owner, AGENT, ["retirement"])


def test_an_agent_appoints_nobody(company: Company) -> None:
    agent = play.given(play.leads(company.owner), company.agent, AGENT, ["open_shop"])
    with pytest.raises(NotInOwnRight):
        play.offered(agent, RIVAL, ["open_shop"])


def test_a_new_legal_representative_takes_the_place_of_the_old(company: Company) -> None:
    before = play.leads(company.owner)
    assert before.mandate
    changed = play.market(led=((RIVAL, SHOP, SHOP_NAME),))
    after = play.leads(company.rival, changed)
    assert after.applicant == before.applicant
    with pytest.raises(AssertionError):
        play.under(company.owner, before.mandate.id)


def test_the_register_is_asked_again_after_some_time(company: Company) -> None:
    owner = play.leads(company.owner)
    assert owner.mandate
    later = MONDAY + timedelta(days=91)
    (row,) = [one for one in queries.held_by(company.owner.actor.id, TODAY) if one.id == owner.mandate.id]
    assert row.standing(timezone.localdate(later)) is Standing.EXPIRED
    assert play.leads(company.owner, at=later).applicant == owner.applicant


def test_number_of_the_owner(company: Company) -> None:
    """An enterprise's credit code real-names nobody, and a clerk serves residents alone."""
    play.leads(company.owner)
    assert persons.person_by_number(SHOP) is None
    assert persons.person_by_number(OWNER) is not None
