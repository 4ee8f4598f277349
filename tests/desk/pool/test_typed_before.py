"""What an official typed when their session had ended, or before the language was changed, stands there again."""

import pytest
from django.test import Client
from django.utils import timezone

from qipan.sharing.models import ShareRequest
from tests.desk.pool.conftest import At
from tests.desk.pool.test_pages import form
from tests.sharing.conftest import WANTED, Pool

STILL_THERE = "您刚才填的还在"
ASK = "/desk/pool/resources/population/ask"
PURPOSE = "核对新生儿父母的婚姻状况"


def sent_too_late(client: Client, page: str, target: str, typed: dict[str, object]) -> None:
    """Send a form when the session has ended, and sign in again as was offered."""
    session = client.cookies.pop("sessionid")
    answer = client.post(target, typed, headers={"referer": f"http://testserver{page}"})
    assert answer.headers["Location"].startswith("/desk/sign-in?")
    client.cookies["sessionid"] = session.value


def test_a_request_for_data_is_filled_in_again(at: At) -> None:
    client = at("requester")
    sent_too_late(client, ASK, ASK, form(purpose=PURPOSE))
    shown = client.get(ASK).content.decode()
    assert STILL_THERE in shown
    assert f'value="{PURPOSE}"' in shown
    assert 'value="person.marital_status" checked' in shown
    assert "民法典</textarea>" in shown
    assert not ShareRequest.objects.exists()


def test_a_change_of_language_keeps_a_request_for_data(at: At) -> None:
    client = at("requester")
    client.post(f"/preferences/?next={ASK}", {**form(purpose=PURPOSE), "language": "en"})
    shown = client.get(ASK).content.decode()
    assert f'value="{PURPOSE}"' in shown
    assert 'value="look-up" checked' in shown
    assert STILL_THERE not in shown


def test_a_reason_is_there_again_at_the_act_it_was_typed_for(at: At, pool: Pool) -> None:
    page = f"/desk/pool/requests/{pool.asked(at=timezone.now())}"
    client = at("approver")
    sent_too_late(client, page, f"{page}/refuse", {"act": "refuse", "reason": "用途写得太宽"})
    shown = client.get(page).content.decode()
    assert STILL_THERE in shown
    assert shown.count("用途写得太宽</textarea>") == 1
    assert shown.index("refuse-reason") < shown.index("用途写得太宽")
    assert 'aria-invalid="true"' not in shown


def test_nobody_else_sees_a_reason_that_was_typed(at: At, pool: Pool) -> None:
    page = f"/desk/pool/requests/{pool.asked(at=timezone.now())}"
    client = at("approver")
    sent_too_late(client, page, f"{page}/refuse", {"act": "refuse", "reason": "用途写得太宽"})
    stranger = at("stranger")
    client.cookies["sessionid"] = stranger.cookies["sessionid"].value
    assert client.get(page).status_code == 404


def test_a_refusal_without_a_reason_leaves_the_fields_to_approve_ticked(at: At, pool: Pool) -> None:
    page = f"/desk/pool/requests/{pool.asked(at=timezone.now())}"
    answer = at("approver").post(f"{page}/refuse", {"act": "refuse", "reason": ""})
    assert answer.status_code == 422
    assert answer.content.decode().count('" checked') == len(WANTED.fields)


@pytest.mark.parametrize("act", ["approve", "refuse", "sign"])
def test_coming_to_an_act_without_doing_it_leads_to_the_request(at: At, pool: Pool, act: str) -> None:
    page = f"/desk/pool/requests/{pool.asked(at=timezone.now())}"
    assert at("approver").get(f"{page}/{act}").headers["Location"] == page


def test_a_page_that_shows_what_is_missing_is_left_for_the_request(at: At, pool: Pool) -> None:
    page = f"/desk/pool/requests/{pool.asked(at=timezone.now())}"
    shown = at("approver").post(f"{page}/refuse", {"act": "refuse", "reason": ""}).content.decode()
    assert f'name="next" value="{page}"' in shown


def test_a_correction_is_filled_in_again(at: At) -> None:
    client, page = at("approver"), "/desk/pool/resources/population/tell"
    sent_too_late(client, page, page, {"kind": "correction", "message": "出生日期错了一天"})
    shown = client.get(page).content.decode()
    assert STILL_THERE in shown
    assert "出生日期错了一天</textarea>" in shown
