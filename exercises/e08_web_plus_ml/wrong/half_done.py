# task: e08.2
# diagnosis: not-filled-in
waits = {
    "async def: classify(scan)": 60,
    "async def: await read(scan)  # read is async def, and calls classify": 60,
    "def: classify(scan)": ...,
    "def, run_in='process': classify(scan)": ...,
}
