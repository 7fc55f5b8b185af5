# task: e15.2
import anyio

from fwlab import App, HTTPException


def make_app(store):
    app = App()

    @app.get("/health")
    async def health():
        return "alive"

    @app.get("/ready")
    async def ready():
        try:
            with anyio.fail_after(0.2):
                await store.get("menu")
        except TimeoutError:
            raise HTTPException(503, "The store does not answer.") from None
        return "ready"

    return app
