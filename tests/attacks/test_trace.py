"""No trace, no act (law 3): where the trail cannot be written, nothing is done; what is written stays as it is."""

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from qipan.adapters.sources import FakeSources
from qipan.applications import operations
from qipan.applications.prefill import prefill_draft
from qipan.ledger.entries import NewEntry, leaf_hash
from qipan.ledger.models import Entry
from qipan.people import operations as people
from qipan.people.models import ApiKey
from qipan.people.rows import NewPerson
from qipan.voice import operations as voice
from tests import cast as play
from tests.attacks.stage import Stage
from tests.cast import MONDAY, Cast

SERVICE = "birth_certificate"
PDF = b"%PDF-1.7"
TABLES = (
    "applications", "cases", "fact_sets", "corrections", "uploads", "calls", "drafts", "entries", "plans", "ratings",
    "serials", "persons", "officials", "api_keys", "procrastinate_jobs",
)  # fmt: skip
Act = Callable[[], object]
Scene = Callable[[Cast], Act]

PRIVATE = {
    "start_draft", "save_answers", "discard_draft", "restore_draft", "forget_discarded_drafts", "attach_upload", "remove_upload",
    "offer_certificates",
}  # fmt: skip
"""Of a draft, which is nobody's business before it is sent: no act, and no trace."""


def submitting(cast: Cast) -> Act:
    draft = play.filled_draft(cast)
    return lambda: operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    )


def consenting(cast: Cast) -> Act:
    draft = operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY)
    return lambda: operations.consent(acting=cast.mother, draft=draft, resources=play.RESOURCES, at=MONDAY)


def looking_up(cast: Cast) -> Act:
    consenting_draft = operations.start_draft(
        acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY
    )
    operations.consent(acting=cast.mother, draft=consenting_draft, resources=play.RESOURCES, at=MONDAY)
    return lambda: prefill_draft(
        acting=cast.mother, draft=consenting_draft, at=MONDAY, sources=play.registers()
    )


def settling(cast: Cast) -> Act:
    application = play.submitted(cast).application
    return lambda: play.advance(application)


def answering_late(cast: Cast) -> Act:
    answers = {**play.ANSWERS, "mother.household_region": "330106002", "mother.marital_status": "10"}
    application = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="k", event="birth", answers=answers,
        consents={"birth_record", "population"}, skipped=["household_registration"], at=MONDAY,
    ).application  # fmt: skip
    silent = FakeSources({}, down={"birth_record", "population"})
    for turn in range(4):
        play.advance(application, sources=silent, at=play.later(minutes=turn))
    missing = play.application(application).missing
    assert missing
    late = {
        "child.birth_date": "2026-11-20", "child.sex": "2", "mother.marital_status": "10",
        "mother.household_region": "330106002",
    }  # fmt: skip
    given = {name: late[name] for name in missing}
    return lambda: operations.answer_missing(
        acting=cast.mother, application=application, answers=given, at=MONDAY
    )


def on_a_case(act: Callable[[Cast, UUID], object], *, accepted: bool = False) -> Scene:
    """An act of the hospital on the birth certificate's case."""

    def scene(cast: Cast) -> Act:
        case = play.case_of(play.running(cast).application, SERVICE).id
        if accepted:
            operations.accept_case(acting=cast.official("hospital"), case=case, at=MONDAY)
        return lambda: act(cast, case)

    return scene


def returned(cast: Cast) -> UUID:
    case = play.case_of(play.running(cast).application, SERVICE).id
    operations.return_for_correction(
        acting=cast.official("hospital"), case=case, fields=["child.name"], message="改名", at=MONDAY
    )
    return case


def correcting(cast: Cast) -> Act:
    case = returned(cast)
    return lambda: operations.answer_correction(
        acting=cast.mother, case=case, answers={"child.name": "王小玉"}, at=MONDAY
    )


def sending_a_document(cast: Cast) -> Act:
    case = returned(cast)
    return lambda: operations.attach_upload_to_case(
        acting=cast.mother, case=case, service=SERVICE, evidence="x", filename="x.pdf", content=PDF, at=MONDAY
    )


def delivering(cast: Cast) -> Act:
    application = play.running(cast).application
    play.granted(cast, application, SERVICE, "hospital")
    play.granted(cast, application, "household_registration", "police")
    play.granted(cast, application, "social_card", "human_resources", **{"child.card_number": "A1234567"})
    case = play.case_of(application, "social_card").id
    return lambda: operations.deliver_case(acting=cast.official("human_resources"), case=case, at=MONDAY)


def withdrawing(cast: Cast) -> Act:
    application = play.running(cast).application
    return lambda: operations.withdraw_application(acting=cast.mother, application=application, at=MONDAY)


def rating(cast: Cast) -> Act:
    case = play.case_of(play.running(cast).application, "guidance").id
    return lambda: voice.rate_case(acting=cast.mother, case=case, score=5, at=MONDAY)


def issuing(cast: Cast) -> Act:
    acting = cast.official("hospital")
    return lambda: people.issue_api_key(acting=acting, official=acting.actor.id, label="x", at=MONDAY)


def revoking(cast: Cast) -> Act:
    issuing(cast)()
    key = ApiKey.objects.get().id
    return lambda: people.revoke_api_key(acting=cast.official("hospital"), key=key, at=MONDAY)


def serving(cast: Cast) -> Act:
    return lambda: people.begin_service(
        acting=cast.clerk, id_number=play.MOTHER, under="asked-in-person", at=MONDAY
    )


def _hospital(name: str, **given: object) -> Callable[[Cast, UUID], object]:
    return lambda cast, case: getattr(operations, name)(
        acting=cast.official("hospital"), case=case, at=MONDAY, **given
    )


