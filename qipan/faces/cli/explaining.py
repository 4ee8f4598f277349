"""`qipan explain`: why a field is asked, or where it comes from, step by step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from qipan.core.elements import Field
from qipan.core.plan import Derivation, Plan
from qipan.core.planner import Explanation, concerns, explain
from qipan.faces.cli.answers import known_field, plan_checked
from qipan.faces.cli.knowing import Situation, situation_options
from qipan.faces.cli.opening import open_event, open_library
from qipan.faces.cli.options import console, json_option, language_option, library_option, print_json
from qipan.faces.cli.words import say
from qipan.faces.look.reason_words import reason_sentence
from qipan.faces.look.titles import Titles


@click.command("explain")
@click.argument("event")
@click.argument("field")
@library_option
@situation_options
@language_option
@json_option
def explain_command(
    event: str, field: str, folder: Path, language: str, as_json: bool, **situation: object
) -> None:
    """Say why FIELD (party.element) is asked in EVENT 说明为什么要填这一项, or where it comes from, and who needs it."""
    library = open_library(folder, language, as_json=as_json)
    declared = open_event(library, event, language)
    about, _ = known_field(field, library, declared, language)
    knowledge = Situation(**situation).knowledge(library, declared, language)  # type: ignore[arg-type]
    plan = plan_checked(library, declared, knowledge, language)
    explained = explanation(plan, about, Titles(library, declared, language))
    if as_json:
        print_json(explained)
    else:
        _print(explained, Titles(library, declared, language), about)


def explanation(plan: Plan, about: Field, titles: Titles) -> dict[str, Any]:
    """Why, whence and for whom, in plain values; ``steps`` can be replayed from the first to the last."""
    found = explain(plan, about)
    reasons = found.reasons or tuple(dict.fromkeys(left.reason for left in found.left))
    served = found.question or found.fetch
    return {
        "field": str(about),
        "title": titles.field(about),
        "asked": found.question is not None,
        "why": [reason_sentence(reason, titles) for reason in reasons] or list(_unused(plan, found, titles)),
        "steps": [_step(derivations, titles) for derivations in _by_origin(found.steps)],
        "needed_by": list(found.needed_by or (served.needed_by if served else ())),
    }


def _unused(plan: Plan, found: Explanation, titles: Titles) -> Iterator[str]:
    """Why nothing in the plan uses a field: who would, and why not this time."""
    if found.steps:
        return
    concerned = concerns(titles.library, plan, found.field)
    for one in concerned:
        service = titles.service(one.service)
        if one.left is not None:
            why = reason_sentence(one.left.reason, titles)
            yield say(titles.language, "would-need" if one.needs else "would-give", service=service, why=why)
        elif not one.needs:
            yield say(titles.language, "not-given", service=service)
        else:
            yield say(titles.language, "met-otherwise", service=service)
    if not concerned:
        yield say(titles.language, "no-concern")


def _by_origin(steps: tuple[Derivation, ...]) -> Iterator[list[Derivation]]:
    """What one look-up, certificate or service gives is one step."""
    groups: dict[tuple[str, str], list[Derivation]] = {}
    for derivation in steps:
        groups.setdefault((derivation.kind, derivation.via), []).append(derivation)
    yield from groups.values()


def _step(derivations: list[Derivation], titles: Titles) -> dict[str, Any]:
    first = derivations[0]
    inputs = dict.fromkeys(field for derivation in derivations for field in derivation.inputs)
    via = {
        "resource": titles.resource,
        "certificate": titles.certificate,
        "service": titles.service,
    }.get(first.kind, str)(first.via)
    facts = titles.listed((titles.field(one.field) for one in derivations), most=12)
    sentence = say(
        titles.language,
        f"step-{first.kind}",
        via=via,
        facts=facts,
        inputs=titles.listed(map(titles.field, inputs), most=12),
    )
    return {
        "kind": first.kind,
        "via": first.via,
        "stage": first.stage,
        "inputs": list(map(str, inputs)),
        "facts": [str(one.field) for one in derivations],
        "sentence": sentence,
    }


def _print(explained: dict[str, Any], titles: Titles, about: Field) -> None:
    terminal, language = console(), titles.language
    head = "asked" if explained["asked"] else "not-asked" if explained["steps"] else "unused"
    terminal.print(say(language, head, field=f"{titles.field(about)} ({about})"), style="bold")
    for sentence in explained["why"]:
        terminal.print(f"  {sentence}", soft_wrap=True)
    if explained["steps"] and not explained["asked"]:
        terminal.print(say(language, "comes"), style="bold")
        for number, step in enumerate(explained["steps"], 1):
            terminal.print(f"  {number}. {step['sentence']}", soft_wrap=True)
    if explained["needed_by"]:
        services = titles.listed(map(titles.service, explained["needed_by"]), most=20)
        terminal.print(say(language, "needed-by", services=services), soft_wrap=True)
