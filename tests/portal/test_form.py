"""The form: consent, questions, what is known, documents; nothing typed is lost."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from qipan.applications import operations
from qipan.applications.models import Draft, Upload
from qipan.faces.portal.draft_views import AskedLookup
from tests import cast as play
from tests.cast import MONDAY, Cast

Count = Callable[[int], AbstractContextManager[None]]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
STATEMENT = "document household_registration statement"


def begun(client: Client) -> str:
    """A new form's address."""
    return client.post("/events/birth/start/").headers["Location"].removesuffix("consent/")


def answers(draft: UUID) -> Mapping[str, object]:
    found: Mapping[str, object] = Draft.objects.get(id=draft).answers
    return found


@pytest.fixture
def unmarried(cast: Cast) -> UUID:
    """The form of a mother who is not married: it wants a document."""
    return play.filled_draft(cast, sources=play.registers(married=False))


# Consent


def test_consent_says_what_is_looked_up_where_and_why(mother: Client) -> None:
    page = mother.get(begun(mother) + "consent/").content.decode()
    assert "人口信息" in page
    assert "婚姻状况" in page
    assert "户口登记条例" in page
    assert "不要查这里，我自己填" in page


def test_what_may_yet_be_looked_up_is_asked_for_at_once(mother: Client) -> None:
    page = mother.get(begun(mother) + "consent/").content.decode()
    assert "看情况，还可能要查" in page
    assert "婚姻登记" in page


def test_what_is_declined_is_asked_instead(mother: Client) -> None:
    form = begun(mother)
    resources = ["population", "marriage", "birth_record"]
    mother.post(form + "consent/", {"resource": resources, "declined": resources})
    page = mother.get(form).content.decode()
    assert 'name="mother.marital_status"' in page
    assert 'name="child.birth_date"' in page


def test_registers_that_do_not_answer_are_named_and_can_be_tried_again(mother: Client) -> None:
    form = begun(mother)
    mother.post(form + "consent/", {"resource": ["population", "marriage", "birth_record"]})
    page = mother.get(form).content.decode()
    assert "有的地方暂时查不通" in page
    assert "人口信息" in page
    assert 'name="again"' in page
    assert 'name="child.birth_date"' in page


# Questions


def test_only_what_is_not_known_is_asked_and_each_question_says_why(mother: Client, draft: UUID) -> None:
    page = mother.get(f"/drafts/{draft}/").content.decode()
    assert 'name="child.name"' in page
    assert 'name="child.sex"' not in page
    assert 'name="father.name"' not in page
    assert page.count("为什么问这个？") == 4
    assert "办理“出生医学证明签发”" in page


def test_what_is_known_is_shown_with_its_source(mother: Client, draft: UUID) -> None:
    page = mother.get(f"/drafts/{draft}/").content.decode()
    assert "李强" in page
    assert "公安局《婚姻登记》" in page
    assert "您的登录身份" in page
    assert "2026年11月20日" in page


def test_a_sensitive_number_that_is_known_is_masked(mother: Client, draft: UUID) -> None:
    page = mother.get(f"/drafts/{draft}/").content.decode()
    assert play.FATHER not in page
    assert "330***********4516" in page


def test_a_place_is_asked_and_shown_by_its_name(mother: Client, draft: UUID) -> None:
    page = mother.get(f"/drafts/{draft}/").content.decode()
    assert "浙江省杭州市西湖区北山街道" in page
    mother.post(
        f"/drafts/{draft}/",
        {"@places": "child.household_region", "child.household_region": "杭州市上城区清波街道"},
    )
    assert answers(draft)["child.household_region"] == "330102001"


def test_what_is_wrong_stays_as_typed_with_what_to_do(mother: Client, draft: UUID) -> None:
    mother.post(f"/drafts/{draft}/", {"child.name": "王"})
    page = mother.get(f"/drafts/{draft}/").content.decode()
    assert 'value="王"' in page
    assert "太短了，至少要 2 个字。" in page
    assert "“姓名”太短了" in page
    assert 'href="#f-child-name"' in page


def test_saving_while_typing_says_so_quietly_and_keeps_it(mother: Client, draft: UUID) -> None:
    page = mother.post(
        f"/drafts/{draft}/save/", {"child.native_place": "宁波"}, headers={"HX-Target": "saved"}
    )
    assert "已保存" in page.content.decode()
    assert "<html" not in page.content.decode()
    assert answers(draft)["child.native_place"] == "宁波"


def test_an_answer_that_decides_brings_the_questions_that_follow(mother: Client) -> None:
    form = begun(mother)
    resources = ["population", "marriage", "birth_record"]
    mother.post(form + "consent/", {"resource": resources, "declined": resources})
    assert 'name="father.id_number"' not in mother.get(form).content.decode()
    page = mother.post(form + "save/", {"mother.marital_status": "20"}, headers={"HX-Target": "questions"})
    assert 'name="father.id_number"' in page.content.decode()


