"""Signing in by choosing a synthetic resident."""

import pytest
from django.test import Client

from qipan.people.models import Person
from tests.cast import MOTHER, Cast


def test_residents_are_listed_with_masked_numbers(anybody: Client) -> None:
    page = anybody.get("/sign-in/").content.decode()
    assert "王芳" in page
    assert MOTHER not in page
    assert "330***********1221" in page
    assert "合成" in page


def test_a_resident_can_be_found_by_name(anybody: Client) -> None:
    page = anybody.get("/sign-in/", {"q": "赵"}).content.decode()
    assert "赵敏" in page
    assert "王芳" not in page


def test_one_comes_back_to_where_one_was_going(anybody: Client, cast: Cast) -> None:
    answer = anybody.post("/sign-in/", {"person": cast.mother_id, "next": "/events/birth/"})
    assert answer.headers["Location"] == "/events/birth/"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/"])
def test_nobody_is_led_off_the_site(anybody: Client, cast: Cast, elsewhere: str) -> None:
    answer = anybody.post("/sign-in/", {"person": cast.mother_id, "next": elsewhere})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("person", ["", "0", "999999", "x", "１"])
def test_whoever_is_not_there_cannot_be_chosen(anybody: Client, person: str) -> None:
    assert anybody.post("/sign-in/", {"person": person}).status_code == 404


def test_a_real_person_cannot_be_chosen(anybody: Client, cast: Cast) -> None:
    Person.objects.filter(id=cast.mother_id).update(sample=False)
    assert anybody.post("/sign-in/", {"person": cast.mother_id}).status_code == 404


def test_signing_out_ends_it(mother: Client) -> None:
    assert mother.get("/applications/").status_code == 200
    mother.post("/sign-out/")
    assert mother.get("/applications/").status_code == 302


def test_whoever_is_gone_from_the_records_is_out_at_once(mother: Client, cast: Cast) -> None:
    Person.objects.filter(id=cast.mother_id).delete()
    assert mother.get("/applications/").status_code == 302


def test_the_next_one_at_the_screen_cannot_go_back_to_what_was_shown(mother: Client, anybody: Client) -> None:
    assert "no-store" in mother.get("/applications/").headers["Cache-Control"]
    assert "Cache-Control" not in anybody.get("/").headers
