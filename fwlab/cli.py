"""The ``fwlab`` command: what a person at a terminal can ask of the course.

A command imports what it needs when it runs, so that ``fwlab --help`` answers at once. What was asked wrongly ends in
one line and exit status 2, never in a traceback.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from fwlab import FwlabError, __version__

app = typer.Typer(
    name="fwlab",
    help="Learn how asynchronous web applications behave: build one in a notebook, load it, and see.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fwlab {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold the options of the command itself; ``--version`` is answered by its callback."""


@app.command()
def lab(
    jupyter: Annotated[
        list[str] | None, typer.Argument(metavar="-- ARGUMENT", help="More arguments for JupyterLab.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")] = True,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port; without it, a free one.")] = None,
) -> None:
    """Open the course in JupyterLab.

    Without a checkout of fwlab, the course is first copied to ./fwlab-course; files that are there stay as they are.
    """
    from fwlab.course import course_folder
    from fwlab.jupyter.launch import arguments_for, open_course
    from fwlab.jupyter.workspace import workspace

    folder = workspace(course_folder(), Path.cwd())
    open_course(folder, [*arguments_for(folder, browser=browser, port=port), *(jupyter or ())])


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The exercise's notebook.")],
) -> None:
    """Check an exercise as `check(...)` in the notebook does.

    The exit status is 0 when it is right, 1 when it is not, 2 when the file is no notebook of an exercise.
    """
    from fwlab.grading import check_notebook

    report = check_notebook(notebook)
    typer.echo(str(report))
    raise typer.Exit(0 if report.right else 1)


def main() -> None:
    """Run the command on ``sys.argv`` and exit."""
    try:
        app()
    except FwlabError as error:
        print(f"fwlab: {error}", file=sys.stderr)
        sys.exit(2)
