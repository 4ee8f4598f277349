"""`qipan walls`: the rules between the zones, and "may X see Y for Z?" answered with the rule that decides."""

from pathlib import Path

import click
from rich.table import Column, Table

from qipan.core.declarations import Library
from qipan.core.walls import Crossing, Decision, Purpose, Relation, Zone, decide
from qipan.faces.cli.opening import open_library
from qipan.faces.cli.options import console, json_option, language_option, library_option, print_json
from qipan.faces.look.wall_words import RuleLine, decided, number_of, rule_lines

HEADINGS = {
    "zh": ("", "结果", "给谁", "条件", "敏感级", "理由"),
    "en": ("", "Does", "For", "When", "Grade", "Why"),
}
COLOURS = {"pass": "green", "mask": "yellow", "refuse": "red"}
UNKNOWN_ZONE = "{name}: neither a zone nor a kind of agency 既不是区，也不是部门种类。"
UNKNOWN_ELEMENT = "{name}: no such element, as Person.name 没有这个数据元。"


@click.group("walls", invoke_without_command=True)
@click.pass_context
@language_option
@json_option
def walls_command(context: click.Context, language: str, as_json: bool) -> None:
    """Print the rules between the zones 打印放行规则: who gives what to whom; `qipan walls may` asks for one case."""
    if context.invoked_subcommand is not None:
        return
    lines = rule_lines(language)
    if as_json:
        print_json([line._asdict() for line in lines])
    else:
        console().print(_table(lines, language))


@walls_command.command("may")
@click.argument("taker")
@click.argument("element")
@click.option(
    "--from",
    "giver",
    default="inside",
    show_default=True,
    help="Who has it: a zone or a kind of agency 给出方.",
)
@click.option(
    "--for",
    "purpose",
    type=click.Choice([one.value for one in Purpose]),
    default=Purpose.NONE.value,
    show_default=True,
    help="What for 用途.",
)
@click.option(
    "--relation",
    type=click.Choice([one.value for one in Relation]),
    default=Relation.NONE.value,
    show_default=True,
    help="What the data are to whoever takes them 关系.",
)
@click.option("--consent", is_flag=True, help="The person agreed 本人同意.")
@library_option
@language_option
@json_option
def may_command(
    *,
    taker: str,
    element: str,
    giver: str,
    purpose: str,
    relation: str,
    folder: Path,
    language: str,
    consent: bool,
    as_json: bool,
) -> None:
    """May TAKER see ELEMENT? 能不能看. TAKER is a zone or a kind of agency, ELEMENT is like Person.id_number."""
    library = open_library(folder, language, as_json=as_json)
    crossing = Crossing(
        _zone(library, giver),
        _zone(library, taker),
        _grade(library, element),
        Purpose(purpose),
        consent,
        Relation(relation),
    )
    decision = decide(crossing)
    if as_json:
        print_json(_answer(crossing, decision, language))
    else:
        console().print(decided(decision, language), style=COLOURS[decision.verdict], soft_wrap=True)
        console().print(f"#{number_of(decision.rule)} {decision.rule}", style="dim")


def _table(lines: list[RuleLine], language: str) -> Table:
    table = Table(*(Column(heading, overflow="fold") for heading in HEADINGS[language]), pad_edge=False)
    for line in lines:
        does = f"[{COLOURS[line.verdict]}]{line.does}[/]"
        table.add_row(str(line.number), does, line.taker, line.when, line.grades, line.why)
    return table


def _answer(crossing: Crossing, decision: Decision, language: str) -> dict[str, object]:
    return {
        "verdict": decision.verdict,
        "rule": decision.rule,
        "number": number_of(decision.rule),
        "why": decided(decision, language),
        "crossing": crossing._asdict(),
    }


def _zone(library: Library, name: str) -> Zone:
    if name in set(Zone):
        return Zone(name)
    agency = library.agencies.get(name)
    if agency is None:
        raise click.UsageError(UNKNOWN_ZONE.format(name=name))
    return agency.zone


def _grade(library: Library, name: str) -> int:
    element = library.elements.get(name)
    if element is None:
        raise click.UsageError(UNKNOWN_ELEMENT.format(name=name))
    return element.grade
