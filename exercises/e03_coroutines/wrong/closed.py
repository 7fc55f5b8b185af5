# task: e03.4
# diagnosis: the-coroutine-never-heard
def run_at_most(coroutine, turns):
    try:
        for _ in range(turns):
            coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise TimeoutError
