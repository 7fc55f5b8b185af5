# task: e12.3
# diagnosis: the-error-is-swallowed
# state: partly done
async def drive(steps):
    move, value = steps.send, None
    try:
        while True:
            try:
                wish = move(value)
            except StopIteration as end:
                return end.value
            except Exception:
                return None
            try:
                move, value = steps.send, await wish
            except Exception as error:
                move, value = steps.throw, error
    finally:
        steps.close()
