# task: e14.2
# diagnosis: the-error-is-kept
# state: partly done
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
                self._question = asyncio.create_task(self._ask())
            self._value = await asyncio.shield(self._question)
            self._question = None
            self._until = anyio.current_time() + self._seconds
        return self._value
