"""`qipan tour`: a birth from the first page to the last result, over HTTP, as everyone who takes part in it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import httpx
from rich.console import Console
from rich.table import Table

from qipan.faces.cli.options import EXIT_PROBLEMS, console, language_option
from qipan.faces.cli.run.demo import PORT, base_url, prepared, serving
from qipan.faces.cli.run.starting import as_demo
from qipan.faces.cli.run.three_nodes import SIZES, address_of, serving_nodes
from qipan.faces.cli.tour.crossing import crossing
from qipan.faces.cli.tour.mother import Mother, Saved
from qipan.faces.cli.tour.officials import handle_all
from qipan.faces.cli.tour.visitor import Page, UnableToGoOn
from qipan.sample.shares import CITY
from qipan.site.setup import set_up

SECONDS = 180
PAUSE_SECONDS = 1.0
SERVICES = 7
RESULT = re.compile(r"<dt>([^<]+)</dt>\s*<dd[^>]*>([^<]+)</dd>")
OPEN = 'hx-trigger="every'


@click.command()
@click.option(
    "--base", default="", help="Where the platform answers; by default the running demo, or one of its own."
)
@click.option(
    "--nodes",
    type=click.Choice(SIZES),
    default=SIZES[0],
    show_default=True,
    help="3 goes through it at the city of three nodes, and checks what crossed.",
)
@language_option
def tour(base: str, nodes: str, language: str) -> None:
    """Go through a birth as mother, officials and rules, and check that it comes out right 走完新生儿一件事."""
    as_demo()
    try:
        if nodes == SIZES[0]:
            with _platform(base) as address:
                _Tour(address, language).run()
        else:
            with _nodes() as address, crossing(language):
                _Tour(address, language).run()
    except (UnableToGoOn, httpx.TransportError) as error:
        console(stderr=True).print(f"[red]✗[/red] {error}", markup=True)
        raise SystemExit(EXIT_PROBLEMS) from error


@contextmanager
def _platform(base: str) -> Iterator[str]:
    """The platform to visit: as told, else the demo that runs, else one started for the tour alone."""
    set_up()
    if found := base or _running(base_url()):
        yield found
        return
    service_port = prepared()
    with serving(PORT, service_port):
        yield base_url()


@contextmanager
def _nodes() -> Iterator[str]:
    """The city of the three nodes that run, or of three started for the tour alone."""
    if found := _running(address_of(CITY.name)):
        yield found
        return
    with serving_nodes(PORT):
        yield address_of(CITY.name)


def _running(address: str) -> str:
    try:
        return address if address and httpx.get(address, trust_env=False).is_success else ""
    except httpx.TransportError:
        return ""


class _Tour:
    """One application's story, told while it happens."""

    def __init__(self, base: str, language: str) -> None:
        self._base = base
        self._chinese = language.startswith("zh")
        self._language = "zh-CN" if self._chinese else "en"
        self._mother = Mother(base, self._language)
        self._out: Console = console()

    def run(self) -> None:
        self._mother.sign_in()
        savings = self._mother.savings()
        number = self._apply()
        self._wait_for_results(number)
        results = self._results(number)
        self._mother.rate(number)
        self._say("母亲评价了其中一件", "the mother rated one of them")
        self._print(savings, results)
        self._check(savings)

    def _apply(self) -> str:
        page = self._mother.consent()
        self._say(
            "母亲同意查询，表单只剩查不到的",
            "the mother agrees to the look-ups; the form keeps only what they lack",
        )
        page, answers = self._mother.fill(page)
        self._say(f"填了 {len(answers)} 项", f"{len(answers)} questions answered")
        number = self._mother.submit(page)
        self._say(f"提交，编号 {number}", f"submitted as {number}")
        return number

    def _wait_for_results(self, number: str) -> None:
        end = time.monotonic() + SECONDS
        while OPEN in self._mother.progress(number).source:
            if time.monotonic() > end:
                raise UnableToGoOn(f"{number} has not come to its end after {SECONDS} seconds")
            for done in handle_all(self._base, self._language, number):
                self._out.print(f"  [dim]{done.act:8}[/dim] {done.service} · {done.official}")
            time.sleep(PAUSE_SECONDS)

    def _results(self, number: str) -> list[tuple[str, str]]:
        page: Page = self._mother.results(number)
        sections = page.source.count("<h2")
        if sections < SERVICES:
            raise UnableToGoOn(
                f"{page.address} shows the results of {sections} services instead of {SERVICES}"
            )
        return [(what.strip(), value.strip()) for what, value in RESULT.findall(page.source)]

    def _print(self, savings: list[Saved], results: list[tuple[str, str]]) -> None:
        outcome = Table(title="办理结果" if self._chinese else "results", show_header=False)
        for row in results:
            outcome.add_row(*row)
        saved = Table(
            "",
            "逐个部门办" if self._chinese else "agency by agency",
            "一件事办" if self._chinese else "with Qipan",
        )
        for each in savings:
            saved.add_row(each.what, f"{each.before} {each.unit}", f"[bold]{each.after}[/bold] {each.unit}")
        self._out.print(outcome, saved)

    def _check(self, savings: list[Saved]) -> None:
        if not savings or any(each.after >= each.before for each in savings):
            raise UnableToGoOn("the event's page shows no saving")

    def _say(self, chinese: str, english: str) -> None:
        self._out.print(f"[green]✓[/green] {chinese if self._chinese else english}")
