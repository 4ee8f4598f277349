"""The desk speaks English throughout."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import qipan.faces.desk

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
