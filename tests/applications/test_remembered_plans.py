"""Plans: remembered by what they depend on, stored once, and read back as they were."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qipan.applications import plans
from qipan.applications.models import StoredPlan
from qipan.applications.numbering import new_id, new_number
from qipan.applications.planning import condition_fields, plan_for, resources_of
from qipan.catalogue import queries as catalogue
from qipan.catalogue.library import load_library
from qipan.core.elements import Field, Value
from qipan.core.planner import Knowledge, make_plan
from tests import cast as play
from tests.cast import MONDAY, Cast

LIBRARY = Path(__file__).parents[2] / "library"
KNOWN: dict[Field, Value] = {
    Field("mother", "id_number"): play.MOTHER,
    Field("mother", "name"): "王芳",
    Field("mother", "phone"): "13800000001",
}


def knowing(**more: Value) -> Knowledge:
    facts = {Field.parse(name.replace("__", ".")): value for name, value in more.items()}
    return Knowledge(facts={**KNOWN, **facts}, identified=True, today=MONDAY.date())


def test_people_in_the_same_situation_get_the_same_plan_object(cast: Cast) -> None:
    first = plan_for(cast.version, "birth", knowing(mother__marital_status="20"))
    second = plan_for(cast.version, "birth", knowing(mother__marital_status="20", mother__name="赵敏"))
    assert first is second


def test_a_value_that_a_condition_reads_makes_another_plan(cast: Cast) -> None:
    married = plan_for(cast.version, "birth", knowing(mother__marital_status="20"))
    single = plan_for(cast.version, "birth", knowing(mother__marital_status="10"))
    assert married.digest != single.digest
    assert Field("mother", "marital_status") in condition_fields(cast.version, "birth")
    assert Field("mother", "name") not in condition_fields(cast.version, "birth")


def test_a_remembered_plan_is_the_one_that_would_be_made(cast: Cast) -> None:
    """Whatever the values are, as long as conditions do not read them."""
    for marital_status in ("10", "20"):
        for name in ("child__name", "child__sex", "mother__household_region"):
            known = knowing(mother__marital_status=marital_status, **{name: "1"})
            remembered = plan_for(cast.version, "birth", known).plan
            assert remembered == make_plan(catalogue.library(cast.version), "birth", known)


def test_an_event_may_ask_these_resources_and_no_others(cast: Cast) -> None:
    assert resources_of(cast.version, "birth") == play.RESOURCES


def test_a_stored_plan_is_read_back_as_it_was(cast: Cast) -> None:
    planned = plan_for(cast.version, "birth", knowing())
    plans.store(planned)
    plans.store(planned)
    plans.stored.cache_clear()
    assert plans.stored(planned.digest).plan == planned.plan
    assert StoredPlan.objects.count() == 1
    with pytest.raises(plans.NoSuchPlan):
        plans.stored("0" * 64)


@pytest.mark.parametrize("event", ["newborn", "open_restaurant", "retirement", "school_enrolment"])
def test_real_plans_survive_being_written_and_read(event: str) -> None:
    library = load_library(LIBRARY).library
    assert library is not None
    plan = make_plan(library, event, Knowledge(assumed=library.events[event].typical))
    planned = plans.planned(plan, 1)
    assert plans._PLANS.validate_json(planned.body) == plan
    assert plans.planned(plans._PLANS.validate_json(planned.body), 1).digest == planned.digest
    assert set(planned.visible) == {service.service for service in plan.services}


def test_identifiers_sort_by_time_and_never_meet() -> None:
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    ids = [new_id(noon + timedelta(milliseconds=number)) for number in range(200)]
    assert ids == sorted(ids)
    assert len({new_id(noon) for _ in range(2000)}) == 2000
    assert {one.version for one in ids} == {7}


def test_a_number_bears_the_day_in_china() -> None:
    assert new_number(datetime(2026, 11, 22, 16, 30, tzinfo=UTC)).startswith("QP-20261123-")
    assert len({new_number(MONDAY) for _ in range(20)}) == 20  # of 35 random bits: more might meet by chance
