# task: e12.1
import anyio


async def answer_of(ask):
    send, receive = anyio.create_memory_object_stream(1)
    with send, receive:
        call_off = ask(send.send_nowait, send.send_nowait)
        try:
            said = await receive.receive()
        finally:
            call_off()
    if isinstance(said, Exception):
        raise said
    return said
