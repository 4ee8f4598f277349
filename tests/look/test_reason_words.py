"""Why am I asked this? A sentence for every reason, in both languages."""

import re
from pathlib import Path

import pytest

from qipan.catalogue.library import load_library
from qipan.core.elements import Field
from qipan.core.plan import Reason
from qipan.faces.look.reason_words import reason_sentence
from qipan.faces.look.titles import Titles

GOOD = Path(__file__).parents[1] / "libraries" / "good"
CODES = re.findall(r"``([a-z-]+)``", str(Reason.__doc__))


def titles(language: str) -> Titles:
    library = load_library(GOOD / "marriage").library
    assert library is not None
    return Titles(library, library.events["marriage"], language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_words(code: str, language: str) -> None:
    full = Reason(code, ("moving_in",), (Field("partner", "employed"),), ("insured(applicant)",))
    for reason in (full, Reason(code)):
        sentence = reason_sentence(reason, titles(language))
        assert "{" not in sentence
        assert sentence.endswith(("。", "."))
        assert "moving_in" not in sentence  # its title is said instead


def test_a_reason_names_what_it_is_about() -> None:
    down = Reason("source-down", resources=("population",))
    assert reason_sentence(down, titles("zh")) == "本可以从“人口信息”查到，但现在查不通，只好请您填写。"
    assert "“Population register”" in reason_sentence(down, titles("en"))
    key = Reason("key-unknown", fields=(Field("partner", "id_number"),), resources=("population",))
    assert (
        reason_sentence(key, titles("zh"))
        == "“人口信息”里可能有这一项，但还缺少查询要用的“对方的公民身份号码”。"
    )


def test_many_names_are_cut_short() -> None:
    many = Reason("needed", services=tuple(f"service_{number}" for number in range(9)))
    assert (
        reason_sentence(many, titles("zh"))
        == "办理“service_0”、“service_1”、“service_2”等 9 项要用到这一项。"
    )
    assert (
        reason_sentence(many, titles("en")) == "Needed for “service_0”, “service_1”, “service_2” and 6 more."
    )
