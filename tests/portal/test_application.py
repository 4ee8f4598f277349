"""An application under way: where each case stands, what is owed, what came of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from qipan.applications import operations
from qipan.applications.models import Application, Case, Upload
from qipan.voice.models import Rating
from tests import cast as play
from tests.cast import MONDAY, Cast

Count = Callable[[int], AbstractContextManager[None]]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


def case(number: str, service: str) -> Case:
    return Case.objects.get(application__number=number, service=service)


def grant(cast: Cast, number: str, service: str, name: str) -> None:
    play.granted(cast, Application.objects.get(number=number).id, service, name)


def returned(cast: Cast, number: str, fields: list[str], evidence: list[str], message: str) -> Case:
    """The hospital returns the birth certificate's case."""
    found = case(number, "birth_certificate")
    with transaction.atomic():
        operations.return_for_correction(
            acting=cast.official("hospital"),
            case=found.id,
            fields=fields,
            evidence=evidence,
            message=message,
            at=MONDAY,
        )
    return found


# Progress


def test_submission_ends_with_a_number_and_what_happens_next(mother: Client, number: str) -> None:
    page = mother.get(f"/applications/{number}/submitted/").content.decode()
    assert number in page
    assert "办理 5 件事的部门" in page
    assert "最晚2026年12月4日全部办好" in page  # one day, then three, then five, from a Monday


def test_progress_shows_every_case_with_its_agency_and_state(mother: Client, number: str) -> None:
    page = mother.get(f"/applications/{number}/").content.decode()
    assert "已送到，等受理" in page
    assert "等这些办好就开始：出生医学证明签发" in page
    assert "2026年11月24日办好" in page
    assert "自动办结" in page
    assert "YE000001" in page


def test_progress_moves_on_with_the_cases(mother: Client, cast: Cast, number: str) -> None:
    grant(cast, number, "birth_certificate", "hospital")
    page = mother.get(f"/applications/{number}/").content.decode()
    assert page.count("已批准，等送达") + page.count("已办好") == 2
    assert "V330000001" in page
    assert "等这些办好就开始：出生医学证明签发" not in page


def test_the_page_refreshes_itself_with_and_without_scripts_until_it_is_over(
    mother: Client, number: str
) -> None:
    page = mother.get(f"/applications/{number}/").content.decode()
    assert 'hx-trigger="every 4s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    Application.objects.update(state="withdrawn")
    page = mother.get(f"/applications/{number}/").content.decode()
    assert "hx-trigger" not in page
    assert "http-equiv" not in page


def test_asked_again_it_answers_only_when_something_has_changed(
    mother: Client, cast: Cast, number: str
) -> None:
    address = f"/applications/{number}/"
    page = mother.get(address).content.decode()
    seen = page.partition("?seen=")[2][:16]
    again = mother.get(address, {"seen": seen}, headers={"HX-Target": "progress"})
    assert (again.status_code, again.content) == (204, b"")
    grant(cast, number, "birth_certificate", "hospital")
    changed = mother.get(address, {"seen": seen}, headers={"HX-Target": "progress"}).content.decode()
    assert "V330000001" in changed
    assert "<html" not in changed


def test_progress_reads_two_statements_however_much_there_is(
    mother: Client, cast: Cast, number: str, assert_query_count: Count
) -> None:
    mother.get(f"/applications/{number}/")
    with assert_query_count(2):
        mother.get(f"/applications/{number}/")
    grant(cast, number, "birth_certificate", "hospital")
    with assert_query_count(2):
        mother.get(f"/applications/{number}/")


def test_a_refusal_is_shown_with_its_reason_what_it_stops_and_what_one_can_do(
    mother: Client, cast: Cast, number: str
) -> None:
    found = case(number, "birth_certificate")
    hospital = cast.official("hospital")
    with transaction.atomic():
        operations.accept_case(acting=hospital, case=found.id, at=MONDAY)
        operations.refuse_case(acting=hospital, case=found.id, reason="不是在本院出生", at=MONDAY)
    play.advance(found.application_id)
    page = mother.get(f"/applications/{number}/").content.decode()
    assert "原因：不是在本院出生" in page
    assert "行政复议" in page
    assert "因为“出生医学证明签发”没有办成" in page


def test_results_list_what_was_granted_and_what_is_issued(mother: Client, cast: Cast, number: str) -> None:
    grant(cast, number, "birth_certificate", "hospital")
    page = mother.get(f"/applications/{number}/results/").content.decode()
    assert "发给您：出生医学证明" in page
    assert "V330000001" in page
    assert "社会保障卡申领" not in page


# What is owed


