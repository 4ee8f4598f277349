"""What a command knows about the person: answers, certificates held, sources that are down."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import click

from qipan.core.declarations import CertificateType, Library, LifeEvent
from qipan.core.planner import Knowledge
from qipan.faces.cli.answers import read_answers
from qipan.faces.cli.opening import hinted, refuse
from qipan.faces.cli.options import today_option
from qipan.faces.cli.words import say
from qipan.faces.look.titles import Titles

F = TypeVar("F", bound=Callable[..., Any])
_HELD: Final = re.compile(r"(\w+)\(\s*(\w+(?:\s*,\s*\w+)*)\s*\)")


@dataclass(frozen=True, slots=True)
class Situation:
    """The options that say what is known, as given."""

    answers: Path | None
    without: tuple[str, ...]
    wallet: tuple[str, ...]
    skipped: tuple[str, ...]
    is_open: bool
    today: datetime

    def knowledge(self, library: Library, event: LifeEvent, language: str) -> Knowledge:
        """Check the options against the library; leaves with 2 where something is not declared."""
        titles, today = Titles(library, event, language), self.today.date()
        facts = read_answers(self.answers, titles, today) if self.answers else {}
        assumed = {} if self.is_open else {f: v for f, v in event.typical.items() if f not in facts}
        optional = [use.service for use in event.services if use.optional]
        for name in self.skipped:
            if name not in optional:
                _refuse_to_skip(name, optional, event, language)
        return Knowledge(
            facts=facts,
            stated=frozenset(facts),
            assumed=assumed,
            wallet=frozenset(_held(text, library, event, language) for text in self.wallet),
            without=frozenset(_sources(self.without, library, language)),
            skipped=frozenset(self.skipped),
            today=today,
        )


def situation_options(command: F) -> F:
    """The options behind ``Situation``."""
    for option in (
        today_option,
        click.option("--open", "is_open", is_flag=True, help="Assume nothing usual 不按通常情况假设."),
        click.option(
            "--skip",
            "skipped",
            multiple=True,
            metavar="SERVICE",
            help="An optional service left out 不办的事项.",
        ),
        click.option(
            "--wallet", multiple=True, metavar="CERT(PARTY,…)", help="A certificate that is held 已有的证照."
        ),
        click.option(
            "--without", multiple=True, metavar="RESOURCE", help="A source that does not answer 查不通的资源."
        ),
        click.option(
            "--answers",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="What is known, as YAML or JSON 已知情况.",
        ),
    ):
        command = option(command)
    return command


def _refuse_to_skip(name: str, optional: list[str], event: LifeEvent, language: str) -> NoReturn:
    names = ("、" if language == "zh" else ", ").join(optional)
    there = say(language, "optional-are" if optional else "none-optional", names=names)
    message = say(language, "no-service", event=event.name, name=name, there=there)
    near = difflib.get_close_matches(name, optional, n=1, cutoff=0.75)
    raise click.UsageError(" ".join([message, *(hinted(name, near, language) for _ in near)]))


def _sources(names: Iterable[str], library: Library, language: str) -> Iterable[str]:
    for name in names:
        if name.partition("(")[0] not in library.resources:
            refuse(say(language, "no-resource", name=name), name, library.resources, language)
        yield name.replace(" ", "")


def _held(
    text: str, library: Library, event: LifeEvent, language: str
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Read ``marriage_certificate(mother,father)``, the event's parties in the order of the certificate's."""
    match = _HELD.fullmatch(text.strip())
    name = match[1] if match else text.partition("(")[0]
    if name not in library.certificates:
        refuse(say(language, "no-certificate", name=name), name, library.certificates, language)
    slots = list(library.certificates[name].parties)
    given = [party.strip() for party in match[2].split(",")] if match else []
    if len(given) != len(slots) or not set(given) <= event.parties.keys():
        form = f"{name}({','.join(_example(library.certificates[name], event))})"
        refuse(say(language, "wallet-form", form=form), ",".join(given), event.parties, language)
    return name, tuple(zip(slots, given, strict=True))


def _example(certificate: CertificateType, event: LifeEvent) -> Iterable[str]:
    """Parties of the event that would fit the certificate's, each once where there are enough."""
    left = dict(event.parties)
    for name, slot in certificate.parties.items():
        fitting = [party for party, own in left.items() if own.kind is slot.kind]
        chosen = name if name in fitting else next(iter(fitting), name)
        left.pop(chosen, None)
        yield chosen
