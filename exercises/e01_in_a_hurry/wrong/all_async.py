# task: e01.3
# diagnosis: async-def-makes-nothing-pause
# state: wrong
how = {
    "rows = await database.fetch(query)": "async def",
    "page = requests.get(url)  # knows no await": "async def",
    "time.sleep(0.2)": "async def",
    "return 'hello'": "async def",
    "await anyio.to_thread.run_sync(compute, 0.05)": "async def",
    "helper_of_a_colleague()  # who knows what it does?": "async def",
}
