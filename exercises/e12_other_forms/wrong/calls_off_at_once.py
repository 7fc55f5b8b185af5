# task: e12.1
# diagnosis: called-off-at-once
import asyncio


async def answer_of(ask):
    answer = asyncio.get_running_loop().create_future()
    call_off = ask(answer.set_result, answer.set_exception)
    call_off()
    return await answer
