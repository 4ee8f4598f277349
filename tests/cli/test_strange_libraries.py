"""Libraries as strangers write them: each is planned, or refused in a sentence at its line, and never takes long."""

import os
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HEAD = "schema: 1\nagencies: {o: {title: 局, levels: [county]}}\n"
ELEMENTS = "elements: {Person.id: {title: 号}, Person.a: {title: 甲}, Person.n: {title: 数, type: integer}}\n"
EVENT = "events:\n  e:\n    title: 事\n    parties: {p: {kind: Person, applicant: true}}\n    known: [p.id]\n"
USES = "    services: [s]\n"


def service(name: str = "s", needs: str = "p.a", more: str = "") -> str:
    parties = "{p: Person}"
    return f"  {name}: {{title: 事, agency: o, level: county, parties: {parties}, needs: [{needs}]{more}}}\n"


SMALL = HEAD + ELEMENTS + "services:\n" + service(needs="p.id, p.a, p.n") + EVENT + USES
RELATED = SMALL.replace(
    "services:\n", "relations: {r: {parties: [Person, Person], symmetric: true}}\nservices:\n", 1
)
CHAIN = (
    HEAD
    + "elements:\n  Person.id: {title: 号}\n"
    + "".join(f"  Person.k{n}: {{title: 键, ask: false}}\n" for n in range(1, 7))
    + "resources:\n"
    + "".join(
        f"  r{n}: {{title: 库, agency: o, parties: {{x: Person}}, keys: [x.{f'k{n}' if n else 'id'}], gives: [x.k{n + 1}]}}\n"
        for n in range(6)
    )
    + "services:\n"
    + service(needs="p.k6")
    + EVENT
    + USES
)
SITUATIONS = "    situations:\n      s0: {title: 情, when: p.n == 1}\n" + "".join(
    f"      s{n}: {{title: 情, when: s{n - 1} and s{n - 1}}}\n" for n in range(1, 60)
)
RIVALS = (
    HEAD
    + ELEMENTS.replace("甲", "甲, ask: false")
    + "services:\n"
    + "".join(service(f"s{n}", "p.id", ", gives: [p.a]") for n in range(120))
    + EVENT
    + "    services:\n"
    + "".join(f"      - {{service: s{n}, when: p.n == {n}}}\n" for n in range(120))
)


@pytest.mark.parametrize(
    ("content", "steps"),
    [
        (SMALL.encode("utf-8-sig"), 0),
        (SMALL.replace("\n", "\r\n").encode(), 0),
        (f"%YAML 1.2\n---\n{SMALL}".encode(), 0),
        (RELATED.encode() + b"    relations: ['r(p, p)']\n", 0),
        (CHAIN.encode(), 6),
        (RIVALS.encode(), 0),
    ],
    ids=["bom", "crlf", "directive", "related to oneself", "six look-ups", "120 rivals"],
)
def test_what_is_odd_and_sound_is_planned(run: Run, tmp_path: Path, content: bytes, steps: int) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    start = time.process_time()
    run("lint", str(tmp_path))
    said = run("plan", "e", "--library", str(tmp_path), "--lang", "en").stdout
    assert time.process_time() - start < 5
    assert said.count("键") >= steps


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "The file is empty."),
        (b"---\n", 1, "The file is empty."),
        (SMALL.encode("utf-16"), 1, "not UTF-8"),
        (HEAD.encode() + b"#" * 16_000_000, 1, "larger than 16 MB"),
        (b"schema: 1\nagencies:\n\to: {}\n", 3, "Use spaces throughout."),
        (b"schema: 1\na: &a [1]\nb: [*a, *a]\n", 2, "anchor or alias"),
        (b"schema: 1\nx: " + b"[" * 50_000, 2, "nested over forty levels deep"),
        (b'schema: 1\nagencies: {o: {title: "a\\0b", levels: [county]}}\n', 2, "control character"),
        (SMALL.replace("甲", "甲, title: 乙").encode(), 3, "declared twice"),
        (SMALL.replace("甲", "甲, ask: no").encode(), 3, "must be true or false; it is “no”"),
        (SMALL.replace("integer", "integer, checks: {max: .nan}").encode(), 3, "must be a whole number"),
        (SMALL.replace("integer", f"integer, checks: {{max: {'9' * 5000}}}").encode(), 3, "whole number"),
        (SMALL.replace("Person.a", "Person.名").encode(), 3, "such as Person.name"),
        ((SMALL + "2020-01-01: x\n").encode(), 12, "“2020-01-01” cannot be written"),
        ((SMALL + SITUATIONS).encode(), 22, "the situations that it uses"),
        (
            SMALL.replace("甲", f"甲, checks: {{pattern: '{'a?' * 50}{'a' * 50}'}}").encode(),
            3,
            "read in too many ways",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_refused_at_its_line(
    run: Run, tmp_path: Path, content: bytes, line: int, words: str
) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    start = time.process_time()
    said = run("lint", str(tmp_path), "--lang", "en", exit_code=1).stdout
    assert time.process_time() - start < 5
    first = next(one for one in said.splitlines() if words in one)
    assert first.startswith(f"{tmp_path}/a.yaml:{line}: error ")


def test_links_and_pipes_do_no_harm(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "gone.yaml").symlink_to("/nowhere")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    (tmp_path / "up").symlink_to("..")
    os.mkfifo(tmp_path / "pipe.yaml")
    said = run("lint", str(tmp_path), "--lang", "en").stdout
    assert all(name in said for name in ("loop.yaml", "gone.yaml", "zero.yaml", "pipe.yaml"))
    assert "No problems" in said
