# task: e00.3
# diagnosis: a-call-is-not-a-wait
# state: partly done
what_it_does = {
    "time.sleep(1)": "blocks",
    "await asyncio.sleep(1)": "pauses",
    "asyncio.sleep(1)": "pauses",
    "burn(1)": "blocks",
    "await asyncio.to_thread(time.sleep, 1)": "pauses",
}
