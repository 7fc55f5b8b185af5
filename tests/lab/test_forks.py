"""A forked copy of the process holds neither a server's port nor its connections: tried with real forks."""

from __future__ import annotations

import os

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork: Linux or macOS")

# The copy lives, and says so, until its input ends: what it had inherited it would hold until then.
PROGRAM = """
    import asyncio, os, socket, warnings
    from fwlab.lab import DirectTransport, serve

    warnings.simplefilter("ignore")  # a fork beside threads

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    async def main():
        server = await serve(app, where=WHERE)
        loop = asyncio.get_running_loop()
        client = socket.socket()
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", server.port))
        await loop.sock_sendall(client, b"GET / HTTP/1.1\\r\\nhost: here\\r\\n\\r\\n")
        assert await loop.sock_recv(client, 1000)
        reads, writes = os.pipe()
        copy = os.fork()
        if copy == 0:
            os.close(writes)
            client.close()
            os.read(reads, 1)
            os._exit(0)
        await server.stop()
        while await loop.sock_recv(client, 1000):  # the rest of the answer, then the end of the connection
            pass
        with socket.create_server(("127.0.0.1", server.port)):
            print("the port is free")
        os.close(writes)
        os.waitpid(copy, 0)
        client.close()

    asyncio.run(main())
"""


@pytest.mark.parametrize("where", ["loop", "thread", "process"])
def test_a_fork_holds_no_port_and_no_connection(run_script, where):
    done = run_script(PROGRAM.replace("WHERE", repr(where)))
    assert (done.stdout, done.stderr) == ("the port is free\n", "")