def test_what_was_returned_is_shown_put_right_and_goes_on(mother: Client, cast: Cast, number: str) -> None:
    found = returned(cast, number, ["child.name"], [], "姓名里有个错字，请核对。")
    page = mother.get(f"/applications/{number}/").content.decode()
    assert "要您补正" in page
    assert "姓名里有个错字" in page
    address = f"/applications/{number}/{found.id}/correction/"
    form = mother.get(address).content.decode()
    assert 'value="王小宝"' in form
    answer = mother.post(address, {"child.name": "王晓宝"}, follow=True).content.decode()
    assert "补充已经送到" in answer
    assert case(number, "birth_certificate").state == "submitted"


def test_a_correction_that_does_not_do_says_what_to_do_and_loses_nothing(
    mother: Client, cast: Cast, number: str
) -> None:
    found = returned(cast, number, ["child.name"], [], "姓名里有个错字，请核对。")
    page = mother.post(
        f"/applications/{number}/{found.id}/correction/", {"child.name": "王"}
    ).content.decode()
    assert "太短了" in page
    assert 'value="王"' in page
    assert case(number, "birth_certificate").state == "returned"


def test_a_returned_document_is_sent_again(mother: Client, cast: Cast, number: str) -> None:
    grant(cast, number, "birth_certificate", "hospital")
    found = case(number, "household_registration")
    with transaction.atomic():
        operations.return_for_correction(
            acting=cast.official("police"), case=found.id, fields=[], evidence=["birth_paper"], message="请拍清楚。",
            at=MONDAY - timedelta(days=7),
        )  # fmt: skip
    address = f"/applications/{number}/{found.id}/correction/"
    assert "还没有上传" in mother.post(address, {}).content.decode()
    sent = {"document household_registration birth_paper": SimpleUploadedFile("证明.png", PNG)}
    assert "补充已经送到" in mother.post(address, sent, follow=True).content.decode()
    assert Upload.objects.get().filename == "证明.png"


def test_nothing_returned_means_nothing_to_put_right(mother: Client, number: str) -> None:
    found = case(number, "birth_certificate")
    answer = mother.get(f"/applications/{number}/{found.id}/correction/")
    assert answer.headers["Location"] == f"/applications/{number}/"


def test_what_no_source_could_give_is_asked_after_all(mother: Client, number: str) -> None:
    Application.objects.update(state="asking", missing=["father.name"])
    assert "请您补填 1 项" in mother.get(f"/applications/{number}/").content.decode()
    address = f"/applications/{number}/missing/"
    assert "父亲的姓名" in mother.get(address).content.decode()
    assert "还没有回答" in mother.post(address, {}).content.decode()
    mother.post(address, {"father.name": "李强"})
    assert Application.objects.get().state == "running"


# Withdrawing


def test_one_case_is_withdrawn_after_asking(mother: Client, number: str) -> None:
    found = case(number, "birth_certificate")
    address = f"/applications/{number}/{found.id}/withdraw/"
    assert "要撤回“出生医学证明签发”吗" in mother.get(address).content.decode()
    assert case(number, "birth_certificate").state == "submitted"
    assert "已经撤回" in mother.post(address, {"reason": "不办了"}, follow=True).content.decode()
    assert case(number, "birth_certificate").state == "withdrawn"


def test_everything_undecided_is_withdrawn_at_once(mother: Client, number: str) -> None:
    mother.post(f"/applications/{number}/withdraw/", {"reason": ""})
    states = set(Case.objects.exclude(service="guidance").values_list("state", flat=True))
    assert states == {"withdrawn"}
    assert case(number, "guidance").state == "delivered"


def test_what_is_decided_cannot_be_withdrawn_and_that_is_said(mother: Client, number: str) -> None:
    found = case(number, "guidance")
    page = mother.post(f"/applications/{number}/{found.id}/withdraw/", follow=True).content.decode()
    assert "状态刚刚变了" in page


# Rating


def test_an_ended_case_is_rated_once(mother: Client, number: str) -> None:
    found = case(number, "guidance")
    address = f"/applications/{number}/{found.id}/rating/"
    assert address in mother.get(f"/applications/{number}/").content.decode()
    page = mother.post(address, {"score": "5", "tag": ["fast", "unknown"], "comment": "很快"}, follow=True)
    assert "谢谢您的评价" in page.content.decode()
    assert "您评了 5 分" in page.content.decode()
    rated = Rating.objects.get()
    assert (rated.score, rated.tags, rated.comment) == (5, ["fast"], "很快")
    mother.post(address, {"score": "1"})
    assert Rating.objects.get().score == 5


@pytest.mark.parametrize("score", ["", "0", "6", "x"])
def test_a_rating_needs_a_face_and_keeps_the_comment(mother: Client, number: str, score: str) -> None:
    address = f"/applications/{number}/{case(number, 'guidance').id}/rating/"
    page = mother.post(address, {"score": score, "comment": "很快"}).content.decode()
    assert "请选一个表情" in page
    assert "很快" in page
    assert not Rating.objects.exists()
