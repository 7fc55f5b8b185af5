# task: e12.1
# diagnosis: nobody-waits
import asyncio


async def answer_of(ask):
    answer = asyncio.get_running_loop().create_future()
    ask(answer.set_result, answer.set_exception)
    return answer
