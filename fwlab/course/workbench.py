"""A workbench: a copy of the installed fwlab in a folder of its own, to try a change in with a project's tools.

What is done there stays there: commands see no configuration of yours, ask no other machine for anything, and the
folder is gone when the workbench is.
"""

from __future__ import annotations

import os
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fwlab
from fwlab.exceptions import FwlabError

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 60
"""Seconds that a command may take."""

KEPT = ("FWLAB_COURSE", "HOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USERPROFILE")
"""The environment variables of this process that a command may know: where things are, not how to behave."""

_NOT_COPIED = ("labextension", "content", "node_modules")

_PROJECT = """\
[build-system]
requires = ["uv_build"]
build-backend = "uv_build"

[project]
name = "fwlab"
version = "0.0.0"

[project.scripts]
fwlab = "fwlab.cli:main"

[tool.uv.build-backend]
module-root = ""

[tool.ruff]
line-length = 120
target-version = "py311"

[tool.ruff.lint]
select = ["E", "F", "W", "I", "UP", "B", "ASYNC", "D1"]
ignore = ["ASYNC109", "D105", "D107"]

[tool.ruff.lint.per-file-ignores]
"tests/**" = ["D"]
"""


class Workbench:
    """A copy of fwlab, with a ``pyproject.toml``, in which files are written and commands are run.

    Attributes:
        folder: where it is.

    Example:
        >>> bench = Workbench()
        >>> bench.write("hello.py", "print('hello')")
        >>> bench.run("python hello.py")
        hello
        >>> bench.close()
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fwlab-")).resolve()
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        installed = Path(fwlab.__file__).parent
        # with the compiled modules beside them: these stay valid, and each command starts a second earlier
        shutil.copytree(installed, self.folder / "fwlab", ignore=shutil.ignore_patterns(*_NOT_COPIED))
        self.write("pyproject.toml", _PROJECT)
        self.write(".gitignore", "__pycache__/\n.venv/\n.coverage\nbuild/\n")

    def __repr__(self) -> str:
        return f"<workbench: a copy of fwlab {fwlab.__version__}>"

    def close(self) -> None:
        """Throw the copy away. It happens by itself at the end of the program that made it, unless that is killed."""
        self._remove()

    def write(self, name: str, text: str) -> None:
        """Write a file of the copy.

        Args:
            name: its path in the copy, such as ``"tests/test_kept.py"``; folders are made.
            text: all of it. A line break at its very beginning is left out.
        """
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.removeprefix("\n"), encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a place in a file of the copy.

        Raises:
            FwlabError: the place is not there, or not only once.
        """
        text = self.read(name)
        if (times := text.count(old)) != 1:
            raise FwlabError(f"{name} has this {times} times, and not once: {old!r}. Look at `read({name!r})`.")
        self.write(name, text.replace(old, new))

    def read(self, name: str) -> str:
        """Return the text of a file of the copy.

        Raises:
            FwlabError: there is none.
        """
        path = self._path(name)
        if not path.is_file():
            raise FwlabError(f"The copy has no file {name}. Has the cell that writes it been run?")
        return path.read_text(encoding="utf-8")

    def names_of(self, name: str) -> dict[str, Any]:
        """Run a Python file of the copy in this process, and return the names that it defines."""
        self.read(name)
        return runpy.run_path(str(self._path(name)), run_name=f"workbench_{Path(name).stem}")

    def lend_packages(self) -> None:
        """Let the environment in ``.venv`` use the packages that are installed here, so that none has to be fetched.

        Where there is none, commands use the environment of this process, and the copy is in their own folder.
        """
        folder = self._packages()
        if folder is None:
            print("The copy has no environment of its own, which `uv venv` would make.")
            return
        here = [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]
        # after the environment's own packages, and without what is installed here only as a link to another folder
        (folder / "lent.pth").write_text("\n".join(here) + "\n", encoding="utf-8")

    def run(self, command: str) -> None:
        """Run a command in the copy, and print what it prints; the folder's own path is shown as ``<copy>``.

        Args:
            command: a program and its arguments, as at a terminal, but without pipes. A program that is not there is
                named, and that is all.

        Raises:
            FwlabError: it would install something, and the copy has no environment yet.
        """
        program, *arguments = shlex.split(command)
        found = self._program(program)
        if found is None:
            return
        if program == "uv" and "pip" in arguments and self._packages() is None:
            # uv would take the first environment on the path, which is not the copy's
            raise FwlabError("The copy has no environment yet: run `uv venv` in it first.")
        try:
            done = subprocess.run(
                [found, *arguments],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=LONGEST,
                text=True,
                encoding="utf-8",
                check=False,
            )
        except subprocess.TimeoutExpired:
            print(f"`{command}` was not done after {LONGEST} seconds, and was ended.")
            return
        said = done.stdout.replace(str(self.folder), "<copy>").rstrip()
        if said:
            print(said)

    @contextmanager
    def running(self, command: str) -> Iterator[bool]:
        """Let a command run in the copy while the block does, such as a server; it is ended with the block.

        Args:
            command: as for :meth:`run`. What it prints is thrown away.

        Yields:
            Whether there is such a program.
        """
        program, *arguments = shlex.split(command)
        found = self._program(program)
        if found is None:
            yield False
            return
        process = subprocess.Popen(
            [found, *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield True
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _path(self, name: str) -> Path:
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder):
            raise FwlabError(f"{name} is not in the copy. Give a path inside of it, such as 'tests/test_kept.py'.")
        return path

    def _packages(self) -> Path | None:
        """Where the copy's environment has its packages, if there is one."""
        folders = [*self.folder.glob(".venv/lib/python*/site-packages"), *self.folder.glob(".venv/Lib/site-packages")]
        return folders[0] if folders else None

    def _program(self, name: str) -> str | None:
        found = shutil.which(name, path=self._environment()["PATH"])
        if found is None:
            print(f"This needs `{name}`, which is not installed here. The next cells go on without it.")
        return found

    def _environment(self) -> dict[str, str]:
        """Nobody's settings but the workbench's: the same commands say the same everywhere."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        own = [self.folder / ".venv" / "bin", self.folder / ".venv" / "Scripts", Path(sys.executable).parent]
        return {
            **kept,
            "PATH": os.pathsep.join([*map(str, own), os.environ.get("PATH", os.defpath)]),
            "PYTHONDONTWRITEBYTECODE": "1",  # a file that is written twice in a second would pass for the compiled one
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
            "UV_OFFLINE": "1",
            "UV_NO_CACHE": "1",
            "VIRTUAL_ENV": str(self.folder / ".venv"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A learner",
            "GIT_AUTHOR_EMAIL": "learner@example.org",
            "GIT_COMMITTER_NAME": "A learner",
            "GIT_COMMITTER_EMAIL": "learner@example.org",
            "GIT_PAGER": "cat",
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "COLUMNS": "100",
            "TQDM_DISABLE": "1",  # a bar would put times into the output
            "FWLAB_PROGRESS": "off",  # and nobody learns there
        }
