# task: e12.1
import asyncio


async def answer_of(ask):
    there, heard = asyncio.Event(), []

    def hear(said):
        heard.append(said)
        there.set()

    call_off = ask(hear, hear)
    try:
        await there.wait()
    finally:
        call_off()
    if isinstance(heard[0], Exception):
        raise heard[0]
    return heard[0]
