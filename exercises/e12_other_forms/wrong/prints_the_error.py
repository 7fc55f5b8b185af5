# task: e12.1
# diagnosis: the-error-is-lost
# state: partly done
import asyncio


async def answer_of(ask):
    answer = asyncio.get_running_loop().create_future()
    call_off = ask(answer.set_result, lambda error: None)
    try:
        return await answer
    finally:
        call_off()
