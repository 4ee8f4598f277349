"""A demo holds a province on one machine, and a tour that cannot go on says what to do."""

import os

import httpx
import pytest

from qipan.faces.cli.run.starting import DEMO, as_demo
from qipan.faces.cli.tour.mother import Mother
from qipan.faces.cli.tour.visitor import Page, UnableToGoOn

EARLY = '<button form="form" name="again" value="1">Again</button><form id="form"><button name="check"></button></form>'
FORM = '<form action="/form/"><input name="child.birth_date" value=""><button name="check"></button></form>'


def test_a_demo_waits_longer_and_counts_less_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DEMO:
        monkeypatch.setenv(name, "")  # put back afterwards
        monkeypatch.delenv(name)
    monkeypatch.setenv("QIPAN_PATIENCE", "9")
    as_demo()
    assert {name: os.environ[name] for name in DEMO} == {**DEMO, "QIPAN_PATIENCE": "9"}


def test_a_tour_that_is_asked_for_what_registers_know_says_what_to_do() -> None:
    mother = Mother("http://127.0.0.1:1", "en")
    answer = httpx.Response(200, text=FORM, request=httpx.Request("GET", "http://127.0.0.1:1/form/"))
    with pytest.raises(UnableToGoOn, match=r"child\.birth_date.*QIPAN_PATIENCE"):
        mother.fill(Page.read(answer))


def test_a_tour_finds_a_button_that_stands_before_its_form() -> None:
    answer = httpx.Response(200, text=EARLY, request=httpx.Request("GET", "http://127.0.0.1:1/form/"))
    form = Page.read(answer).form("form")
    assert [name for name, _, _ in form.buttons] == ["check", "again"]
