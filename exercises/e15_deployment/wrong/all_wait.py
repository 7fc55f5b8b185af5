# task: e15.4
# diagnosis: nobody-fills
from fwlab.course.shared_store import fill_menu


async def prepare(store):
    await store.wait_for("menu")
    if await store.claim("menu"):
        await fill_menu(store)
