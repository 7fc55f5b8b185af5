# task: e03.1
# diagnosis: the-result-is-lost
def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        pass
