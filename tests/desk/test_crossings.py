"""The desk behind the walls: an agency sees of a fact what the table lets its zone see, and is told why where that is less."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.test import Client

from qipan.applications import queries
from qipan.applications.case_views import CaseView
from qipan.people.models import Official
from tests import cast as play
from tests.cast import Cast

At = Callable[[str], Client]
NUMBER, NAME = "mother.id_number", "mother.name"


@pytest.fixture
def zone() -> str:
    return "outside"


@pytest.fixture
def cast(db: None, tmp_path: Path, zone: str) -> Cast:
    """The cast, in a library in which hospitals stand in another zone."""
    declared = yaml.safe_load((play.LIBRARY / "birth.yaml").read_text(encoding="utf-8"))
    declared["agencies"]["hospital"]["zone"] = zone
    (tmp_path / "birth.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    found = play.enter(tmp_path)
    Official.objects.update(sample=True)
    return found


def case(cast: Cast) -> CaseView:
    application = play.running(cast).application
    one = play.case_of(application, "birth_certificate")
    found = queries.case_for_official(one.id, cast.official("hospital").actor, "zh", date(2026, 11, 23))
    assert found
    return found


@pytest.mark.parametrize("zone", ["inside", "half", "upward", "downward"])
def test_who_handles_a_case_sees_what_its_service_needs(cast: Cast) -> None:
    facts = {fact.field: (fact.shown, fact.verdict, fact.rule) for fact in case(cast).facts}
    assert facts[NUMBER] == (play.MOTHER, "pass", "case")
    assert facts[NAME] == ("王芳", "pass", "case")


def test_outside_sensitive_data_are_masked_and_marked(cast: Cast) -> None:
    facts = {fact.field: (fact.shown, fact.verdict, fact.rule) for fact in case(cast).facts}
    assert facts[NUMBER] == ("330***********1221", "mask", "masked-by-consent")
    assert facts[NAME] == ("王芳", "pass", "agreed")


def test_the_page_says_why_it_is_masked(cast: Cast, at: At) -> None:
    page = at("hospital").get(f"/desk/cases/{case(cast).id}").content.decode()
    assert "330***********1221" in page
    assert "遮掩：本人同意给出敏感数据，但对机关以外只露出一部分。" in page
    assert play.MOTHER not in page


def test_what_is_masked_comes_out_of_no_output(cast: Cast) -> None:
    """Nor by a rule that copies it into what the agency gives."""
    found = case(cast)
    assert play.MOTHER not in str(found)


@pytest.mark.parametrize(("zone", "applicant"), [("half", "王*"), ("outside", "")])
def test_the_inbox_tells_cases_apart_and_no_more(cast: Cast, applicant: str) -> None:
    case(cast)
    rows = queries.inbox(cast.official("hospital").actor)
    assert {row.applicant for row in rows} == {applicant}
