# task: e12.1
# diagnosis: still-asked
# state: partly done
import asyncio
from functools import partial


async def answer_of(ask):
    answer = asyncio.get_running_loop().create_future()

    def fill(how, value):
        if not answer.done():
            how(value)

    ask(partial(fill, answer.set_result), partial(fill, answer.set_exception))
    return await answer
