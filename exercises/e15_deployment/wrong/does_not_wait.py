# task: e15.4
# diagnosis: open-too-early
# state: partly done
from fwlab.course.shared_store import fill_menu


async def prepare(store):
    if await store.claim("menu"):
        await fill_menu(store)
