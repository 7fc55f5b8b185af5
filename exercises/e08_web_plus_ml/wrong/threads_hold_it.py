# task: e08.2
# diagnosis: a-thread-holds-the-loop
# state: partly done
waits = {
    "async def: classify(scan)": 60,
    "async def: await read(scan)  # read is async def, and calls classify": 60,
    "def: classify(scan)": 60,
    "def, run_in='process': classify(scan)": 0,
}
