# task: e10.2
# diagnosis: called-for-everybody-who-asks
# state: partly done
milliseconds = {
    "def dependency, async def handler, 40 customers": 50,
    "def dependency, async def handler, 41 customers": 100,
    "async def dependency, async def handler, 41 customers": 50,
    "two async def dependencies, one customer": 100,
    "one async def dependency that the handler and another dependency need, one customer": 100,
    "the same, with use_cache=False in both places": 100,
}
