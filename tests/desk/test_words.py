"""The desk speaks English throughout."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.utils import translation

import qipan.faces.desk
from qipan.faces.desk.trail_words import act_words

DESK = Path(qipan.faces.desk.__file__).parent
HAN = re.compile("[一-鿿]")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "false"}}
KEPT = {"Agency, service or name, for example 西湖区公安"}  # an example of what to type


def test_every_text_has_its_english() -> None:
    with (DESK / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    for _file, _line, message, _comments, context in extract_from_dir(DESK, METHODS, OPTIONS):
        first = message[0] if isinstance(message, tuple) else message
        found = catalogue.get(first, context)
        assert found is not None, first
        words = [found.string] if isinstance(found.string, str) else list(found.string or ())
        for one in words:
            assert one, first
            assert one in KEPT or not HAN.search(one), one


def test_every_act_on_a_case_has_its_words() -> None:
    """What is entered in the trail about a case must not be read by its code name."""
    written = "\n".join(
        path.read_text(encoding="utf-8") for path in DESK.parents[1].glob("applications/**/*.py")
    )
    acts = set(re.findall(r'"([a-z]+_case)"', written)) | {"return_for_correction", "answer_correction"}
    assert len(acts) > 8
    with translation.override("zh-hans"):
        assert {act for act in acts if act_words(act) == act} == set()
