# task: e03.3
# diagnosis: one-by-one
def run_all(*coroutines):
    return [run_one(coroutine) for coroutine in coroutines]


def run_one(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value
