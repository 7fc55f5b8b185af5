# task: e07.1
# diagnosis: no-number
milliseconds = {
    "async def: burn(0.02)": 120,
    "def: burn(0.02)": 120,
    "def: time.sleep(0.02)": 20,
    "def, run_in='process': burn(0.02)": "forty",
}
