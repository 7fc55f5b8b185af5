# task: e00.3
# diagnosis: a-sleep-that-blocks
# state: wrong
what_it_does = {
    "time.sleep(1)": "pauses",
    "await asyncio.sleep(1)": "pauses",
    "asyncio.sleep(1)": "pauses",
    "burn(1)": "pauses",
    "await asyncio.to_thread(time.sleep, 1)": "pauses",
}
