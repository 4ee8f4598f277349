"""Every code of a refusal has its words, at the gateway, at the desk, and for whoever runs a node."""

import pytest
from django.utils import translation

from qipan.core.envelope import Fault
from qipan.core.grants import Refusal
from qipan.faces.desk.pool.words import outcome_said
from qipan.faces.gateway.refusals import REFUSED_THERE, Trouble, status_of, told
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
