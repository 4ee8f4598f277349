"""Posts in the reader's language."""

import pytest
from django.utils import translation

from qipan.faces.look.posts import post_said
from qipan.people.operations import CLERK_POST, POST, POSTS


@pytest.mark.parametrize("post", [POST, CLERK_POST, *POSTS.values()])
def test_the_usual_posts_are_said_in_english(post: str) -> None:
    with translation.override("en"):
        assert post_said(post).isascii()
    with translation.override("zh-hans"):
        assert post_said(post) == post


def test_any_other_post_is_what_the_agency_calls_it() -> None:
    assert post_said("窗口负责人") == "窗口负责人"
