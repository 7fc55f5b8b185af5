# task: e14.1
# diagnosis: for-ever-is-alive
# state: partly done
import anyio


async def test_kept(Kept):
    asked = []

    async def ask():
        asked.append("beef")
        await anyio.sleep(0.1)
        return len(asked)

    beef = Kept(ask, seconds=10)
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(beef.get)
    assert len(asked) == 1
    await anyio.sleep(9)
    assert await beef.get() == 1
