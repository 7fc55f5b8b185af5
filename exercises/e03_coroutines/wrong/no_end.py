# task: e03.1
# diagnosis: the-end-is-an-exception
def run(coroutine):
    while True:
        coroutine.send(None)
