# task: e15.4
# diagnosis: a-lock-of-its-own
import asyncio

from fwlab.course.shared_store import fill_menu

lock = asyncio.Lock()


async def prepare(store):
    async with lock:
        if await store.get("menu") is None:
            await fill_menu(store)
