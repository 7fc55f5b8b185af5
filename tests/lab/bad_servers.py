"""Servers that nobody would want: each a small asyncio protocol, on a free port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
GIGABYTE = 1_000_000_000


class Bad(asyncio.Protocol):
    """Takes requests, and does ``misbehave`` for each; counts its connections."""

    def __init__(self, server):
        self.server = server
        self.loop = asyncio.get_running_loop()

    def connection_made(self, transport):
        self.transport = transport
        self.server.accepted += 1
        self.server.transports.add(transport)

    def data_received(self, data):
        self.server.asked += data.count(b"\r\n\r\n")
        self.misbehave()

    def connection_lost(self, exc):
        self.server.transports.discard(self.transport)

    def misbehave(self):
        raise NotImplementedError


class Silent(Bad):
    def misbehave(self):
        pass


class ClosesAtOnce(Bad):
    def connection_made(self, transport):
        super().connection_made(transport)
        transport.close()


class Closes(Bad):
    def misbehave(self):
        self.transport.close()


class Resets(Bad):
    def misbehave(self):
        linger = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()


class Garbage(Bad):
    def misbehave(self):
        self.transport.write(b"\x00\xff no HTTP at all \r\n\r\n")


class Drips(Bad):
    """A byte at a time, and it never comes to an end."""

    def misbehave(self):
        self.transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self.drip()

    def drip(self):
        if not self.transport.is_closing():
            self.transport.write(b".")
            self.loop.call_later(0.001, self.drip)


class EndlessHead(Bad):
    def misbehave(self):
        self.transport.write(b"HTTP/1.1 200 OK\r\n")
        self.more()

    def more(self):
        if not self.transport.is_closing():
            self.transport.write(b"X-More: " + b"x" * 1000 + b"\r\n")
            self.loop.call_soon(self.more)


class Huge(Bad):
    """A gigabyte for each request, as fast as it is taken."""

    piece = bytes(1_000_000)
    may_write = True

    def misbehave(self):
        self.left = GIGABYTE
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTE)
        self.more()

    def pause_writing(self):
        self.may_write = False

    def resume_writing(self):
        self.may_write = True
        self.more()

    def more(self):
        while self.left and self.may_write and not self.transport.is_closing():
            self.left -= len(self.piece)
            self.transport.write(self.piece)


class ClosesAfterEach(Bad):
    def misbehave(self):
        self.transport.write(OK)
        self.transport.close()


class SaysTooMuch(Bad):
    """Answers, and goes on to answer what nobody asked."""

    def misbehave(self):
        self.transport.write(OK + OK + b"garbage")


class DiesHalfWay(Bad):
    """Answers ten requests; then the whole server is gone, in the middle of an answer."""

    def misbehave(self):
        if self.server.asked <= 10:
            self.transport.write(OK)
            return
        self.server.listening.close()
        self.transport.write(OK[:-2])
        for transport in list(self.server.transports):
            transport.close()


class Good(Bad):
    def misbehave(self):
        self.transport.write(OK)


class BadServer:
    """``async with BadServer(Resets) as server``: its ``url``, how many requests it was ``asked``, what is open."""

    def __init__(self, manners):
        self._manners = manners
        self.accepted = self.asked = 0
        self.transports = set()

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self.listening = await loop.create_server(lambda: self._manners(self), "127.0.0.1", 0, backlog=2048)
        self.port = self.listening.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *exc_info):
        if self.listening.sockets:
            asyncio.get_running_loop().remove_reader(self.listening.sockets[0])
            for _ in range(3):  # whom asyncio has let in already gets a connection; it would be lost if we closed now
                await asyncio.sleep(0)
        self.listening.close()
        for transport in list(self.transports):
            transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(20):
                while self.transports:
                    await asyncio.sleep(0)
