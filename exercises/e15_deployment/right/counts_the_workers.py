# task: e15.4
from fwlab.course.shared_store import fill_menu


async def prepare(store):
    if await store.add("workers", 1) == 1:
        await fill_menu(store)
    else:
        await store.wait_for("menu")
