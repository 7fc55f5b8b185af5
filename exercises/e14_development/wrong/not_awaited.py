# task: e14.2
# diagnosis: not-awaited
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
            if anyio.current_time() >= self._until:
                self._value = self._ask()
                self._until = anyio.current_time() + self._seconds
            return 9
