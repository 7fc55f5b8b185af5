# task: e14.1
import asyncio


async def test_kept(Kept):
    asked = 0

    async def ask():
        nonlocal asked
        asked += 1
        number = asked
        await asyncio.sleep(1)
        if number == 1:
            raise ValueError("closed")
        return number

    kept = Kept(ask, seconds=60 / 10)
    failed = await asyncio.gather(kept.get(), return_exceptions=True)
    assert isinstance(failed[0], ValueError)
    assert await asyncio.gather(*(kept.get() for _ in range(5))) == [2] * 5
    assert asked == 2
    await asyncio.sleep(5)
    assert await kept.get() == 2
    await asyncio.sleep(2)
    assert await kept.get() == 3
