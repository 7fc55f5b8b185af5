# task: e15.4
# diagnosis: open-too-early
# state: partly done
import anyio

from fwlab.course.shared_store import fill_menu


async def prepare(store):
    if await store.claim("menu"):
        await fill_menu(store)
    else:
        await anyio.sleep(0.2)
