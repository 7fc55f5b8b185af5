# task: e15.4
import anyio

from fwlab.course.shared_store import fill_menu


async def prepare(store):
    if await store.claim("fill the menu"):
        await fill_menu(store)
    while await store.get("menu") is None:
        await anyio.sleep(0.05)
