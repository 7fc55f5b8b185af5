# task: e14.2
import asyncio

import anyio


class Kept:
    def __init__(self, ask, seconds):
        self._ask, self._seconds = ask, seconds
        self._kept = None
        self._lock = asyncio.Lock()

    def _good(self):
        return self._kept is not None and anyio.current_time() < self._kept[1]

    async def get(self):
        if not self._good():
            async with self._lock:
                if not self._good():
                    self._kept = await self._ask(), anyio.current_time() + self._seconds
        return self._kept[0]
