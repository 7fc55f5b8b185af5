# task: e02.3
# diagnosis: each-is-true
seconds = {
    "await wait(1); await wait(2); await wait(3)": 6,
    "await asyncio.gather(wait(1), wait(2), wait(3))": 3,
    "await asyncio.gather(compute(1), compute(2), compute(3))": 6,
    "await asyncio.gather(wait(2), compute(2))": 17,
    "await asyncio.gather(compute(2), wait(2))": 4,
}
