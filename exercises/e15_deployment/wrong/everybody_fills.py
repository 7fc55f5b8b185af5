# task: e15.4
# diagnosis: filled-more-than-once
from fwlab.course.shared_store import fill_menu


async def prepare(store):
    await fill_menu(store)
