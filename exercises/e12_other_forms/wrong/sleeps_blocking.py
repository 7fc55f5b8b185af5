# task: e12.1
# diagnosis: blocking-inside-async-def
import time


async def answer_of(ask):
    heard = []
    ask(heard.append, heard.append)
    time.sleep(0.5)
    return heard[0]
