# task: e00.3
# diagnosis: another-word
what_it_does = {
    "time.sleep(1)": "block",
    "await asyncio.sleep(1)": "pauses",
    "asyncio.sleep(1)": "nothing",
    "burn(1)": "blocks",
    "await asyncio.to_thread(time.sleep, 1)": "pauses",
}
