"""Room for many connections: made where the system lets, refused in clear words where not, before anything is sent."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there, sockets are no files")


def limited(soft, hard, code):
    """Run code in a process with so many open files at most; what it prints."""
    prologue = f"""
        import asyncio, resource
        resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
        from fwlab.lab import LoadError, load, serve

        async def app(scope, receive, send):
            assert scope["type"] == "http"
            await send({{"type": "http.response.start", "status": 200, "headers": []}})
            await send({{"type": "http.response.body", "body": b"hello"}})
    """
    program = textwrap.dedent(prologue) + textwrap.dedent(code)
    run = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=120)
    assert run.stderr == ""
    return run.stdout


@pytest.mark.parametrize("engine", ["httpx", "raw"])
def test_the_soft_limit_is_raised_where_it_is_in_the_way(engine):
    said = limited(
        100,
        2000,
        f"""
        async def main():
            async with serve(app) as server:
                run = await load(server, users=300, engine={engine!r})
                print(run.errors, len(run.samples), resource.getrlimit(resource.RLIMIT_NOFILE)[1])

        asyncio.run(main())
        """,
    )
    assert said == "Counter() 300 2000\n"


def test_where_the_system_does_not_allow_it_the_load_says_how_many_users_it_allows():
    said = limited(
        200,
        400,
        """
        import re

        async def main():
            async with serve(app) as server:
                try:
                    await load(server, users=10_000)
                except LoadError as error:
                    print(error)
                room = int(re.search(r"Write users=(\\d+)", str(error_of := error_text(server)))[1])
                print(100 < room < 170, (await load(server, users=room)).errors)

        def error_text(server):
            from fwlab.lab.loading.open_files import make_room
            try:
                make_room(10_000, both_ends=True)
            except LoadError as error:
                return error

        asyncio.run(main())
        """,
    )
    first, second = said.splitlines()
    assert first.startswith("load(users=10000): each user's connection is two open files of this process")
    assert second == "True Counter()"


def test_nothing_changes_where_there_is_room():
    said = limited(
        500,
        1000,
        """
        asyncio.run(load(app, users=50))
        print(resource.getrlimit(resource.RLIMIT_NOFILE))
        """,
    )
    assert said == "(500, 1000)\n"
