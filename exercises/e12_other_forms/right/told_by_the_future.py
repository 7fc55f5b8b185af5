# task: e12.1
import asyncio


def answer_of(ask):
    answer = asyncio.get_running_loop().create_future()
    call_off = ask(answer.set_result, answer.set_exception)
    answer.add_done_callback(lambda _: call_off())
    return answer
