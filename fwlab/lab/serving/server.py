"""What :func:`~fwlab.lab.serve` returns: a handle to a running server, the same for each place it may run in."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from fwlab.lab.serving.browser_address import browser_addresses
from fwlab.lab.serving.listening import url_of
from fwlab.lab.translation import gettext, ngettext

if TYPE_CHECKING:
    import socket
    from types import TracebackType
    from typing import Self

    from fwlab.types import ASGIApp


class Server(ABC):
    """A running server; made by :func:`~fwlab.lab.serve`.

    ``async with server:`` stops it at the end of the block.

    Attributes:
        url: its address for clients on this machine, ``"http://127.0.0.1:PORT"``.
        port: the number in it.
        name: what :func:`~fwlab.lab.serve` was given.
        app: the application; its path, where only worker processes have imported it.
        where: ``"loop"``, ``"thread"`` or ``"process"``.
        workers: how many processes answer; 1 where the server is in this process.
    """

    where: ClassVar[str]

    def __init__(self, app: ASGIApp | str, name: str, listening: socket.socket, workers: int = 1) -> None:
        self.app = app
        self.name = name
        self.workers = workers
        self.port: int = listening.getsockname()[1]
        self.url = url_of(listening)

    @property
    @abstractmethod
    def running(self) -> bool:
        """Whether the server takes requests."""

    @property
    @abstractmethod
    def served(self) -> int:
        """How many HTTP requests the application is done with, answered or failed."""

    @property
    @abstractmethod
    def failed(self) -> int:
        """How many of those served were answered with a status from 500 on, or not at all."""

    @property
    @abstractmethod
    def in_flight(self) -> int:
        """How many HTTP requests are inside the application at this moment."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop: take no new connections, give requests in flight a second to end, shut the application down.

        Any event loop may await this, also another one than that which started the server. To stop a stopped server
        does nothing. It takes about 0.2 s, as uvicorn looks ten times a second.

        Raises:
            ServeError: the application's own shutdown failed; the server has stopped nevertheless.
        """

    @property
    def browser_url(self) -> str:
        """The address for a browser: :attr:`url`, or the path through Jupyter's proxy where only that leads here."""
        return browser_addresses(self.url, self.port)[0]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    def __repr__(self) -> str:
        return gettext(
            "<Server {name!r} at {url}, {doing}: {counts}>",
            name=self.name,
            url=self.url,
            doing=self._doing(),
            counts=self._counts(),
        )

    def _repr_html_(self) -> str:
        name, links = f"<b>{html.escape(self.name)}</b>", self._links()
        said = gettext(
            "Server {name}: {links} ({doing}), {counts}",
            name=name,
            links=links,
            doing=self._doing(),
            counts=self._counts(),
        )
        return f"<div>{said}</div>"

    def _doing(self) -> str:
        if not self.running:
            return gettext("stopped")
        if self.where == "loop":
            return gettext("running")
        if self.where == "thread":
            return gettext("running in a thread of its own")
        return ngettext("running in a process of its own", "running in {n} processes", self.workers)

    def _counts(self) -> str:
        return gettext("{served} served, {in_flight} in flight", served=self.served, in_flight=self.in_flight)

    def _links(self) -> str:
        if not self.running:
            return f"<s>{html.escape(self.url)}</s>"
        first, *others = (html.escape(address) for address in browser_addresses(self.url, self.port))
        link = '<a href="{}" target="_blank">{}</a>'
        through = (link.format(address, gettext("through Jupyter")) for address in others)
        also = "".join(gettext(", or {link}", link=one) for one in through)
        return link.format(first, first) + also
