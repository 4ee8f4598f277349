"""Documents that come or go while their form is submitted: none is lost, none belongs to nothing, and no form goes without its own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from uuid import UUID

import httpx
import pytest
from django.db import connection, transaction

from qipan.applications import operations
from qipan.applications.errors import UnableToAct, UnableToSubmit
from qipan.applications.models import Application, Draft, Upload
from tests import cast as play
from tests.attacks.at_once import Act
from tests.attacks.stage import Stage
from tests.cast import MONDAY, Cast

PDF = b"%PDF-1.4\n"
PLACE = {"service": "household_registration", "evidence": "statement"}
UNMARRIED = {**play.ANSWERS, "mother.marital_status": "10", "mother.household_region": "330106002", "child.sex": "2",
    "child.birth_date": "2026-11-20"}  # fmt: skip
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
WAIT_SECONDS = 120
ROUNDS = 10


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return play.enter()


@pytest.fixture
def draft(cast: Cast) -> UUID:
    """A form that is complete with its one document."""
    draft = operations.start_draft(
        acting=cast.mother, person=cast.mother_id, event="birth", answers=UNMARRIED, at=MONDAY
    )
    attach(cast, draft, PDF)
    return draft


def attach(cast: Cast, draft: UUID, content: bytes) -> UUID:
    with transaction.atomic():
        return operations.attach_upload(
            acting=cast.mother, draft=draft, filename="x.pdf", content=content, at=play.later(1), **PLACE
        )


def submit(cast: Cast, draft: UUID) -> object:
    return operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=play.later(2)
    )


def meanwhile(first: Act, second: Act) -> object:
    """Do the second while the first is done and not yet committed; give what the second gave, or its error."""

    def run() -> object:
        try:
            return second()
        except UnableToAct as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            other = pool.submit(run)
            end = time.monotonic() + WAIT_SECONDS
            while not other.done() and not waiting():
                assert time.monotonic() < end, "neither done nor waiting"
                time.sleep(0.02)
        return other.result()


def waiting() -> bool:
    """Whether anybody waits for a lock; a transaction sees others as they were when it first looked, unless it looks anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def test_a_document_that_comes_while_the_form_is_submitted_goes_with_it(cast: Cast, draft: UUID) -> None:
    meanwhile(lambda: attach(cast, draft, PDF + b"two"), lambda: submit(cast, draft))
    application = Application.objects.get()
    assert set(Upload.objects.values_list("application", flat=True)) == {application.id}
    assert Upload.objects.count() == 2


def test_a_form_whose_document_was_just_removed_is_not_submitted(cast: Cast, draft: UUID) -> None:
    upload = Upload.objects.get().id
    said = meanwhile(
        lambda: operations.remove_upload(acting=cast.mother, upload=upload, at=play.later(1)),
        lambda: submit(cast, draft),
    )
    assert isinstance(said, UnableToSubmit)
    assert not Application.objects.exists()
    assert Draft.objects.get().application is None


def test_a_form_that_was_just_thrown_away_is_not_submitted(cast: Cast, draft: UUID) -> None:
    meanwhile(
        lambda: operations.discard_draft(acting=cast.mother, draft=draft, at=MONDAY),
        lambda: submit(cast, draft),
    )
    assert not Application.objects.exists()
    operations.restore_draft(acting=cast.mother, draft=draft)
    submit(cast, draft)
    assert Upload.objects.get().application == Application.objects.get().id


def test_what_was_just_typed_is_submitted(cast: Cast, draft: UUID) -> None:
    meanwhile(
        lambda: operations.save_answers(
            acting=cast.mother, draft=draft, answers={"child.name": "王大宝"}, at=play.later(1)
        ),
        lambda: submit(cast, draft),
    )
    answers = play.learned(Application.objects.get().id, "answer")
    assert [one.facts["child.name"] for one in answers] == ["王大宝"]


@pytest.mark.parametrize(
    "late",
    [
        lambda cast, draft, _upload: attach(cast, draft, PDF + b"two"),
        lambda cast, _draft, upload: operations.remove_upload(acting=cast.mother, upload=upload, at=MONDAY),
        lambda cast, draft, _upload: operations.discard_draft(acting=cast.mother, draft=draft, at=MONDAY),
    ],
    ids=["attach", "remove", "discard"],
)
def test_nothing_changes_a_form_while_it_is_submitted(
    cast: Cast, draft: UUID, late: Callable[[Cast, UUID, UUID], object]
) -> None:
    upload = Upload.objects.get().id
    meanwhile(lambda: submit(cast, draft), lambda: late(cast, draft, upload))
    assert Upload.objects.get().application == Application.objects.get().id
    assert Draft.objects.get().application == Application.objects.get().id


# The same over HTTP, from several browsers at once


def begun(client: httpx.Client) -> tuple[str, str]:
    draft = client.post("/api/drafts", json={"event": "birth", "answers": UNMARRIED}).json()["draft"]
    return draft, sent(client, draft, PDF).json()["upload"]


def sent(client: httpx.Client, draft: str, content: bytes) -> httpx.Response:
    place = f"/api/drafts/{draft}/documents/{PLACE['service']}/{PLACE['evidence']}"
    return client.post(place, files={"file": ("x.pdf", content)})


def test_several_browsers_at_one_form(stage: Stage) -> None:
    random = Random(7)
    for _round in range(ROUNDS):
        with stage.visitor(stage.persons[4]) as client:
            draft, upload = begun(client)
        answers = storm(stage, random, draft, upload)
        rows = stage.rows(
            f"SELECT u.application, d.application FROM uploads u LEFT JOIN drafts d ON d.id = u.draft WHERE u.draft = '{draft}'"
        )
        submitted = answers["submit"].status_code == 201
        assert all(document == form and (form is not None) == submitted for document, form in rows)
        assert len(rows) >= submitted, "an application without its document"
        arrived = answers["attach"].status_code == 201
        assert len(rows) == 2 - (not arrived) - (answers["remove"].status_code == 200)


def storm(stage: Stage, random: Random, draft: str, upload: str) -> dict[str, httpx.Response]:
    acts: dict[str, Callable[[httpx.Client], httpx.Response]] = {
        "submit": lambda client: client.post("/api/applications", json={"draft": draft}),
        "attach": lambda client: sent(client, draft, PDF + b"two"),
        "remove": lambda client: client.post(f"/drafts/{draft}/save/", data={"remove": upload}),
    }
    start = Barrier(len(acts))

    def run(name: str, pause: float) -> httpx.Response:
        with stage.visitor(stage.persons[4]) as client:
            client.get("/api/events")
            start.wait(timeout=120)
            time.sleep(pause)
            return acts[name](client)

    with ThreadPoolExecutor(len(acts)) as pool:
        running = {name: pool.submit(run, name, random.random() / 50) for name in acts}
        return {name: one.result() for name, one in running.items()}
