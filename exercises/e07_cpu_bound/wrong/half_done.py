# task: e07.1
# diagnosis: not-filled-in
milliseconds = {
    "async def: burn(0.02)": 120,
    "def: burn(0.02)": 120,
    "def: time.sleep(0.02)": ...,
    "def, run_in='process': burn(0.02)": ...,
}
