# task: e03.1
# diagnosis: the-result-is-lost
def run(coroutine):
    for _ in range(100):
        try:
            coroutine.send(None)
        except StopIteration:
            break
