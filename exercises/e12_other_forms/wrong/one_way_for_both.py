# task: e12.1
# diagnosis: the-error-is-returned
# state: partly done
import asyncio


async def answer_of(ask):
    answer = asyncio.get_running_loop().create_future()
    call_off = ask(answer.set_result, answer.set_result)
    try:
        return await answer
    finally:
        call_off()
