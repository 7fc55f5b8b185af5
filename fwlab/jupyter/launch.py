"""How JupyterLab is started on the course: which server, which settings, and what the terminal says.

The server is Jupyter's own, in this process; nothing is written into the learner's Jupyter configuration. Their own
settings hold wherever this module says nothing.
"""

from __future__ import annotations

import os
import secrets
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_PAGE = "notebooks/00_start.ipynb"

SETTINGS = Path(__file__).parent / "settings"
"""A folder as Jupyter searches them for settings. It turns off the announcements: news, new releases, questions."""


def arguments_for(course: Path, *, browser: bool = True, port: int | None = None) -> list[str]:
    """Return the command line that JupyterLab gets for the course.

    Parameters:
        course: the folder that JupyterLab shows as its root.
        browser: whether to open a browser.
        port: the TCP port; ``None`` takes Jupyter's usual one or the next that is free.

    Example:
        >>> from pathlib import Path
        >>> "--ServerApp.port=8890" in arguments_for(Path("course"), port=8890)
        True
    """
    arguments = [
        "--ServerApp.log_level=WARN",
        "--LabApp.log_level=WARN",
        f"--ServerApp.root_dir={course}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url=/lab/tree/{FIRST_PAGE}",
        "--LabApp.extension_manager=readonly",  # it would ask a registry what there is
        "--KernelManager.transport_encryption=auto",  # else every kernel warns on the terminal that it has none
    ]
    if port is not None:
        arguments += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--ServerApp.allow_root=True")  # in a container there is nobody else to be
    return arguments


def open_course(course: Path, arguments: Sequence[str]) -> None:
    """Serve JupyterLab on the course until it is interrupted, and print its address once it listens.

    Nothing that the page or the server does by itself leaves the machine.

    Parameters:
        course: the folder with ``notebooks/`` and ``exercises/``.
        arguments: JupyterLab's command line, as :func:`arguments_for` makes it and a caller extends it.

    Raises:
        SystemExit: as Jupyter does when it cannot start: a busy port, an argument that it does not know.
    """
    from jupyterlab.labapp import LabApp

    searched = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [searched, str(SETTINGS)]))
    # Jupyter takes this token where the learner has configured none; a token of theirs is not put on the terminal.
    token = secrets.token_hex(24)
    os.environ.setdefault("JUPYTER_TOKEN", token)
    server = LabApp.initialize_server(argv=list(arguments))
    del os.environ["JUPYTER_TOKEN"]  # the kernels have no use for it
    address = server.display_url
    if server.identity_provider.token == token:
        address = address.replace("token=...", f"token={token}")
    signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))  # Jupyter's own handler asks once more
    # Jupyter begins to listen in its loop's first callback; this is the next one.
    server.io_loop.add_callback(
        print, f"The course ({course}) is open at\n\n    {address}\n\nCtrl-C ends it.", flush=True
    )
    server.start()
