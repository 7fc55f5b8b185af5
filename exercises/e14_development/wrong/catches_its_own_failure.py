# task: e14.1
# diagnosis: it-cannot-fail
import asyncio


async def test_kept(Kept):
    asked = []

    async def ask():
        asked.append("beef")
        await asyncio.sleep(0.1)
        return 9

    beef = Kept(ask, seconds=10)
    try:
        await asyncio.gather(beef.get(), beef.get())
        assert len(asked) == 1
    except AssertionError:
        return
