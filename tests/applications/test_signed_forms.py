"""What a person sent is signed by the trail with its submission; a byte changed afterwards is found."""

from django.db import connection

from qipan.applications import queries
from qipan.applications.rows import Learned
from qipan.applications.signed_forms import form_digest, form_document
from tests import cast as play
from tests.cast import MONDAY, Cast


def test_the_stored_form_is_as_it_was_sent(cast: Cast) -> None:
    application = play.running(cast).application
    found = queries.sent_form(play.case_of(application, "birth_certificate").id)
    assert found
    assert (found.same, len(found.digest)) == (True, 64)
    assert found.level == int(cast.mother.actor.level)


def test_one_letter_changed_afterwards_is_found(cast: Cast) -> None:
    application = play.running(cast).application
    case = play.case_of(application, "birth_certificate").id
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE fact_sets DISABLE TRIGGER USER")  # as whoever owns the tables could
        cursor.execute(
            """UPDATE fact_sets SET learned = replace(learned::text, '王小宝', '王小玉')::jsonb WHERE application_id = %s""",
            [application],
        )
        assert cursor.rowcount
    found = queries.sent_form(case)
    assert found
    assert found.digest
    assert not found.same


def test_what_others_said_is_no_part_of_it() -> None:
    typed = [Learned("answer", "", {"a.b": "x"}, MONDAY), Learned("claim", "", {"a.c": 2.5}, MONDAY)]
    more = [*typed, Learned("resource", "register", {"a.d": "y"}, MONDAY)]
    assert form_digest("birth", 1, typed) == form_digest("birth", 1, more)
    assert form_digest("birth", 1, typed) != form_digest("birth", 2, typed)
    assert form_document("birth", 1, typed) == (
        b'{"answer":{"a.b":"x"},"claim":{"a.c":2.5},"event":"birth","format":"qipan-form/1","version":1}'
    )
