"""The documentation as pages: Swagger UI and ReDoc, which come from another host, and one of our own that needs none.

Each function returns a page that reads the API's description from ``openapi_url``. What is put into a page is escaped
for its place there, so no title and no address can bring a script with it.
"""

from __future__ import annotations

import html
import json
import re
from functools import cache
from typing import Any

from fwlab.encoders import jsonable_encoder
from fwlab.responses import HTMLResponse

# Two halves of a bun and what is between them, so that no page asks another host for an icon.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 viewBox=%270 0 16 16%27%3E"
    "%3Cpath d=%27M2 7a6 5 0 0 1 12 0zM2 11h12a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3z%27 fill=%27%23c98a2b%27/%3E"
    "%3Cpath d=%27M2 8h12v2H2z%27 fill=%27%233f8f4f%27/%3E%3C/svg%3E"
)

_FONTS = "https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700"

swagger_ui_default_parameters: dict[str, Any] = {
    "dom_id": "#swagger-ui",
    "layout": "BaseLayout",
    "deepLinking": True,
    "showExtensions": True,
    "showCommonExtensions": True,
}
"""What Swagger UI is told if nothing else is said."""


def _in_script(value: Any) -> str:
    """Return a value as JavaScript that can stand in a page, with no quotes but double ones."""
    written = json.dumps(jsonable_encoder(value))
    return re.sub("[<>&']", lambda sign: f"\\u{ord(sign[0]):04x}", written)


def _quoted(text: str) -> str:
    """Return a text as JavaScript in single quotes."""
    return f"'{_in_script(text)[1:-1]}'"


def get_swagger_ui_html(
    *,
    openapi_url: str,
    title: str,
    swagger_js_url: str = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui-bundle.js",
    swagger_css_url: str = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui.css",
    swagger_favicon_url: str = _ICON,
    oauth2_redirect_url: str | None = None,
    init_oauth: dict[str, Any] | None = None,
    swagger_ui_parameters: dict[str, Any] | None = None,
) -> HTMLResponse:
    """Return the page with Swagger UI.

    Args:
        openapi_url: where the API's description is.
        title: of the page.
        swagger_js_url: where Swagger UI's script is.
        swagger_css_url: where its style is.
        swagger_favicon_url: where the page's icon is.
        oauth2_redirect_url: the path to which an OAuth2 server sends the browser back.
        init_oauth: what Swagger UI is told about OAuth2.
        swagger_ui_parameters: what else it is told; see :data:`swagger_ui_default_parameters`.
    """
    told = swagger_ui_default_parameters | (swagger_ui_parameters or {})
    lines = [f"    {_in_script(name)}: {_in_script(value)}," for name, value in told.items()]
    if oauth2_redirect_url:
        lines.append(f"    oauth2RedirectUrl: window.location.origin + {_quoted(oauth2_redirect_url)},")
    return _page(
        "swagger",
        title=html.escape(title),
        icon=html.escape(swagger_favicon_url),
        style=html.escape(swagger_css_url),
        script=html.escape(swagger_js_url),
        url=_quoted(openapi_url),
        parameters="\n".join(lines),
        oauth=f"ui.initOAuth({_in_script(init_oauth)})" if init_oauth else "",
    )


def get_redoc_html(
    *,
    openapi_url: str,
    title: str,
    redoc_js_url: str = "https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js",
    redoc_favicon_url: str = _ICON,
    with_google_fonts: bool = True,
) -> HTMLResponse:
    """Return the page with ReDoc.

    Args:
        openapi_url: where the API's description is.
        title: of the page.
        redoc_js_url: where ReDoc's script is.
        redoc_favicon_url: where the page's icon is.
        with_google_fonts: load the fonts that it is drawn for.
    """
    return _page(
        "redoc",
        title=html.escape(title),
        icon=html.escape(redoc_favicon_url),
        fonts=f'<link rel="stylesheet" href="{_FONTS}">' if with_google_fonts else "",
        script=html.escape(redoc_js_url),
        url=html.escape(openapi_url),
    )


def get_swagger_ui_oauth2_redirect_html() -> HTMLResponse:
    """Return the page to which an OAuth2 server sends the browser back: it hands Swagger UI what the server said."""
    return _page("oauth2-redirect")


def get_docs_html(*, openapi_url: str = "openapi.json", title: str, root_url: str = ".") -> HTMLResponse:
    """Return a page that needs no other host: it describes the API, and sends requests to it.

    Both addresses are best relative to the page's own, for then it also works behind a proxy that the app knows
    nothing of.

    Args:
        openapi_url: where the API's description is.
        title: of the page.
        root_url: what the paths of the description begin at.
    """
    settings = {"openapi": openapi_url, "root": root_url}
    return _page("offline", title=html.escape(title), icon=_ICON, settings=_in_script(settings))


def _page(name: str, **filled: str) -> HTMLResponse:
    return HTMLResponse(re.sub(r"{{ (\w+) }}", lambda place: filled[place[1]], _template(name)))


@cache
def _template(name: str) -> str:
    from importlib import resources  # needed for the first page only, and slow to load

    return resources.files("fwlab.openapi").joinpath(f"{name}.html").read_text("utf-8")
