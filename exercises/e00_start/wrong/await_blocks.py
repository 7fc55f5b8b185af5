# task: e00.3
# diagnosis: each-is-true
what_it_does = {
    "time.sleep(1)": "blocks",
    "await asyncio.sleep(1)": "blocks",
    "asyncio.sleep(1)": "nothing",
    "burn(1)": "blocks",
    "await asyncio.to_thread(time.sleep, 1)": "pauses",
}
