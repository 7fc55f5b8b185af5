# task: e08.2
# diagnosis: all-of-them-are-before-it
# state: partly done
waits = {
    "async def: classify(scan)": 20,
    "async def: await read(scan)  # read is async def, and calls classify": 60,
    "def: classify(scan)": 0,
    "def, run_in='process': classify(scan)": 0,
}
