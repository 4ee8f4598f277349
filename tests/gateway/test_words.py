"""Every code of a refusal has its words, at the gateway, at the desk, and for whoever runs a node."""

import pytest
from django.utils import translation

from qipan.core.envelope import Fault
from qipan.core.grants import Refusal
from qipan.faces.desk.pool.words import outcome_said
from qipan.faces.gateway.refusals import REFUSED_THERE, Trouble, status_of, told
from qipan.faces.gateway.turning_away import EVERY_SECONDS, TurnedAway
from qipan.faces.look.exchange_words import UNKNOWN

CODES = [str(one) for kind in (Fault, Refusal, Trouble) for one in kind]


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_is_told_in_both_languages(code: str) -> None:
    words = told(code)
    assert words["zh"].endswith("。")
    assert words["en"].endswith(".")
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said = outcome_said(code)
        assert said.tone in {"bad", "warn"}
        assert said.words.strip(f"{code}（）() ") not in {"", "拒绝：", "Refused:"}


def test_a_code_of_another_release_is_said_as_such() -> None:
    assert (status_of("not-invented-yet"), told("not-invented-yet")["zh"]) == (REFUSED_THERE, UNKNOWN.zh)


def test_calls_that_are_turned_away_are_counted_and_said_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    away = TurnedAway()
    for second in range(int(EVERY_SECONDS) + 1):
        away.tell("clock-off", 100.0 + second)
    away.tell("replayed", 100.0)
    said = [one.getMessage() for one in caplog.records]
    assert [line.partition(" ")[0] for line in said] == ["1", str(int(EVERY_SECONDS)), "1"]
    assert "请校准时钟" in said[0]
    assert "replayed" in said[2]
