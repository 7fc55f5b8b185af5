# task: e00.3
# diagnosis: computing-never-pauses
# state: partly done
what_it_does = {
    "time.sleep(1)": "blocks",
    "await asyncio.sleep(1)": "pauses",
    "asyncio.sleep(1)": "nothing",
    "burn(1)": "pauses",
    "await asyncio.to_thread(time.sleep, 1)": "pauses",
}
