# task: e14.1
# diagnosis: the-stampede-is-alive
# state: partly done
import anyio


async def test_kept(Kept):
    asked = []

    async def ask():
        asked.append("beef")
        if len(asked) == 3:
            raise ConnectionError
        return len(asked)

    beef = Kept(ask, seconds=10)
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(beef.get)
    assert len(asked) == 1
    await beef.get()
    await anyio.sleep(5)
    assert await beef.get() == 1
    await anyio.sleep(11)
    assert await beef.get() == 2
    await anyio.sleep(11)
    try:
        await beef.get()
    except ConnectionError:
        pass
    else:
        raise AssertionError("nobody heard of it")
    assert await beef.get() == 4
