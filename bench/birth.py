"""A birth, filled in: the form that the measured applications submit, looked up in the sample registers and answered once."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from qipan.applications import operations
from qipan.applications.advancing import advance_application
from qipan.applications.planning import resources_of
from qipan.applications.prefill import prefill_draft
from qipan.catalogue import queries as catalogue
from qipan.people import queries as people
from qipan.people.actors import Acting, Actor

EVENT = "newborn"
MOTHER = "林晓雯"
CASES = 7
ANSWERS: Mapping[str, object] = {
    "child.name": "陈一诺",
    "child.parent_side": "1",
    "child.card_collection": "1",
    "child.ethnicity": "01",
    "child.native_place": "330106",
    "child.relation_to_head": "20",
    "child.delivery_address": "浙江省杭州市西湖区文三路108号3幢2单元501室",
    "child.chosen_bank": "102",
    "child.premium_payment": "1",
    "child.main_caregiver": "1",
}
DOCUMENTS = (("maternity_reimbursement", "discharge_summary"),)
PAGE = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class Birth(NamedTuple):
    """A draft that is ready to be submitted, and whose it is."""

    draft: UUID
    mother: Acting


def filled_in() -> Birth:
    """Fill in the mother's form; the registers' service must be running."""
    mother, at = Acting(_actor(MOTHER)), timezone.now()
    resources = resources_of(catalogue.current_version(), EVENT)
    with transaction.atomic():
        draft = operations.start_draft(acting=mother, person=mother.applicant, event=EVENT, at=at)
        operations.consent(acting=mother, draft=draft, resources=resources, at=at)
    prefill_draft(acting=mother, draft=draft, at=at)
    with transaction.atomic():
        operations.save_answers(acting=mother, draft=draft, answers=ANSWERS, at=at)
        for service, evidence in DOCUMENTS:
            operations.attach_upload(
                acting=mother,
                draft=draft,
                service=service,
                evidence=evidence,
                filename="page.pdf",
                content=PAGE,
                at=at,
            )
    return Birth(draft, mother)


def submitted(birth: Birth, at: datetime) -> UUID:
    """Submit it; give the application."""
    with transaction.atomic():
        done = operations.submit_application(
            acting=birth.mother, person=birth.mother.applicant, idempotency_key="", draft=birth.draft, at=at
        )
    return done.application


def advanced(application: UUID) -> None:
    """Let it run as far as it goes without an official."""
    advance_application(application=application, now=timezone.now)


def _actor(name: str) -> Actor:
    found = people.sample_persons(name)
    actor = people.actor_of_person(found[0].id) if found else None
    if actor is None:
        raise LookupError(f"no sample resident is called {name}")
    return actor
