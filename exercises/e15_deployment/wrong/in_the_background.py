# task: e15.4
# diagnosis: open-too-early
# state: partly done
import asyncio

from fwlab.course.shared_store import fill_menu

filling = []


async def prepare(store):
    if await store.claim("menu"):
        filling.append(asyncio.create_task(fill_menu(store)))
        return
    await store.wait_for("menu")
