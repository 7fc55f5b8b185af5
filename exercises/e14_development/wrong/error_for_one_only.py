# task: e14.1
# diagnosis: a-right-one-is-refused
import asyncio

import anyio


async def test_kept(Kept):
    asked = []

    async def ask():
        asked.append("beef")
        await anyio.sleep(0.1)
        if len(asked) == 1:
            raise ConnectionError
        return 9

    beef = Kept(ask, seconds=10)
    told = await asyncio.gather(*(beef.get() for _ in range(20)), return_exceptions=True)
    assert [one for one in told if one != 9] == told[:1]
