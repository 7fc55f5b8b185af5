# task: e12.3
# diagnosis: handed-back-as-it-was
async def drive(steps):
    value = None
    try:
        while True:
            value = steps.send(value)
    except StopIteration as end:
        return end.value
    finally:
        steps.close()
