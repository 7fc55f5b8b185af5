# task: e14.2
# diagnosis: it-is-never-renewed
import asyncio

import anyio


class Kept:
    def __init__(self, ask, seconds):
        self._ask, self._seconds = ask, seconds
        self._until = float("-inf")
        self._question = None
        self._asking = anyio.Lock()

    async def get(self):
        async with self._asking:
            if self._until < 0:
                self._value = await self._ask()
                self._until = anyio.current_time() + self._seconds
            return self._value
