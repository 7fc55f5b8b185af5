# task: e12.3
# diagnosis: the-error-passes-by
# state: partly done
async def drive(steps):
    value = None
    try:
        while True:
            value = await steps.send(value)
    except StopIteration as end:
        return end.value
    finally:
        steps.close()
