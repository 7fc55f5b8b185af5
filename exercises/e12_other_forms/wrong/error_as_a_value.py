# task: e12.3
# diagnosis: the-error-passes-by
# state: partly done
async def drive(steps):
    value = None
    try:
        while True:
            wish = steps.send(value)
            try:
                value = await wish
            except Exception as error:
                value = error
    except StopIteration as end:
        return end.value
    finally:
        steps.close()
