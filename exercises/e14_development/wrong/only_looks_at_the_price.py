# task: e14.1
# diagnosis: it-cannot-fail
import anyio


async def test_kept(Kept):
    async def ask():
        await anyio.sleep(0.1)
        return 9

    beef = Kept(ask, seconds=10)
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(beef.get)
    await anyio.sleep(11)
    assert await beef.get() == 9
