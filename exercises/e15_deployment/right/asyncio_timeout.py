# task: e15.2
import asyncio

from fwlab import App
from fwlab.responses import JSONResponse


def make_app(store):
    app = App()

    @app.get("/health")
    async def health():
        return "alive"

    @app.get("/ready")
    async def ready():
        try:
            await asyncio.wait_for(store.get("menu"), 0.2)
        except TimeoutError:
            return JSONResponse("not ready", 503)
        return "ready"

    return app
