# task: e12.1
import asyncio


async def answer_of(ask):
    answer = asyncio.get_running_loop().create_future()
    call_off = ask(answer.set_result, answer.set_exception)
    try:
        return await answer
    except asyncio.CancelledError:
        call_off()
        raise
