# task: e00.1
# diagnosis: it-cannot-pause
import asyncio
import time


def wait_for_the_grill():
    time.sleep(1)
    return "grilled"
