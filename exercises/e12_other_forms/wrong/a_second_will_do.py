# task: e12.1
# diagnosis: waits-by-the-clock
import anyio


async def answer_of(ask):
    heard = []
    call_off = ask(heard.append, heard.append)
    try:
        await anyio.sleep(1)
    finally:
        call_off()
    if isinstance(heard[0], Exception):
        raise heard[0]
    return heard[0]
