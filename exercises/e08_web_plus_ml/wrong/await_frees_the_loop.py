# task: e08.2
# diagnosis: an-await-leaves-the-loop
# state: partly done
waits = {
    "async def: classify(scan)": 60,
    "async def: await read(scan)  # read is async def, and calls classify": 0,
    "def: classify(scan)": 0,
    "def, run_in='process': classify(scan)": 0,
}
