# task: e03.4
# diagnosis: nobody-counts-the-turns
def run_at_most(coroutine, turns):
    while True:
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
