"""What is one's own, and who used one's data."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from django.test import Client

from qipan.applications.models import Application
from tests import cast as play
from tests.cast import MONDAY, Cast

Count = Callable[[int], AbstractContextManager[None]]


def test_drafts_and_applications_are_listed(mother: Client, cast: Cast, number: str) -> None:
    draft = play.filled_draft(cast)
    page = mother.get("/applications/").content.decode()
    assert f"/drafts/{draft}/discard/" in page
    assert number in page
    assert "正在办" in page
    assert "办完 1 件，共 5 件" in page


def test_an_empty_list_says_where_to_begin(neighbour: Client) -> None:
    assert "看看能办什么" in neighbour.get("/applications/").content.decode()


def test_the_list_goes_page_by_page_at_the_same_cost(
    mother: Client, cast: Cast, number: str, assert_query_count: Count
) -> None:
    mother.get("/applications/")
    with assert_query_count(3):
        mother.get("/applications/")
    for day in range(1, 25):
        play.submitted(cast, at=MONDAY + timedelta(days=day))
    with assert_query_count(3):
        page = mother.get("/applications/").content.decode()
    assert number not in page
    older = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert number in mother.get(older).content.decode()


def test_an_odd_page_address_is_the_first_page(mother: Client, number: str) -> None:
    for odd in ("yesterday", "2026-13-45T00:00:00", "2026-11-23"):
        assert number in mother.get("/applications/", {"before": odd}).content.decode()


def test_every_use_of_ones_data_is_shown_with_what_for_and_on_which_ground(
    mother: Client, number: str
) -> None:
    page = mother.get("/data-uses/").content.decode()
    assert "查询《人口信息》" in page
    assert "婚姻状况" in page
    assert "户口登记条例" in page
    assert "查到了" in page
    assert "转给330106.hospital" not in page
    assert "办理“出生医学证明签发”" in page
    assert number in page


def test_uses_stand_by_day_and_agency_with_how_many_each(mother: Client, number: str) -> None:
    page = mother.get("/data-uses/").content.decode()
    lines, folds = page.count('<div class="entry">'), page.count('<details class="fold">')
    assert lines > folds > 1, "several uses of one agency stand in one fold"
    chart = page.partition('class="who-used"')[2].partition("</figure>")[0]
    tallies = [int(one) for one in re.findall(r'class="number">用了 (\d+) 次', chart)]
    assert sum(tallies) == lines
    assert tallies == sorted(tallies, reverse=True)
    widths = [int(one) for one in re.findall(r'width="(\d+)"', chart)]
    assert widths[0] == 100
    assert widths == sorted(widths, reverse=True)


def test_look_ups_for_a_form_never_sent_are_shown_too(mother: Client, draft: UUID) -> None:
    assert "查询《人口信息》" in mother.get("/data-uses/").content.decode()
    assert not Application.objects.exists()


def test_another_sees_none_of_it(neighbour: Client, number: str) -> None:
    page = neighbour.get("/data-uses/").content.decode()
    assert "还没有谁用过您的数据" in page
    assert number not in page


def test_the_uses_cost_seven_statements(mother: Client, number: str, assert_query_count: Count) -> None:
    mother.get("/data-uses/")
    with assert_query_count(7):
        mother.get("/data-uses/")
