"""Loading a library from a folder of YAML files."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from qipan.catalogue.library import marked_yaml as yaml
from qipan.catalogue.library.readable import Declared, Readable
from qipan.catalogue.library.reading import Misshapen, Reading, Reported, nearest, pairs
from qipan.catalogue.library.sections import FILE, SECTIONS
from qipan.core.declarations import Library, Position
from qipan.core.plan import Problem
from qipan.core.resting import collector_resting

_FIRST: Final = ("codes", "elements")  # what other declarations' values are read by
_VERSION_LENGTH: Final = 16


class LoadedLibrary(NamedTuple):
    """A library, or, where anything is misshapen, everything that is.

    ``readable`` is what is left of a misshapen library, unless a whole file or section of it could not be read; ``files`` are what
    was read from a folder, by path.
    """

    library: Library | None
    problems: tuple[Problem, ...]
    readable: Readable | None = None
    files: Mapping[str, bytes] = MappingProxyType({})


@dataclass
class _Gathered:
    """What is read so far."""

    declared: dict[str, dict[str, Any]] = field(default_factory=lambda: {section: {} for section in SECTIONS})
    digests: list[str] = field(default_factory=list)
    rests: list[tuple[Declared, Any]] = field(default_factory=list)
    unread: bool = False
    reading: Reading = field(init=False)

    def __post_init__(self) -> None:
        self.reading = Reading(elements=self.declared["elements"])


def load_library(folder: Path) -> LoadedLibrary:
    """Read every ``.yaml`` and ``.yml`` file under the folder, in the order of their paths; see ``load_files``."""
    try:
        files = _read(folder)
    except OSError as error:
        values = {"what": "unreadable", "where": (), "detail": error.strerror or ""}
        return LoadedLibrary(None, (Problem("syntax", "error", Position(str(error.filename), 1), values),))
    if not files:
        return LoadedLibrary(
            None, (Problem("syntax", "error", None, {"what": "no-files", "folder": str(folder)}),)
        )
    return load_files(files)._replace(files=files)


def _read(folder: Path) -> dict[str, bytes]:
    """Give what the files of a library hold, of each too large one only so much that this can be told; raises OSError."""
    files: dict[str, bytes] = {}
    for path in _files(folder):
        with path.open("rb") as file:
            files[str(path)] = file.read(min(path.stat().st_size, yaml.MAX_BYTES) + 1)
    return files


def load_files(files: Mapping[str, bytes]) -> LoadedLibrary:
    """Read a library from its files' contents by name, in the order given.

    What is found is of good shape, no more: whether names meet and supplies suffice is for ``qipan.core.planner.check_library``.
    The version names the content: comments, layout and the division into files do not change it.
    """
    gathered = _Gathered()
    with collector_resting():
        for file, content in _elements_first(files, gathered):
            gathered.reading.file = file
            for section in SECTIONS:
                if section in content and section not in _FIRST:
                    _read_section(section, content[section], gathered)
    problems = tuple(sorted(gathered.reading.problems, key=lambda problem: problem.position or ("", 0)))
    if problems:
        return LoadedLibrary(None, problems, None if gathered.unread else _readable(gathered))
    return LoadedLibrary(_library(gathered), ())


def _readable(gathered: _Gathered) -> Readable:
    """Put what is left of the misshapen declarations among the others, now that all values are read by whole elements."""
    for (section, name), rest in gathered.rests:
        if rest is not None:
            gathered.declared[section].setdefault(name, rest)
    return Readable(_library(gathered), frozenset(declared for declared, _ in gathered.rests))


def _library(gathered: _Gathered) -> Library:
    digest = hashlib.sha256("".join(sorted(gathered.digests)).encode()).hexdigest()
    return Library(
        **gathered.declared, positions=gathered.reading.positions, version=digest[:_VERSION_LENGTH]
    )


def _files(folder: Path) -> list[Path]:
    """List a library's files; hidden folders are not part of it."""
    return sorted(
        path
        for pattern in ("*.yaml", "*.yml")
        for path in folder.rglob(pattern)
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def files_passed_over(folder: Path) -> list[Path]:
    """List what is named like a file of the library and is not read: ``A.YAML``, a folder ``a.yaml``, a link to nothing."""
    read = set(_files(folder))
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in {".yaml", ".yml"}
        and path not in read
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


Content = dict[str, yaml.Node]


def _elements_first(files: Mapping[str, bytes], gathered: _Gathered) -> Iterator[tuple[str, Content]]:
    """Give each file's sections, after the elements of all files are read; only files that may hold some wait meanwhile."""
    first = {name: _content(name, raw, gathered) for name, raw in files.items() if b"elements" in raw}
    yield from first.items()
    for name, raw in files.items():
        if name not in first:
            yield name, _content(name, raw, gathered)


def _content(name: str, raw: bytes, gathered: _Gathered) -> Content:
    """Give a file's sections as nodes, its codes and elements read; what cannot be read at all is written down."""
    reading = gathered.reading
    reading.file = name
    try:
        root = yaml.read_yaml(raw)
        if root is None or yaml.is_nothing(root):
            reading.refuse(Misshapen(yaml.Mapping(1, 1, []), "empty"), ())
            return {}
        content = _sections(root, reading)
    except yaml.NotYaml as error:
        values = {"what": error.what, "where": (), "detail": error.detail}
        reading.problems.append(Problem("syntax", "error", Position(reading.file, error.line), values))
        gathered.unread = True
        return {}
    except Misshapen as error:
        reading.refuse(error, ())
        gathered.unread = True
        return {}
    gathered.unread |= not content.keys() <= SECTIONS.keys()
    for section in _FIRST:
        if section in content:
            _read_section(section, content[section], gathered)
    return content


def _sections(root: yaml.Node, reading: Reading) -> Content:
    given, _ = pairs(root, reading, ())
    for name, (key, _) in given.items():
        if name not in FILE.keys:
            near = nearest(name, FILE.keys)
            reading.refuse(Misshapen(key, "unknown-key", key=name, nearest=near, known=tuple(FILE.keys)), ())
    if "schema" in given:
        version = given["schema"][1]
        if not (type(version) is yaml.Scalar and version.value == "1"):
            reading.refuse(Misshapen(version, "schema-version"), ())
    else:
        reading.refuse(Misshapen(root, "missing-key", key="schema"), ())
    return {name: value for name, (_, value) in given.items() if name != "schema"}


def _read_section(section: str, node: yaml.Node, gathered: _Gathered) -> None:
    reading, (names, record, _) = gathered.reading, SECTIONS[section]
    try:
        given, again = pairs(node, reading, (section,))
    except Misshapen as error:
        reading.refuse(error, (section,))
        gathered.unread = True
        return
    if again:
        gathered.rests.append(((section, ""), None))
    for name, (key, value) in given.items():
        path = (section, name)
        first = reading.positions.get(path)
        if first is not None:
            reading.duplicate(path, reading.at(key), first)
            gathered.rests.append(((section, ""), None))
            continue
        reading.positions.files[path], reading.positions.lines[path] = reading.file, key.line
        try:
            names.read(key, reading, path)
            gathered.declared[section][name] = record.read(value, reading, path)
        except Misshapen as error:
            reading.refuse(error, path)
            gathered.rests.append(((section, "" if error.node is key else name), None))
        except Reported as error:
            gathered.rests.append((path, error.rest))
            continue
        if isinstance(value, yaml.Branch):
            gathered.digests.append(_digest(section, name, value))


def _digest(section: str, name: str, node: yaml.Branch) -> str:
    return hashlib.sha256("\0".join([section, name, *node.spelled()]).encode()).hexdigest()
