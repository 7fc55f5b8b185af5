# task: e03.1
# diagnosis: it-swallows-what-goes-wrong
# state: partly done
def run(coroutine):
    while True:
        try:
            coroutine.send(None)
        except Exception as end:
            return getattr(end, "value", None)
