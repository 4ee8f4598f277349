"""Whatever is sent: a clear answer, nothing stored that runs, nothing that breaks, nothing lost."""

import json
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.applications.models import Draft, Upload
from qipan.faces.look.actors import OFFICIAL, PERSON
from qipan.people.models import Person
from tests import cast as play
from tests.attacks.test_strangers import signed_in
from tests.cast import Cast

SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PDF = b"%PDF-1.7\n" + SCRIPT
NASTY = (
    "\x00", "a\x00b", "x" * 100_000, "-1", "9" * 5000, "1e999", "NaN", "😀" * 40, "\u202eevil\u202c", "\ufeff", "\r\nSet-Cookie: a=b",
    "<script>alert(1)</script>", "{{ 7*7 }}", "{% raise %}", "' OR 1=1 --", "%s%s%s%n", "../../etc/passwd", "\\", "\u2028", "\ud800",
)  # fmt: skip
PROPERTY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.sampled_from(NASTY) | st.text(max_size=60)
values = st.recursive(
    texts | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
fields = (
    st.sampled_from(["child.name", "child.household_region", "child.chosen_bank", "child.birth_date"]) | texts
)


@pytest.fixture
def draft(cast: Cast) -> UUID:
    return play.filled_draft(cast)


@pytest.fixture
def mother(cast: Cast) -> Client:
    return patient(signed_in(PERSON, cast.mother_id))


def patient(client: Client) -> Client:
    """A client that takes a server's error for an answer, as a browser does."""
    client.raise_request_exception = False
    return client


def sendable(value: object) -> bytes:
    """As JSON, whatever it holds: also halves of characters, and numbers that are none."""
    return json.dumps(value).encode()


# Values


@PROPERTY
@given(typed=st.dictionaries(fields, texts, max_size=4))
def test_a_form_takes_any_text(mother: Client, draft: UUID, typed: dict[str, str]) -> None:
    form = {clean(name): clean(value) for name, value in typed.items()}
    for path in ("", "save/"):
        assert mother.post(f"/drafts/{draft}/{path}", form).status_code in {200, 302, 400, 404}
    assert mother.get(f"/drafts/{draft}/").status_code == 200


@PROPERTY
@given(
    body=st.dictionaries(
        st.sampled_from(["answers", "claims", "consents", "refused", "event", "draft"]) | texts, values
    )
)
def test_the_api_takes_any_json(mother: Client, draft: UUID, body: dict[str, object]) -> None:
    sent = sendable(body)
    for method, path in (
        ("patch", f"/api/drafts/{draft}"), ("post", "/api/drafts"), ("post", "/api/applications"),
        ("post", f"/api/applications/{uuid4()}/answers"), ("post", f"/api/cases/{uuid4()}/rating"),
        ("post", "/api/events/birth/plan"),
    ):  # fmt: skip
        answer = getattr(mother, method)(path, sent, content_type="application/json")
        assert answer.status_code < 500, (path, sent)
    assert mother.get(f"/api/drafts/{draft}").status_code == 200


@PROPERTY
@given(
    answers=st.dictionaries(
        fields, texts | st.integers() | st.booleans() | st.floats(), min_size=1, max_size=4
    )
)
def test_answers_of_any_kind_are_kept_or_refused(
    mother: Client, draft: UUID, answers: dict[str, object]
) -> None:
    sent = sendable({"answers": answers, "claims": {"mother.name": "\u0000"}, "consents": ["\u0000x"]})
    answer = mother.patch(f"/api/drafts/{draft}", sent, content_type="application/json")
    assert answer.status_code < 500, sent
    submitted = mother.post(
        "/api/applications", sendable({"draft": str(draft)}), content_type="application/json"
    )
    assert submitted.status_code < 500


@pytest.mark.parametrize("nasty", NASTY)
def test_searches_and_addresses_take_anything(cast: Cast, mother: Client, nasty: str) -> None:
    text = clean(nasty)
    official = patient(signed_in(OFFICIAL, cast.official("hospital").actor.id))
    for client, path, query in (
        (mother, "/", "q"), (mother, "/sign-in/", "q"), (mother, "/applications/", "before"), (mother, "/data-uses/", "before"),
        (mother, "/events/birth/", "child.name"), (official, "/desk/", "q"), (official, "/desk/", "after"),
        (official, "/desk/", "state"), (official, "/desk/sign-in", "q"), (mother, "/api/applications", "before"),
        (mother, "/api/data-uses", "before"),
    ):  # fmt: skip
        assert client.get(path, {query: text[:3000]}).status_code < 500, (path, query)
    for path in ("/applications/{}/", "/api/applications/{}", "/events/{}/", "/api/applications/{}/status"):
        assert mother.get(path.format(text[:300].replace("/", ""))).status_code < 500, path
    for path, name in (("/sign-in/", "person"), ("/desk/sign-in", "official"), ("/preferences/", "mode")):
        assert patient(Client()).post(path, {name: text}).status_code < 500, path
    assert official.post("/desk/batch", {"case": text, "act": text}).status_code < 500


def test_what_is_typed_is_never_run(cast: Cast, draft: UUID) -> None:
    client = signed_in(PERSON, cast.mother_id)
    evil = "<script>alert(1)</script>"
    Person.objects.filter(id=cast.mother_id).update(name=evil)
    client.post(f"/drafts/{draft}/save/", {"child.name": evil})
    for path in (
        f"/drafts/{draft}/",
        f"/drafts/{draft}/check/",
        "/applications/",
        "/",
        f"/sign-in/?q={evil}",
    ):
        body = client.get(path, follow=True).content.decode()
        assert evil not in body


# Bodies


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"answers":' * 50_000, b'{"answers": {"a": "' + b"x" * 10_000_000 + b'"}}', b"\xff\xfe", b"", b'{"answers": null}', b'{"answers": {"a": ' + b"9" * 5000 + b"}}"],
    ids=["deep-list", "deep-object", "ten-megabytes", "no-text", "empty", "no-answers", "long-number"],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_refused(mother: Client, draft: UUID, body: bytes) -> None:
    before = Draft.objects.values().get(id=draft)
    answer = mother.patch(f"/api/drafts/{draft}", body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert Draft.objects.values().get(id=draft) == before


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"1"])
def test_json_that_is_no_object_changes_nothing(mother: Client, draft: UUID, body: bytes) -> None:
    before = Draft.objects.values("answers", "facts", "consents", "claims").get(id=draft)
    assert mother.patch(f"/api/drafts/{draft}", body, content_type="application/json").status_code < 500
    assert Draft.objects.values("answers", "facts", "consents", "claims").get(id=draft) == before


def test_thousands_of_fields_are_refused(mother: Client, draft: UUID) -> None:
    many = {f"child.f{each}": "x" for each in range(5000)}
    assert mother.post(f"/drafts/{draft}/save/", many).status_code == 400
    answer = mother.patch(f"/api/drafts/{draft}", {"answers": many}, content_type="application/json")
    assert answer.status_code == 422


# Documents


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", SCRIPT), ("a.pdf", b"<!doctype html><script>alert(1)</script>"), ("a.png", b"MZ\x90\x00"), ("a.svg", SCRIPT),
     ("a.pdf", b""), ("a.pdf", b"PK\x03\x04" + b"\x00" * 100), ("a.pdf", b"%PDF-" + b"0" * 10_000_001), ("a.jpg", b" \xff\xd8\xff")],
    ids=["svg-as-pdf", "html-as-pdf", "program-as-png", "svg", "empty", "zip-as-pdf", "eleven-megabytes", "not-from-the-start"],
)  # fmt: skip
def test_what_is_no_document_is_not_kept(mother: Client, draft: UUID, name: str, content: bytes) -> None:
    sent = SimpleUploadedFile(name, content, content_type="application/pdf")
    answer = mother.post(f"/api/drafts/{draft}/documents/birth_certificate/x", {"file": sent})
    assert answer.status_code in {400, 422}
    sent = SimpleUploadedFile(name, content, content_type="application/pdf")
    assert mother.post(f"/drafts/{draft}/", {"document birth_certificate x": sent}).status_code in {
        200,
        302,
        400,
    }
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\x.pdf", "a\r\nSet-Cookie: b=c.pdf", 'a";filename="b.html', "a.pdf\x00.html", "\u202efdp.exe",
     "x" * 3000 + ".pdf", "42.zip.pdf", "<script>.pdf", "con.pdf", " "],
)  # fmt: skip
def test_a_document_is_shown_and_never_run(mother: Client, draft: UUID, name: str) -> None:
    sent = SimpleUploadedFile("x", PDF, content_type="text/html")
    vars(sent)["_name"] = name  # the setter would clean it, and an attacker does not
    mother.post(f"/drafts/{draft}/", {"document birth_certificate x": sent})
    for upload in Upload.objects.all():
        answer = mother.get(f"/uploads/{upload.id}/")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        disposition = answer.headers["Content-Disposition"]
        assert not set('\r\n";<>/\\').intersection(disposition.removeprefix("inline; filename*=UTF-8''"))
        assert "Set-Cookie" not in answer.headers
        assert answer.content == PDF


def test_a_draft_holds_only_so_many_documents(mother: Client, draft: UUID) -> None:
    for number in range(25):
        document = SimpleUploadedFile(f"{number}.pdf", PDF + f"%{number}\n".encode())
        mother.post(f"/api/drafts/{draft}/documents/birth_certificate/x", {"file": document})
    assert Upload.objects.count() == 20


def clean(text: str) -> str:
    """What a browser can send: no halves of characters."""
    return text.encode("utf-8", "replace").decode()
