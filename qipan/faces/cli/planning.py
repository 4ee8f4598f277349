"""`qipan plan`: what a life event asks, looks up, does and saves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from qipan.core.declarations import MeetKind
from qipan.core.plan import Fetch, Left, Plan, PlannedService, RequiredEvidence
from qipan.core.planner import plan_as_dict
from qipan.faces.cli.answers import plan_checked
from qipan.faces.cli.knowing import Situation, situation_options
from qipan.faces.cli.opening import open_event, open_library, print_problems
from qipan.faces.cli.options import (
    EXIT_PROBLEMS,
    console,
    json_option,
    language_option,
    library_option,
    print_json,
)
from qipan.faces.cli.words import say
from qipan.faces.look.reason_words import reason_sentence
from qipan.faces.look.titles import Titles

MEASURES: Final = ("fields", "documents", "visits", "working_days")


@click.command("plan")
@click.argument("event")
@library_option
@situation_options
@language_option
@json_option
def plan_command(event: str, folder: Path, language: str, as_json: bool, **situation: object) -> None:
    """Plan a life event 推导一件事的办理方案: what is asked, looked up, done, and saved.

    Without --answers it is an estimate for the usual case that the event declares.
    """
    library = open_library(folder, language, as_json=as_json)
    declared = open_event(library, event, language)
    knowledge = Situation(**situation).knowledge(library, declared, language)  # type: ignore[arg-type]
    plan = plan_checked(library, declared, knowledge, language)
    if as_json:
        print_json(plan_as_dict(plan))
    else:
        print_plan(plan, Titles(library, declared, language), estimate=not knowledge.facts)
    if plan.problems:
        raise SystemExit(EXIT_PROBLEMS)


def print_plan(plan: Plan, titles: Titles, *, estimate: bool) -> None:
    """Print a plan in words, for a person."""
    terminal = console()
    terminal.print(titles.event.title.say(titles.language), style="bold")
    terminal.print(_summary(plan, titles))
    if estimate and plan.assumed:
        terminal.print(_estimate(plan, titles), style="dim")
    for table in (
        _questions(plan, titles),
        _documents(plan, titles),
        _lookups(plan, titles),
        _services(plan, titles),
    ):
        if table.row_count:
            terminal.print()
            terminal.print(table)
    _print_left(terminal, plan, titles)
    terminal.print()
    terminal.print(_savings(plan, titles))
    print_problems(terminal, plan.problems, titles.language, titles.library)


def _summary(plan: Plan, titles: Titles) -> str:
    return say(
        titles.language,
        "summary",
        services=len(plan.services),
        questions=len(plan.questions),
        uploads=plan.savings["documents"].after,
        days=plan.savings["working_days"].after,
    )


def _estimate(plan: Plan, titles: Titles) -> str:
    equals = "：" if titles.chinese else ": "
    assumed = [f"{titles.field(field)}{equals}{titles.value(field, value)}" for field, value in plan.assumed]
    return say(titles.language, "estimate", assumed=("；" if titles.chinese else "; ").join(assumed))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, header_style="dim", overflow="fold")
    return table


def _questions(plan: Plan, titles: Titles) -> Table:
    language = titles.language
    table = _table(say(language, "questions"), "", say(language, "question"), say(language, "why"))
    for number, question in enumerate(plan.questions, 1):
        why = " ".join(reason_sentence(reason, titles) for reason in question.reasons[:2])
        table.add_row(str(number), titles.question(question.field), why)
    return table


def _lookups(plan: Plan, titles: Titles) -> Table:
    language = titles.language
    heads = (say(language, word) for word in ("stage", "lookup", "by", "gives"))
    table = _table(say(language, "lookups"), *heads)
    for fetch in plan.fetches:
        table.add_row(
            str(fetch.stage), _lookup_title(fetch, titles), _keys(fetch, titles), _gives(fetch, titles)
        )
    return table


def _lookup_title(fetch: Fetch, titles: Titles) -> str:
    return f"{titles.resource(fetch.resource)} · {titles.listed(titles.party(party) for _, party in fetch.parties)}"


def _keys(fetch: Fetch, titles: Titles) -> str:
    return titles.listed(titles.field(key) for key, _ in fetch.keys)


def _gives(fetch: Fetch, titles: Titles) -> str:
    return titles.listed(titles.field(fact) for fact, _ in fetch.facts)


def _services(plan: Plan, titles: Titles) -> Table:
    language = titles.language
    heads = (say(language, word) for word in ("stage", "service", "agency", "days", "waits-for"))
    table = _table(say(language, "services"), *heads)
    for service in sorted(plan.services, key=lambda one: one.stage):
        table.add_row(
            str(service.stage),
            titles.service(service.service),
            titles.agency(service.agency),
            _days(service, plan, titles),
            titles.listed(map(titles.service, service.waits_for)) if service.waits_for else "",
        )
    return table


def _days(service: PlannedService, plan: Plan, titles: Titles) -> str:
    start, end = service.starts_after[0], service.ends_after[0]
    days = str(end) if end <= start + 1 else f"{start + 1}–{end}"
    return days + (say(titles.language, "critical") if service.service in plan.critical_path else "")


def _documents(plan: Plan, titles: Titles) -> Table:
    language = titles.language
    table = _table(
        say(language, "evidence"), *(say(language, word) for word in ("document", "service", "met-by"))
    )
    for evidence in sorted(plan.evidence, key=lambda one: one.met_by is not MeetKind.UPLOAD):
        document = titles.evidence(evidence.service, evidence.evidence)
        table.add_row(document, titles.service(evidence.service), _met(evidence, titles))
    return table


def _met(evidence: RequiredEvidence, titles: Titles) -> str:
    if evidence.met_by is MeetKind.CERTIFICATE:
        via = titles.listed(map(titles.certificate, evidence.via))
    else:
        via = titles.listed(titles.field_named(name) for name in evidence.via)
    return say(titles.language, f"met-{evidence.met_by}", via=via)


def _print_left(terminal: Console, plan: Plan, titles: Titles) -> None:
    for key, settled in (("left", True), ("open", False)):
        lines = list(_left(plan, titles, settled=settled))
        if lines:
            terminal.print()
            terminal.print(say(titles.language, key), style="bold")
            for line in lines:
                terminal.print(f"  {line}", soft_wrap=True)


def _left(plan: Plan, titles: Titles, *, settled: bool) -> Iterator[str]:
    """Services left out; where they are not settled, also their needs and documents."""
    for left in plan.left:
        if left.settled is settled and (left.what == "service" or not settled):
            colon = "：" if titles.chinese else ": "
            yield f"{_left_title(left, titles)}{colon}{reason_sentence(left.reason, titles)}"


def _left_title(left: Left, titles: Titles) -> str:
    if left.field is not None:
        return f"{titles.service(left.service)} › {titles.field(left.field)}"
    if left.name:
        return f"{titles.service(left.service)} › {titles.evidence(left.service, left.name)}"
    return titles.service(left.service)


def _savings(plan: Plan, titles: Titles) -> Table:
    language = titles.language
    loses = any(plan.savings[measure].saved < 0 for measure in MEASURES)
    heads = (say(language, word) for word in ("before", "after", "difference"))
    table = _table(say(language, "compared" if loses else "savings"), "", *heads)
    for measure in MEASURES:
        saving = plan.savings[measure]
        key = "saved" if saving.saved > 0 else "more" if saving.saved < 0 else "same"
        difference = say(language, key, number=abs(saving.saved))
        table.add_row(say(language, measure), str(saving.before), str(saving.after), difference)
    for column in table.columns[1:]:
        column.justify = "right"
    return table
