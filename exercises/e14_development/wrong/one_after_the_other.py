# task: e14.1
# diagnosis: the-stampede-is-alive
# state: partly done
import anyio


async def test_kept(Kept):
    asked = []

    async def ask():
        asked.append("beef")
        await anyio.sleep(0.1)
        if len(asked) == 3:
            raise ConnectionError
        return len(asked)

    beef = Kept(ask, seconds=10)
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
