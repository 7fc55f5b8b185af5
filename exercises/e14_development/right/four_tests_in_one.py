# task: e14.1
import anyio


class Market:
    def __init__(self, refuses=()):
        self.asked, self.refuses = 0, refuses

    async def __call__(self):
        self.asked += 1
        number = self.asked
        await anyio.sleep(0)
        if number in self.refuses:
            raise ConnectionError
        return number


async def one_asks(Kept):
    market = Market()
    kept = Kept(market, 10)
    async with anyio.create_task_group() as group:
        group.start_soon(kept.get)
        group.start_soon(kept.get)
    assert market.asked == 1


async def it_is_kept_and_renewed(Kept):
    kept = Kept(Market(), 10)
    told = []
    for _ in range(4):
        told.append(await kept.get())
        await anyio.sleep(4)
    assert told == [1, 1, 1, 2]


async def errors_are_not_kept(Kept):
    kept = Kept(Market(refuses=[1]), 10)
    try:
        await kept.get()
    except ConnectionError:
        assert await kept.get() == 2
    else:
        raise AssertionError("no exception")


async def test_kept(Kept):
    for test in [one_asks, it_is_kept_and_renewed, errors_are_not_kept]:
        await test(Kept)
