"""Submitting through the API."""

import json

from tests import cast as play
from tests.api.conftest import Visitor
from tests.cast import Cast


def test_a_draft_becomes_one_application_however_often_it_is_sent(cast: Cast, visitor: Visitor) -> None:
    visitor.as_person(cast.mother)
    body = {"draft": str(play.filled_draft(cast))}
    first = visitor.post("/api/applications", body, content_type="application/json")
    again = visitor.post("/api/applications", body, content_type="application/json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]


def test_what_is_missing_is_named_field_by_field(cast: Cast, visitor: Visitor) -> None:
    visitor.as_person(cast.mother)
    answers = {**play.ANSWERS, "child.name": "x", "child.chosen_bank": ""}
    body = {"draft": str(play.filled_draft(cast, answers=answers))}
    refused = visitor.post("/api/applications", body, content_type="application/json")
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    faults = {(one["field"], one["code"]) for one in refused.json()["errors"]}
    assert faults == {("child.chosen_bank", "unanswered"), ("child.name", "too-short")}
    assert "王小宝" not in json.dumps(refused.json())


def test_without_a_key_a_form_that_is_not_kept_is_refused(cast: Cast, visitor: Visitor) -> None:
    visitor.as_person(cast.mother)
    refused = visitor.post("/api/applications", {"event": "birth"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "no-idempotency-key")


def test_who_is_not_signed_in_submits_nothing(cast: Cast, visitor: Visitor) -> None:
    refused = visitor.post("/api/applications", {"event": "birth"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")
