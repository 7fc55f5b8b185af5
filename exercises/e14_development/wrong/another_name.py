# task: e14.1
# diagnosis: it-does-not-end-as-a-test-does
async def test_kept(Kept):
    async def ask():
        return 9

    beef = Kept(ask, seconds=10)
    assert await beef.value() == 9