def test_going_on_too_early_shows_everything_that_is_missing(mother: Client) -> None:
    form = begun(mother)
    resources = ["population", "marriage", "birth_record"]
    mother.post(form + "consent/", {"resource": resources, "declined": resources})
    page = mother.post(form, {"check": "1", "child.name": "王小宝"}, follow=True).content.decode()
    assert "有几处需要改一下" in page
    assert "“籍贯”还没有回答。" in page
    assert 'value="王小宝"' in page


def test_a_form_reads_at_most_three_statements(
    mother: Client, draft: UUID, assert_query_count: Count
) -> None:
    mother.get(f"/drafts/{draft}/")
    with assert_query_count(3):
        mother.get(f"/drafts/{draft}/")


def test_an_optional_service_can_be_left_out_and_taken_back(mother: Client, draft: UUID) -> None:
    mother.post(f"/drafts/{draft}/", {"optional": "guidance"})
    assert Draft.objects.get(id=draft).skipped == ["guidance"]
    assert "科学育儿指导登记" in mother.get(f"/drafts/{draft}/").content.decode()
    mother.post(f"/drafts/{draft}/", {"optional": "guidance", "chosen": "guidance"})
    assert Draft.objects.get(id=draft).skipped == []


# A register that has it wrong


def test_a_known_fact_can_be_contradicted_and_the_contradiction_taken_back(
    mother: Client, draft: UUID
) -> None:
    address = f"/drafts/{draft}/facts/father.name/"
    assert "李强" in mother.get(address).content.decode()
    mother.post(address, {"father.name": "李刚"})
    page = mother.get(f"/drafts/{draft}/").content.decode()
    assert "李刚" in page
    assert "您说不一样，待核实" in page
    mother.post(address, {"withdraw": "1", "father.name": "李刚"})
    assert "李刚" not in mother.get(f"/drafts/{draft}/").content.decode()


def test_a_contradiction_must_make_sense(mother: Client, draft: UUID) -> None:
    page = mother.post(f"/drafts/{draft}/facts/father.name/", {"father.name": "李"}).content.decode()
    assert "太短了" in page
    assert Draft.objects.get(id=draft).claims == {}


def test_what_is_not_known_cannot_be_contradicted(mother: Client, draft: UUID) -> None:
    assert mother.get(f"/drafts/{draft}/facts/child.name/").status_code == 404


# Documents


def test_a_document_is_sent_with_the_form_and_can_be_seen_and_removed(
    mother: Client, unmarried: UUID
) -> None:
    form = f"/drafts/{unmarried}/"
    assert "非婚生育说明" in mother.get(form).content.decode()
    mother.post(form, {STATEMENT: SimpleUploadedFile("说明.png", PNG), "child.native_place": "宁波"})
    sent = Upload.objects.get()
    assert "说明.png" in mother.get(form).content.decode()
    assert answers(unmarried)["child.native_place"] == "宁波"
    shown = mother.get(f"/uploads/{sent.id}/")
    assert (shown.content, shown.headers["Content-Type"]) == (PNG, "image/png")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    mother.post(form, {"remove": str(sent.id)})
    assert not Upload.objects.exists()


def test_the_same_document_sent_twice_is_kept_once(mother: Client, unmarried: UUID) -> None:
    for _again in range(2):
        mother.post(f"/drafts/{unmarried}/", {STATEMENT: SimpleUploadedFile("说明.png", PNG)})
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"MZ this is a program", "只收照片（JPG、PNG）和 PDF 文件"),
        (PNG + bytes(10_000_000), "不能超过 10 MB"),
    ],
    ids=["empty", "program", "large"],
)
def test_a_document_that_does_not_do_is_refused_with_what_to_do(
    mother: Client, unmarried: UUID, content: bytes, said: str
) -> None:
    sent = {STATEMENT: SimpleUploadedFile("a.png", content), "check": "1", "child.native_place": "宁波"}
    page = mother.post(f"/drafts/{unmarried}/", sent, follow=True).content.decode()
    assert said in page
    assert not Upload.objects.exists()
    assert answers(unmarried)["child.native_place"] == "宁波"


def test_an_unsent_document_is_named_when_going_on(mother: Client, unmarried: UUID) -> None:
    page = mother.post(f"/drafts/{unmarried}/", {"check": "1"}, follow=True).content.decode()
    assert "“非婚生育说明”还没有上传。" in page


# Check and submit


def test_what_was_answered_is_read_back_with_a_way_to_change_it(mother: Client, draft: UUID) -> None:
    page = mother.get(f"/drafts/{draft}/check/").content.decode()
    assert "王小宝" in page
    assert "甲银行" in page
    assert f"/drafts/{draft}/#f-child-name" in page


