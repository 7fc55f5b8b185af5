# task: e14.2
# diagnosis: the-error-is-swallowed
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
                try:
                    self._value = await self._ask()
                except ConnectionError:
                    return None
                self._until = anyio.current_time() + self._seconds
            return self._value
