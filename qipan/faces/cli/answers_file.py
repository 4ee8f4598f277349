"""The file of a person's answers: ``{mother: {age: 30}}`` or ``{"mother.age": 30}``, in YAML or JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import click

from qipan.catalogue.library import marked_yaml as yaml
from qipan.core.plan import Problem
from qipan.faces.cli.words import say
from qipan.faces.look.problem_words import problem_sentence

MAX_BYTES: Final = 1_000_000


class Written(NamedTuple):
    """One answer as it stands in the file; ``line`` is 0 in JSON, which keeps none; ``text`` is None for a list."""

    name: str
    text: str | None
    line: int


def read_written(file: Path, language: str) -> list[Written]:
    """Read the answers as they are written; leaves with 2 where that cannot be done."""
    try:
        return _read(file)
    except OSError as error:
        why = say(language, "answers-shut", why=error.strerror or "")
    except json.JSONDecodeError as error:
        why = say(language, "json-wrong", line=error.lineno, column=error.colno)
    except UnicodeDecodeError:
        why = unreadable(yaml.NotYaml("encoding", 1), language)
    except yaml.NotYaml as error:
        why = say(language, "line", line=error.line, what=unreadable(error, language))
    except _TooBig:
        why = say(language, "answers-too-big")
    except (RecursionError, _WrongForm):
        why = say(language, "answers-form")
    except ValueError:  # a whole number of thousands of digits
        why = say(language, "answers-number")
    raise click.UsageError(say(language, "answers-unreadable", file=file, why=why))


def _read(file: Path) -> list[Written]:
    with file.open("rb") as opened:
        raw = opened.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _TooBig
    if file.suffix.lower() == ".json":
        return list(_flat_json(json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_Pairs)))
    root = yaml.read_yaml(raw)
    return list(_flat_yaml(root)) if root is not None else []


def unreadable(error: yaml.NotYaml, language: str) -> str:
    """Say why a text is no YAML."""
    return problem_sentence(
        Problem("syntax", "error", None, {"what": error.what, "detail": error.detail}), language
    )


class _Pairs(list[tuple[str, object]]):
    """A JSON object's keys and values in their order, the same key perhaps twice."""


class _WrongForm(Exception):
    """Neither nested nor flat."""


class _TooBig(Exception):
    """Larger than any person's answers."""


def _flat_json(root: object) -> Iterator[Written]:
    if not isinstance(root, _Pairs):
        raise _WrongForm
    for name, value in root:
        if isinstance(value, _Pairs):
            yield from (Written(f"{name}.{word}", _text(inner), 0) for word, inner in value)
        else:
            yield Written(name, _text(value), 0)


def _text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _flat_yaml(root: yaml.Node, prefix: str = "") -> Iterator[Written]:
    if type(root) is not yaml.Mapping:
        raise _WrongForm
    for key, value in root.pairs():
        if type(key) is not yaml.Scalar:
            raise _WrongForm
        if type(value) is yaml.Scalar:
            yield Written(prefix + key.value, value.value, value.line)
        elif prefix or "." in key.value:
            yield Written(prefix + key.value, None, value.line)
        else:
            yield from _flat_yaml(value, f"{key.value}.")