def test_what_is_still_to_be_looked_up_is_named_by_party(rf: RequestFactory) -> None:
    lookup = AskedLookup(
        "population", "人口信息", "公安局", (("父亲", ("姓名", "民族")), ("宝宝", ("性别",))), (), ()
    )
    form = SimpleNamespace(
        deciding=(), groups=(), documents=(), known=(), known_count=0, services=(), title="出生"
    )
    values = {"form": form, "draft": uuid4(), "lookups": [lookup], "reader": None, "here": ""}
    page = render_to_string("portal/check.html", values, request=rf.get("/"))
    asked = page[page.index("提交后还会查") :]
    assert "父亲：姓名、民族" in asked
    assert "宝宝：性别" in asked


def test_an_incomplete_form_cannot_be_checked(mother: Client, unmarried: UUID) -> None:
    assert mother.get(f"/drafts/{unmarried}/check/").headers["Location"] == f"/drafts/{unmarried}/?check=1"


def test_it_is_submitted_once_however_often_the_button_is_pressed(mother: Client, draft: UUID) -> None:
    first = mother.post(f"/drafts/{draft}/submit/", {"declared": "yes"})
    second = mother.post(f"/drafts/{draft}/submit/", {"declared": "yes"})
    assert first.headers["Location"].startswith("/applications/QP-")
    assert first.headers["Location"] == second.headers["Location"]


def test_nothing_is_submitted_without_the_declaration(mother: Client, draft: UUID) -> None:
    page = mother.post(f"/drafts/{draft}/submit/", follow=True).content.decode()
    assert "请先勾选声明" in page
    assert Draft.objects.get(id=draft).application is None


def test_an_incomplete_form_is_not_submitted_but_says_what_is_missing(
    mother: Client, draft: UUID, cast: Cast
) -> None:
    with transaction.atomic():
        operations.save_answers(acting=cast.mother, draft=draft, answers={"child.name": ""}, at=MONDAY)
    page = mother.post(f"/drafts/{draft}/submit/", {"declared": "yes"}, follow=True).content.decode()
    assert "“姓名”还没有回答。" in page


# Throwing it away


def test_a_deleted_draft_can_be_had_back(mother: Client, draft: UUID, neighbour: Client) -> None:
    deleted = mother.post(f"/drafts/{draft}/discard/", follow=True)
    assert "撤销删除" in deleted.content.decode()
    assert not Draft.objects.filter(id=draft).exists()
    address, _status = deleted.redirect_chain[-1]
    assert "撤销删除" not in neighbour.get(address).content.decode()
    assert neighbour.post(f"/drafts/{draft}/restore/").status_code == 404
    assert "找回来了" in mother.post(f"/drafts/{draft}/restore/", follow=True).content.decode()
    assert Draft.objects.filter(id=draft).exists()
    assert "撤销删除" not in mother.get(address).content.decode()


def test_deleting_twice_or_what_is_not_there_says_nothing_strange(mother: Client, draft: UUID) -> None:
    for _ in range(2):
        assert mother.post(f"/drafts/{draft}/discard/", follow=True).status_code == 200
    assert mother.get("/applications/?discarded=rubbish").status_code == 200


# Coming back to what is over, and being signed out in between


def test_coming_back_to_a_submitted_form_leads_to_what_it_became(
    mother: Client, cast: Cast, neighbour: Client
) -> None:
    draft = play.filled_draft(cast)
    mother.post(f"/drafts/{draft}/submit/", {"declared": "yes"})
    for path in ("", "check/", "consent/"):
        page = mother.get(f"/drafts/{draft}/{path}", follow=True)
        assert "/applications/QP-" in page.redirect_chain[-1][0], path
        assert "已经提交" in page.content.decode(), path
    typed = mother.post(f"/drafts/{draft}/save/", {"child.name": "王大宝"}, headers={"HX-Request": "true"})
    assert "/applications/QP-" in typed.headers["HX-Redirect"]
    assert mother.post(f"/drafts/{draft}/", {"child.name": "王大宝"}).status_code == 302
    assert neighbour.get(f"/drafts/{draft}/").status_code == 404


def test_a_part_of_a_page_is_never_filled_with_the_page_to_sign_in(mother: Client, draft: UUID) -> None:
    mother.post("/sign-out/")
    headers = {"HX-Request": "true", "Referer": f"http://testserver/drafts/{draft}/"}
    answer = mother.post(f"/drafts/{draft}/save/", {"child.name": "王大宝"}, headers=headers)
    assert answer.headers["HX-Redirect"] == f"/sign-in/?next=%2Fdrafts%2F{draft}%2F"
    assert not answer.content
