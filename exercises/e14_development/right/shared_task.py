# task: e14.2
import asyncio

import anyio


class Kept:
    def __init__(self, ask, seconds):
        self._ask, self._seconds = ask, seconds
        self._until = float("-inf")
        self._question = None
        self._asking = anyio.Lock()

    async def get(self):
        if anyio.current_time() >= self._until:
            if self._question is None:
                self._question = asyncio.create_task(self._renew())
            await asyncio.shield(self._question)
        return self._value

    async def _renew(self):
        try:
            self._value = await self._ask()
            self._until = anyio.current_time() + self._seconds
        finally:
            self._question = None
