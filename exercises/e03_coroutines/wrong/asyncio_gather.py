# task: e03.3
# diagnosis: asyncio-runs-them
import asyncio


def run_all(*coroutines):
    async def main():
        return await asyncio.gather(*coroutines)

    return asyncio.run(main())
