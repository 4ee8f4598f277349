"""YAML as it stands in the file: every scalar a text, every node with its line; nothing is guessed.

YAML 1.1 would make ``no`` false, ``2027-12-31`` a date and ``010`` eight. Here a scalar stays what was written, and the declared
shape says what it means. What a library never needs is refused: anchors and aliases, tags, a second document.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, final

import yaml

MAX_BYTES: Final = 16_000_000
MAX_DEPTH: Final = 40


class Scalar(NamedTuple):
    """A text and whether it stood in quotes (or in a block); lines and columns count from 1."""

    value: str
    line: int
    column: int
    quoted: bool


class Branch:
    """What a list and a mapping have in common; ``texts[first:last]`` of the document's texts are the node's own."""

    __slots__ = ("column", "first", "last", "line", "texts", "value")

    def __init__(self, line: int, column: int, texts: list[str]) -> None:
        self.line, self.column = line, column
        self.value: list[Node] = []
        self.texts = texts
        self.first = self.last = len(texts)

    def spelled(self) -> list[str]:
        """The content as texts, alike for like contents only: no text of a document has the character of the marks in it."""
        return self.texts[self.first : self.last]


@final
class Sequence(Branch):
    """A list of nodes."""

    __slots__ = ()


@final
class Mapping(Branch):
    """Keys and values in the order written, as ``[key, value, key, value, …]``."""

    __slots__ = ()

    def pairs(self) -> "Iterator[tuple[Node, Node]]":
        """Each key with its value."""
        items = iter(self.value)
        return zip(items, items, strict=True)


Node = Scalar | Sequence | Mapping
NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


def is_nothing(node: Node) -> bool:
    """Whether a key, or a whole file, was left without a value."""
    return type(node) is Scalar and not node.quoted and node.value in NOTHING


_LIST, _KEYS, _END = "\1[", "\1{", "\1"
_INVISIBLE: Final = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass
class NotYaml(Exception):
    """A text that is no YAML, or YAML beyond what a library may use; ``what`` is a key for the face's words.

    ``what``: ``encoding`` · ``too-big`` · ``too-deep`` · ``alias`` · ``tag`` · ``documents`` · ``tab`` · ``colon`` · ``dash`` · ``indent`` ·
    ``quote`` · ``after-quote`` · ``bracket`` · ``start`` · ``escape`` · ``control`` · ``yaml`` (anything else; ``detail`` holds the parser's words).
    """

    what: str
    line: int
    detail: str = ""


def read_yaml(raw: bytes) -> Node | None:
    """Read one document; None where there is nothing but comments. Raises NotYaml."""
    if len(raw) > MAX_BYTES:
        raise NotYaml("too-big", 1)
    text = _decoded(raw)
    try:
        return _compose(yaml.CSafeLoader(text), careful=_UNUSUAL.search(text) is not None)
    except yaml.MarkedYAMLError as error:
        raise _worded(error, text) from None
    except yaml.reader.ReaderError as error:
        raise NotYaml("control", raw.count(b"\n", 0, error.position) + 1) from None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotYaml("encoding", raw.count(b"\n", 0, error.start) + 1) from None


def _compose(loader: yaml.CSafeLoader, *, careful: bool) -> Node | None:
    """Build the nodes from the parser's events, without recursion; a library has a million of them.

    What cannot be in a text without certain characters is looked for only where they are.
    """
    next_event: Callable[[], Any] = loader.get_event
    siblings: list[Node] = []
    parents: list[tuple[list[Node], Sequence | Mapping]] = []
    texts: list[str] = []
    scalar, ends, make = yaml.ScalarEvent, (yaml.MappingEndEvent, yaml.SequenceEndEvent), tuple.__new__
    while event := next_event():
        kind = type(event)
        if careful:
            _refuse(event)
        if kind is scalar:
            mark, text = event.start_mark, event.value
            texts.append(text)
            siblings.append(make(Scalar, (text, mark.line + 1, mark.column + 1, bool(event.style))))
        elif kind in ends:
            siblings, node = parents.pop()
            texts.append(_END)
            node.last = len(texts)
            siblings.append(node)
        elif kind in _OPENING:
            sign, branch = _OPENING[kind]
            mark = event.start_mark
            texts.append(sign)
            parents.append((siblings, branch(mark.line + 1, mark.column + 1, texts)))
            siblings = parents[-1][1].value
            if len(parents) > MAX_DEPTH:
                raise NotYaml("too-deep", mark.line + 1)
        elif kind is yaml.DocumentStartEvent and siblings:
            raise NotYaml("documents", event.start_mark.line + 1)
    return siblings[0] if siblings else None


_OPENING: Final[dict[type, tuple[str, type[Sequence] | type[Mapping]]]] = {
    yaml.MappingStartEvent: (_KEYS, Mapping),
    yaml.SequenceStartEvent: (_LIST, Sequence),
}
_UNUSUAL: Final = re.compile(r"[&*!\\]")
"""What anchors, aliases and tags begin with, and the escapes of double quotes, which alone can bring about control characters."""


def _refuse(event: Any) -> None:
    """Refuse anchors, aliases, tags and control characters."""
    line = event.start_mark.line + 1
    if getattr(event, "anchor", None) is not None:
        raise NotYaml("alias", line)
    if getattr(event, "tag", None) is not None:
        raise NotYaml("tag", line)
    if type(event) is yaml.ScalarEvent and _INVISIBLE.search(event.value):
        raise NotYaml("control", line)


_WORDED: Final = (
    ("mapping values are not allowed", "colon"),
    ("could not find expected ':'", "colon"),
    ("did not find expected ',' or", "bracket"),
    ("did not find expected node content", "bracket"),
    ("found unexpected end of stream", "quote"),
    ("found character that cannot start any token", "start"),
    ("found unknown escape character", "escape"),
    ("did not find expected key", "indent"),
    ("did not find expected '-' indicator", "indent"),
    ("did not find expected <document start>", "indent"),
    ("block sequence entries are not allowed", "dash"),
    ("did not find expected comment or line break", "start"),
    ("could not find expected directive name", "start"),
    ("mapping keys are not allowed", "start"),
    ("did not find expected alphabetic or numeric", "alias"),
    ("found unexpected ':'", "colon"),
    ("tab character", "tab"),
)


def _worded(error: yaml.MarkedYAMLError, text: str) -> NotYaml:
    """Say what is wrong at the line where it is; a quote left open is wrong where it opens."""
    detail = error.problem or ""
    what = next((what for words, what in _WORDED if words in detail), "yaml")
    mark = error.problem_mark
    if error.context_mark is not None and (what in {"quote", "bracket"} or "expected ':'" in detail):
        mark = error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    before = "".join(text.split("\n")[line : line + 1])[: column + 1]
    if re.match(r" *\t", before):
        what = "tab"
    elif what == "indent" and before[:-1].strip():
        what = "after-quote"
    return NotYaml(what, line + 1, detail)
