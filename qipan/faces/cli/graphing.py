"""`qipan graph`: a plan as a drawing."""

from pathlib import Path

import click

from qipan.faces.cli.answers import plan_checked
from qipan.faces.cli.knowing import Situation, situation_options
from qipan.faces.cli.opening import open_event, open_library
from qipan.faces.cli.options import language_option, library_option
from qipan.faces.cli.words import say
from qipan.faces.look.plan_graph import draw_plan, draw_plan_narrow
from qipan.faces.look.titles import Titles


@click.command("graph")
@click.argument("event")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write here 写入文件.",
)
@click.option("--narrow", is_flag=True, help="From top to bottom, for a phone 竖排.")
@library_option
@situation_options
@language_option
def graph_command(
    event: str, output: Path | None, narrow: bool, folder: Path, language: str, **situation: object
) -> None:
    """Draw a life event's plan as SVG 把办理方案画成图: stages as columns, the longest way set off."""
    library = open_library(folder, language, as_json=False)
    declared = open_event(library, event, language)
    knowledge = Situation(**situation).knowledge(library, declared, language)  # type: ignore[arg-type]
    draw = draw_plan_narrow if narrow else draw_plan
    drawing = draw(plan_checked(library, declared, knowledge, language), Titles(library, declared, language))
    if output is None:
        click.echo(drawing, nl=False)
    else:
        _write(output, drawing, language)


def _write(output: Path, drawing: str, language: str) -> None:
    try:
        output.write_text(drawing, encoding="utf-8")
    except OSError as error:
        key = "no-folder" if isinstance(error, FileNotFoundError) else "unwritable"
        raise click.UsageError(say(language, key, file=output, folder=output.parent)) from None
    click.echo(say(language, "written", file=output), err=True)
