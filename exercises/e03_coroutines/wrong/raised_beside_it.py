# task: e03.4
# diagnosis: the-coroutine-never-heard
def run_at_most(coroutine, turns):
    for _ in range(turns):
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
    raise TimeoutError
