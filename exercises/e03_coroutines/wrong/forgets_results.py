# task: e03.3
# diagnosis: no-results
# state: partly done
def run_all(*coroutines):
    running = list(coroutines)
    while running:
        for coroutine in list(running):
            try:
                coroutine.send(None)
            except StopIteration:
                running.remove(coroutine)
