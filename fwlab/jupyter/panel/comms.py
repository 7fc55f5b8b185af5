"""The kernel's end of the two lines to the JupyterLab extension.

On the comm ``fwlab`` the extension is told what is new, by a thread, so that it learns of a blocked loop while the loop
is blocked. On ``fwlab-ask`` it asks; nothing is ever sent there, for then JupyterLab's subshells let a question through
while a cell runs. So what is asked may be handled in any thread.

Where no extension opens a comm, as under a grader or in another editor, none of this runs.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from comm import get_comm_manager

from fwlab import __version__
from fwlab.jupyter.panel.feed import Feed
from fwlab.jupyter.panel.loop_watch import LoopWatch
from fwlab.jupyter.panel.server_facts import running_servers
from fwlab.lab.notebook import running_shell

if TYPE_CHECKING:
    from comm.base_comm import BaseComm

TOLD, ASKED = "fwlab", "fwlab-ask"
"""The names of the comms' targets."""

_feeds: dict[str, Feed] = {}  # by the identifiers of their comms


def attach() -> str:
    """Let the extension open its comms with this kernel, load the magics, and return fwlab's version.

    The extension calls it, in the thread of the kernel's event loop. To call it again does nothing.
    """
    loop, thread = asyncio.get_running_loop(), threading.get_ident()
    running_shell().extension_manager.load_extension("fwlab.jupyter")

    def open_feed(comm: BaseComm, _: object) -> None:
        feed = _feeds[comm.comm_id] = Feed(comm.send, LoopWatch(loop, thread))
        comm.on_close(lambda _: _feeds.pop(comm.comm_id).stop())
        feed.start()

    def listen(comm: BaseComm, _: object) -> None:
        comm.on_msg(lambda message: answer(message["content"]["data"], loop))

    manager = get_comm_manager()
    manager.register_target(TOLD, open_feed)
    manager.register_target(ASKED, listen)
    return __version__


def answer(question: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
    """Do what the extension asks for.

    - ``{"here": COMM, "wants": [...]}``: it listens, and wants to be told of these too: ``"timelines"``, ``"routes"``.
    - ``{"here": COMM, "keep": NAME}``: keep the timeline of the server of that name.
    - ``{"stop": NAME}``: stop that server; one that runs in the kernel's loop stops as soon as the loop turns.

    Args:
        question: what came. What is not known is ignored: the page may be of another version.
        loop: the kernel's event loop.
    """
    feed = _feeds.get(question.get("here", ""))
    if feed is not None:
        feed.heard(question.get("wants"))
        if "keep" in question:
            feed.keep(question["keep"])
    for server in running_servers():
        if server.name == question.get("stop"):
            asyncio.run_coroutine_threadsafe(server.stop(), loop)
