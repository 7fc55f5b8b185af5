# task: e01.3
# diagnosis: another-word
how = {
    "rows = await database.fetch(query)": "async",
    "page = requests.get(url)  # knows no await": "def",
    "time.sleep(0.2)": "def",
    "return 'hello'": "async def",
    "await anyio.to_thread.run_sync(compute, 0.05)": "async def",
    "helper_of_a_colleague()  # who knows what it does?": "def",
}
