"""The fixed cast of the tests: a mother, her neighbour, officials of five agencies, a clerk; and the registers that know them.

Everybody here is invented; the numbers have valid check digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from qipan.adapters.sources import FakeSources
from qipan.agencies.models import Agency
from qipan.applications import operations
from qipan.applications.advancing import advance_application
from qipan.applications.models import Application, Case, FactSet
from qipan.applications.prefill import prefill_draft
from qipan.applications.rows import Learned, Submitted
from qipan.catalogue.operations import publish_library
from qipan.people import operations as people
from qipan.people import queries
from qipan.people.actors import Acting
from qipan.people.rows import NewPerson

LIBRARY = Path(__file__).parent / "cast_library"
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine in the morning in China; an ordinary week
MOTHER, FATHER, NEIGHBOUR = "330106199001011221", "330106198903034516", "330106197512120041"
RESOURCES = frozenset({"population", "marriage", "birth_record"})
ANSWERS: Mapping[str, object] = {
    "child.name": "王小宝",
    "child.household_region": "330106002",
    "child.native_place": "杭州",
    "child.chosen_bank": "a",
}
AGENCIES = {
    "hospital": "330106.hospital",
    "police": "330106002.public_security",
    "human_resources": "330106.human_resources",
    "medical_insurance": "330106.medical_insurance",
    "health": "330106.health",
}


def registers(*, married: bool = True) -> FakeSources:
    """What the agencies' registers know of the mother, her husband and her child."""
    return FakeSources(
        {
            "population": [
                {
                    "person.id_number": MOTHER,
                    "person.name": "王芳",
                    "person.marital_status": "20" if married else "10",
                    "person.household_region": "330106002001",
                }
            ],
            "marriage": [{"a.id_number": MOTHER, "b.id_number": FATHER, "b.name": "李强"}],
            "birth_record": [
                {"mother.id_number": MOTHER, "child.birth_date": "2026-11-20", "child.sex": "2"}
            ],
        }
    )


@dataclass(frozen=True)
class Cast:
    """Everyone in the play, as they act; ``version`` is the library that was published for them."""

    version: int
    mother: Acting
    neighbour: Acting
    clerk: Acting
    officials: Mapping[str, Acting]

    def official(self, name: str) -> Acting:
        """An official by their agency's short name."""
        return self.officials[name]

    @property
    def mother_id(self) -> int:
        """The mother's number among the platform's persons."""
        return self.mother.actor.id


def enter(library: Path = LIBRARY) -> Cast:
    """Publish the small library and let everyone take their places."""
    with transaction.atomic():
        version = publish_library(folder=library, at=MONDAY)
        Agency.objects.bulk_create(
            [
                Agency(
                    code=code,
                    kind=code.partition(".")[2],
                    level="county",
                    division=code.partition(".")[0],
                    name_zh=name,
                )
                for name, code in (*AGENCIES.items(), ("province", "330000.public_security"))
            ],
            ignore_conflicts=True,
        )
        people.admit_persons(
            persons=[
                NewPerson(MOTHER, "王芳", "13800000001", sample=True),
                NewPerson(NEIGHBOUR, "赵敏", "13800000002", sample=True),
            ],
            at=MONDAY,
        )
        officials = {
            name: _official(
                people.appoint_official(agency=code, name=name, post="经办人", at=MONDAY, sample=True)
            )
            for name, code in AGENCIES.items()
        }
        clerk = people.appoint_official(
            agency="330106002.public_security",
            name="clerk",
            post="代办员",
            clerk=True,
            at=MONDAY,
            sample=True,
        )
    mother, neighbour = (queries.person_by_number(number) for number in (MOTHER, NEIGHBOUR))
    assert mother
    assert neighbour
    return Cast(version, _person(mother.id), _person(neighbour.id), _official(clerk), officials)


def _person(number: int) -> Acting:
    actor = queries.actor_of_person(number)
    assert actor
    return Acting(actor)


def _official(number: int) -> Acting:
    actor = queries.actor_of_official(number, MONDAY)
    assert actor
    return Acting(actor)


def filled_draft(
    cast: Cast,
    *,
    sources: FakeSources | None = None,
    answers: Mapping[str, object] = ANSWERS,
    at: datetime = MONDAY,
) -> UUID:
    """The mother's form, looked up and filled in."""
    with transaction.atomic():
        draft = operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=at)
        operations.consent(acting=cast.mother, draft=draft, resources=RESOURCES, at=at)
    prefill_draft(acting=cast.mother, draft=draft, at=at, sources=sources or registers())
    with transaction.atomic():
        operations.save_answers(acting=cast.mother, draft=draft, answers=answers, at=at)
    return draft


def submitted(cast: Cast, *, sources: FakeSources | None = None, at: datetime = MONDAY) -> Submitted:
    """The mother's application, submitted and not yet advanced."""
    draft = filled_draft(cast, sources=sources, at=at)
    with transaction.atomic():
        return operations.submit_application(
            acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=at
        )


def advance(application: UUID, *, sources: FakeSources | None = None, at: datetime = MONDAY) -> None:
    """Let the worker do what it can now."""
    advance_application(application=application, now=lambda: at, sources=sources or registers())


def running(cast: Cast, *, sources: FakeSources | None = None, at: datetime = MONDAY) -> Submitted:
    """The mother's application, submitted and advanced as far as it goes by itself."""
    found = submitted(cast, sources=sources, at=at)
    advance(found.application, sources=sources, at=at)
    return found


def case_of(application: UUID, service: str) -> Case:
    """One case, as it stands in the database."""
    return Case.objects.get(application_id=application, service=service)


def states(application: UUID) -> dict[str, str]:
    """Where every case stands."""
    return dict(Case.objects.filter(application_id=application).values_list("service", "state"))


def application(number: UUID) -> Application:
    """An application, as it stands in the database."""
    return Application.objects.get(id=number)


def learned(application: UUID, kind: str = "", via: str = "") -> list[Learned]:
    """What was learned for an application, oldest first; of one kind or from one place only, if so asked."""
    sets = FactSet.objects.filter(application_id=application).order_by("id").values_list("learned", flat=True)
    every = (Learned(**one) for learned in sets for one in learned)
    return [one for one in every if kind in {"", one.kind} and via in {"", one.via}]


def granted(
    cast: Cast, application: UUID, service: str, name: str, at: datetime = MONDAY, /, **outputs: object
) -> None:
    """Have an official accept and grant a case, and the worker do what follows."""
    case = case_of(application, service).id
    with transaction.atomic():
        operations.accept_case(acting=cast.official(name), case=case, at=at)
        operations.grant_case(acting=cast.official(name), case=case, outputs=outputs, at=at)
    advance(application, at=at)


def later(days: int = 0, minutes: int = 0) -> datetime:
    """Some time after Monday morning."""
    return MONDAY + timedelta(days=days, minutes=minutes)
