"""Documents: told by their content, bounded, and only for one's own form."""

from uuid import UUID

import pytest

from qipan.applications import operations, queries
from qipan.applications.errors import NotTheirs, UnableToUpload
from qipan.applications.operations import uploads
from qipan.people.actors import Acting
from tests import cast as play
from tests.cast import MONDAY, Cast


def send(cast: Cast, content: bytes, draft: UUID, acting: Acting | None = None) -> UUID:
    return operations.attach_upload(
        acting=acting or cast.mother,
        draft=draft,
        service="household_registration",
        evidence="statement",
        filename="../../etc/声明.pdf\x00",
        content=content,
        at=MONDAY,
    )


@pytest.fixture
def draft(cast: Cast) -> UUID:
    return operations.start_draft(acting=cast.mother, person=cast.mother_id, event="birth", at=MONDAY)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    ],
)
def test_a_document_is_what_its_content_says(
    cast: Cast, draft: UUID, content: bytes, media_type: str
) -> None:
    found = queries.upload_content(send(cast, content, draft), cast.mother_id)
    assert found is not None
    assert (found.media_type, bytes(found.content)) == (media_type, content)


@pytest.mark.parametrize("content", [b"<html><script>", b"MZ\x90", b"GIF89a", b"PK\x03\x04"])
def test_anything_else_is_refused_whatever_it_is_called(cast: Cast, draft: UUID, content: bytes) -> None:
    with pytest.raises(UnableToUpload) as refused:
        send(cast, content, draft)
    assert refused.value.values["reason"] == "wrong-type"


def test_an_empty_document_and_one_too_large_are_refused(cast: Cast, draft: UUID) -> None:
    with pytest.raises(UnableToUpload, match="empty"):
        send(cast, b"", draft)
    with pytest.raises(UnableToUpload, match="too-large"):
        send(cast, b"%PDF-" + bytes(uploads.LARGEST), draft)


def test_a_form_takes_only_so_many(cast: Cast, draft: UUID) -> None:
    for number in range(uploads.MOST):
        send(cast, b"%%PDF-%d" % number, draft)
    with pytest.raises(UnableToUpload, match="too-many"):
        send(cast, b"%PDF-one more", draft)


def test_the_same_document_is_kept_once(cast: Cast, draft: UUID) -> None:
    assert send(cast, b"%PDF-", draft) == send(cast, b"%PDF-", draft)


def test_nobody_sends_to_or_takes_from_anothers_form(cast: Cast, draft: UUID) -> None:
    with pytest.raises(NotTheirs):
        send(cast, b"%PDF-", draft, cast.neighbour)
    upload = send(cast, b"%PDF-", draft)
    with pytest.raises(NotTheirs):
        operations.remove_upload(acting=cast.neighbour, upload=upload, at=MONDAY)
    assert queries.upload_content(upload, cast.neighbour.actor.id) is None


def test_officials_read_what_was_sent_for_their_service_alone(cast: Cast) -> None:
    sources = play.registers(married=False)
    draft = play.filled_draft(cast, sources=sources)
    upload = send(cast, b"%PDF-", draft)
    application = operations.submit_application(
        acting=cast.mother, person=cast.mother_id, idempotency_key="", draft=draft, at=MONDAY
    ).application
    police = cast.official("police").actor
    assert queries.upload_for_official(upload, police) is None  # their case still waits
    play.granted(cast, application, "birth_certificate", "hospital")
    assert queries.upload_for_official(upload, police) is not None
    assert queries.upload_for_official(upload, cast.official("hospital").actor) is None
    assert queries.upload_for_official(upload, cast.mother.actor) is None
