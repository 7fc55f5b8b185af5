"""The ``fwlab`` command: what a person at a terminal can ask of the course.

A command imports what it needs when it runs, so that ``fwlab --help`` answers at once. What was asked wrongly ends in
one line and exit status 2, never in a traceback.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
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
    from fwlab.grading.learner.progress_file import progress_path
    from fwlab.grading.learner.remembered import remembered

    report = check_notebook(notebook)
    report = replace(report, verdict=remembered(report.verdict, progress_path(notebook.parent)))
    typer.echo(str(report))
    raise typer.Exit(0 if report.right else 1)


_Exercise = Annotated[str, typer.Argument(metavar="EXERCISE", help="An exercise, e05, or one of its tasks, e05.2.")]


@app.command()
def hint(exercise: _Exercise) -> None:
    """Give the next hint for an exercise."""
    from fwlab.grading import hint

    typer.echo(hint(exercise).at_a_terminal())


@app.command()
def solution(
    exercise: _Exercise,
    insist: Annotated[bool, typer.Option("--insist", help="Also where yours is not right yet; it is noted.")] = False,
) -> None:
    """Show an answer to an exercise, once yours is right."""
    from fwlab.grading import solution

    typer.echo(solution(exercise, insist=insist).at_a_terminal())


@app.command()
def reset(
    exercise: _Exercise,
    notebook: Annotated[Path | None, typer.Option(dir_okay=False, help="Your notebook of it.")] = None,
) -> None:
    """Begin an exercise anew: its code is as it was, and your answer is kept beside it."""
    from fwlab.grading import reset

    typer.echo(reset(exercise, notebook=notebook).at_a_terminal())


@app.command()
def quiz(name: Annotated[str, typer.Argument(metavar="QUIZ", help="Such as q03.")]) -> None:
    """Ask the questions of a quiz; answer by letter."""
    from fwlab.grading import quiz

    quiz(name, plain=True)


@app.command()
def progress(
    merge: Annotated[
        Path | None, typer.Option(dir_okay=False, metavar="FILE", help="Take over another progress file first.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all that is remembered, as JSON.")] = False,
) -> None:
    """Show how you stand in the course: what is done, with how much help."""
    from fwlab.grading.learner.progress_table import merge_progress, progress

    table = progress() if merge is None else merge_progress(merge)
    typer.echo(json.dumps(table.to_dict(), indent=2, ensure_ascii=False) if as_json else str(table))


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="A folder, a zip or a notebook in it for each learner.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", file_okay=False, help="The folder for the results.")],
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="How many processors to keep busy.")] = 2,
    exercise: Annotated[
        list[str] | None, typer.Option("--exercise", "-e", help="Such as e01: counts even if nobody handed it in.")
    ] = None,
    time_limit: Annotated[
        float, typer.Option(min=0.1, help="Seconds for the cells of a notebook, and for each task.")
    ] = 10.0,
    memory: Annotated[int, typer.Option(min=500, help="Megabytes of address space for an exercise.")] = 2000,
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://…", help="A Dask scheduler, to grade on its workers.")
    ] = None,
) -> None:
    """Grade a class. After an interruption, the same command goes on where it stopped.

    The exit status is 0 when every submission has its result, 2 when grading could not be done, 130 when it was
    interrupted.
    """
    from fwlab.grading.classroom.grade import grade as grade_class
    from fwlab.grading.jail.limits import MEGABYTE, Limits

    limits = Limits(seconds=time_limit, memory=memory * MEGABYTE)
    try:
        done = grade_class(submissions, out, jobs=jobs, limits=limits, exercises=exercise or (), scheduler=scheduler)
    except KeyboardInterrupt:
        typer.echo("Interrupted. The same command goes on where this one stopped.", err=True)
        raise typer.Exit(130) from None
    typer.echo(str(done))


exercises = typer.Typer(help="For authors of exercises.", no_args_is_help=True)
app.add_typer(exercises, name="exercises")


@exercises.command("build")
def build_exercises(
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Where to; without it, the course's practice/.")
    ] = None,
) -> None:
    """Make the learners' notebooks of the authors': without solutions, hints and hidden checks."""
    from fwlab.course import course_folder
    from fwlab.grading.build import PRACTICE, build

    for path in build(out or course_folder() / PRACTICE):
        typer.echo(path)


@exercises.command("export")
def export_exercises(
    form: Annotated[str, typer.Argument(help="nbgrader or otter.")],
    names: Annotated[list[str] | None, typer.Argument(metavar="[EXERCISE]", help="Such as e01; all without.")] = None,
    out: Annotated[Path, typer.Option(file_okay=False, help="The folder to write to.")] = Path(),
) -> None:
    """Write exercises as assignments for nbgrader (a source/ folder) or otter-grader (a notebook to assign)."""
    from fwlab.grading import GradingError
    from fwlab.grading.classroom import assignments
    from fwlab.grading.exercise import exercise_notebooks, find_exercise

    write = {"nbgrader": assignments.nbgrader, "otter": assignments.otter}.get(form)
    if write is None:
        raise GradingError(f"There is no form {form!r}: say nbgrader or otter.")
    for name in names or list(exercise_notebooks()):
        typer.echo(write(find_exercise(name), out))


@exercises.command("verify")
def verify_exercises(
    names: Annotated[list[str] | None, typer.Argument(metavar="[EXERCISE]", help="Such as e01; all without.")] = None,
    times: Annotated[int, typer.Option(min=1, help="How often each answer is judged.")] = 2,
    busy: Annotated[bool, typer.Option("--busy", help="Keep the machine busy meanwhile.")] = False,
    seed: Annotated[int, typer.Option(help="Of the order of the answers.")] = 1,
) -> None:
    """See that every starter is unattempted, every solution right, every wrong answer told its own diagnosis.

    The exit status is 0 when all of it holds, and 1 when it does not.
    """
    from fwlab.grading.exercise import exercise_notebooks
    from fwlab.grading.verify import verify

    wanted = names or list(exercise_notebooks())
    problems = verify(wanted, times=times, busy=busy, seed=seed)
    for problem in problems:
        typer.echo(problem)
    typer.echo(f"{', '.join(wanted)}: {'as it should be' if not problems else f'{len(problems)} problems'}")
    raise typer.Exit(1 if problems else 0)


@app.command()
def load(
    url: Annotated[str, typer.Argument(metavar="URL", help="What to ask for: http://127.0.0.1:8000/burgers?size=2")],
    users: Annotated[
        int | None, typer.Option("-u", "--users", help="How many ask at once (10); with --rate: at most (400).")
    ] = None,
    requests: Annotated[int | None, typer.Option("-n", "--requests", help="How many requests (100).")] = None,
    duration: Annotated[float | None, typer.Option("-d", "--duration", help="For how many seconds.")] = None,
    rate: Annotated[
        float | None,
        typer.Option("-r", "--rate", help="Requests due per second, come what may."),
    ] = None,
    arrivals: Annotated[str, typer.Option(help="With --rate: constant or poisson.")] = "constant",
    seed: Annotated[int, typer.Option(help="Of poisson arrivals.")] = 1,
    warmup: Annotated[int, typer.Option(help="Requests of each user that are not counted.")] = 1,
    stagger: Annotated[float, typer.Option(help="Seconds over which the users begin.")] = 0.0,
    timeout: Annotated[float, typer.Option(help="Seconds that a request may take.")] = 30.0,
    method: Annotated[str | None, typer.Option("-X", "--method", help="GET, or POST with --data.")] = None,
    header: Annotated[list[str] | None, typer.Option("-H", "--header", help="A header, 'Name: value'.")] = None,
    data: Annotated[str | None, typer.Option("--data", help="A body, as JSON.")] = None,
    engine: Annotated[str, typer.Option(help="raw, or httpx, which costs several times as much.")] = "raw",
    remote: Annotated[bool, typer.Option("--remote", help="The server may be on another machine.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run as JSON, with each request.")] = False,
    check: Annotated[
        list[str] | None,
        typer.Option("--check", metavar="CLAUSE", help="What has to hold, as in 'p95 < 120ms'."),
    ] = None,
) -> None:
    """Send an address many requests, and say what they took.

    The exit status is 0; 1 when a --check does not hold, or nothing was answered; 2 when it could not be tried;
    130 when it was interrupted, and then the run says what was measured until then.
    """
    from fwlab.lab.loading.load_command import load_url

    status = load_url(
        url,
        checks=check or (),
        as_json=as_json,
        headers=header or (),
        data=data,
        method=method or ("GET" if data is None else "POST"),
        users=users,
        requests=requests,
        duration=duration,
        rate=rate,
        arrivals=arrivals,
        seed=seed,
        warmup=warmup,
        stagger=stagger,
        timeout=timeout,
        engine=engine,
        remote=remote,
    )
    raise typer.Exit(status)


_AppPath = Annotated[str, typer.Argument(metavar="MODULE:APP", help="The application, as in shop:app.")]
_Host = Annotated[str, typer.Option(help="The address to listen at; 127.0.0.1 is for this machine only.")]
_Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")]


@app.command()
def run(
    path: _AppPath,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer.")] = 1,
    host: _Host = "127.0.0.1",
    port: _Port = 8000,
) -> None:
    """Serve an application: fwlab's, FastAPI's, any of ASGI.

    The exit status is 0 when it was stopped, 1 when its workers died again and again, 2 when it does not start.
    """
    from fwlab.lab.serving import run_command

    raise typer.Exit(0 if run_command.run(path, host=host, port=port, workers=workers) else 1)


@app.command()
def dev(path: _AppPath, host: _Host = "127.0.0.1", port: _Port = 8000) -> None:
    """Serve an application that is being written: print each request, and start anew when a Python file changes."""
    from fwlab.lab.serving import run_command

    raise typer.Exit(0 if run_command.run(path, host=host, port=port, reload=True) else 1)


def main() -> None:
    """Run the command on ``sys.argv`` and exit."""
    try:
        app()
    except FwlabError as error:
        print(f"fwlab: {error}", file=sys.stderr)
        sys.exit(2)
