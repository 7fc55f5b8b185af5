# task: e12.3
# diagnosis: the-result-is-lost
# state: partly done
async def drive(steps):
    move, value = steps.send, None
    try:
        while True:
            try:
                wish = move(value)
            except StopIteration:
                return
            try:
                move, value = steps.send, await wish
            except Exception as error:
                move, value = steps.throw, error
    finally:
        steps.close()
