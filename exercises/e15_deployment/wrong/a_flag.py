# task: e15.4
# diagnosis: filled-more-than-once
from fwlab.course.shared_store import fill_menu


async def prepare(store):
    if await store.get("filling") is None:
        await store.put("filling", 1)
        await fill_menu(store)
    await store.wait_for("menu")
