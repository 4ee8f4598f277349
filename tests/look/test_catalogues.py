"""Every word of every page is there in English too."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import qipan

FACES = sorted((Path(qipan.__file__).parent / "faces").iterdir())
WORDED = [face for face in FACES if (face / "templates").is_dir()]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACES = re.compile(r"%\((\w+)\)s")


def collected(face: Path) -> Catalog:
    """What `make messages` would collect."""
    settings = tomllib.loads((Path(qipan.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = settings["tool"]["babel"]["mappings"]
    catalog = Catalog()
    found = extract_from_dir(
        face,
        method_map=[(one["pattern"], one["method"]) for one in mappings],
        options_map={one["pattern"]: {"trimmed": "true", "encoding": "utf-8"} for one in mappings},
        keywords=KEYWORDS,
    )
    for _file, _line, words, _comments, context in found:
        catalog.add(words, context=context)
    return catalog


def translated(face: Path) -> Catalog:
    path = face / "locale/en/LC_MESSAGES/django.po"
    if not path.exists():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file, locale="en")


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


@pytest.mark.parametrize("face", WORDED, ids=lambda face: face.name)
def test_every_word_is_in_english_too(face: Path) -> None:
    english = translated(face)
    missing = [
        message.id
        for message in collected(face)
        if message.id and not ((found := english.get(message.id, message.context)) and all(forms(found)))
    ]
    assert not missing, (
        "Run `make messages` and translate these in the face's locale/en/LC_MESSAGES/django.po."
    )


@pytest.mark.parametrize("face", WORDED, ids=lambda face: face.name)
def test_a_translation_fills_in_no_more_than_the_original(face: Path) -> None:
    for message in translated(face):
        if message.id:
            original = "".join([message.id] if isinstance(message.id, str) else message.id)
            for form in forms(message):
                assert set(PLACES.findall(form)) <= set(PLACES.findall(original)) | {"num"}, message.id