def _batch(name: str) -> Callable[[Cast, UUID], object]:
    return lambda cast, case: getattr(operations, name)(
        acting=cast.official("hospital"), cases=[case], at=MONDAY
    )


SCENES: Mapping[str, Scene] = {
    "consent": consenting,
    "prefill_draft": looking_up,
    "submit_application": submitting,
    "settle_application": settling,
    "answer_missing": answering_late,
    "accept_case": on_a_case(_hospital("accept_case")),
    "accept_cases": on_a_case(_batch("accept_cases")),
    "review_case": on_a_case(_hospital("review_case"), accepted=True),
    "decline_case": on_a_case(_hospital("decline_case", reason="不全")),
    "return_for_correction": on_a_case(
        _hospital("return_for_correction", fields=["child.name"], message="改名")
    ),
    "answer_correction": correcting,
    "grant_case": on_a_case(_hospital("grant_case"), accepted=True),
    "grant_cases": on_a_case(_batch("grant_cases")),
    "refuse_case": on_a_case(_hospital("refuse_case", reason="不符"), accepted=True),
    "deliver_case": delivering,
    "retry_application": on_a_case(_hospital("retry_application")),
    "withdraw_case": on_a_case(
        lambda cast, case: operations.withdraw_case(acting=cast.mother, case=case, at=MONDAY)
    ),
    "withdraw_application": withdrawing,
    "rate_case": rating,
    "issue_api_key": issuing,
    "revoke_api_key": revoking,
    "begin_service": serving,
    "appoint_sample_official": lambda _cast: (
        lambda: people.appoint_sample_official(agency="330106.health", at=MONDAY)
    ),
    "appoint_sample_officials": lambda _cast: (
        lambda: people.appoint_sample_officials(agencies=["330106.health"], at=MONDAY)
    ),
    "attach_upload_to_case": sending_a_document,
    "admit_persons": lambda _cast: (
        lambda: people.admit_persons(persons=[NewPerson("330106199001011299", "某人")], at=MONDAY)
    ),
    "admit_person": lambda _cast: (
        lambda: people.admit_person(id_number="330106199001011299", name="某人", phone="", at=MONDAY)
    ),
    "admit_enterprise": lambda cast: (
        lambda: people.admit_enterprise(
            credit_code="91330106MA2B0C0D1E",
            name="某公司",
            representative=cast.mother_id,
            at=MONDAY,
            acting=cast.mother,
        )
    ),
    "appoint_official": lambda _cast: (
        lambda: people.appoint_official(agency="330106.health", name="新人", post="科长", at=MONDAY)
    ),
}


@pytest.mark.parametrize("name", SCENES)
def test_an_act_leaves_its_trace(cast: Cast, name: str) -> None:
    act = SCENES[name](cast)
    before = Entry.objects.count()
    act()
    written = list(Entry.objects.order_by("id")[before:])
    assert written
    for entry in written:
        said = NewEntry(
            entry.act, entry.actor_kind, entry.actor, entry.on_behalf_of, entry.subject, entry.details
        )
        assert leaf_hash(said, entry.at, bytes(entry.salt)) == bytes(entry.leaf_hash)


@pytest.mark.parametrize("name", SCENES)
def test_without_a_trace_nothing_is_done(cast: Cast, name: str) -> None:
    act = SCENES[name](cast)
    close_the_trail()
    before = everything()
    with pytest.raises(DatabaseError, match="entries"), transaction.atomic():
        act()
    assert everything() == before


def test_every_operation_is_tried_here_or_is_private() -> None:
    there = {*operations.__all__, *functions_of(voice), *functions_of(people)}
    acts = {name for name in there if name[0].islower()}
    tried = {*SCENES, *PRIVATE}
    assert acts - tried == set()
    assert tried - acts <= {"prefill_draft"}


@pytest.mark.parametrize(
    "change",
    ["UPDATE entries SET act = 'nothing'", "DELETE FROM entries", "UPDATE entries SET salt = ''",
     "DELETE FROM fact_sets", "UPDATE fact_sets SET learned = '[]'", "UPDATE calls SET outcome = 'ok'", "DELETE FROM calls",
     "UPDATE plans SET body = ''", "DELETE FROM library_versions"]
)  # fmt: skip
def test_what_is_written_stays(cast: Cast, change: str) -> None:
    play.running(cast)
    before = everything()
    with (
        pytest.raises(DatabaseError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert everything() == before


def test_the_trail_cannot_be_emptied(stage: Stage) -> None:
    for table in ("entries", "fact_sets", "calls", "plans", "library_versions"):
        with (
            psycopg.connect(stage.database) as outside,
            pytest.raises(psycopg.DatabaseError, match="only ever added"),
        ):
            outside.execute(f"TRUNCATE {table} CASCADE")


def test_the_trail_holds_no_values_of_peoples_fields(cast: Cast) -> None:
    application = play.running(cast).application
    play.granted(cast, application, SERVICE, "hospital")
    play.granted(cast, application, "household_registration", "police")
    written = "".join(str(row) for row in Entry.objects.values_list("act", "subject", "details"))
    for private in (play.MOTHER, play.FATHER, "王芳", "李强", "王小宝", "13800000001", "甲银行"):
        assert private not in written


def functions_of(module: ModuleType) -> set[str]:
    return {
        name
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__ and not name.startswith("_")
    }


def close_the_trail() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER closed BEFORE INSERT ON entries FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid()"
        )


def everything() -> dict[str, list[tuple[object, ...]]]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            found[table] = cursor.fetchall()
        return found
