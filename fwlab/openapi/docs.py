"""The documentation as pages: Swagger UI and ReDoc, which come from another host, and one of our own that needs none.

Each function returns a page that reads the API's description from ``openapi_url``. What is put into a page is escaped
for its place there, so no title and no address can bring a script with it.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from fwlab.encoders import jsonable_encoder
from fwlab.responses import HTMLResponse

# A burger, so that no page asks another host for an icon.
_ICON = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><text y='14'>🍔</text></svg>"
_FONTS = "https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700"

swagger_ui_default_parameters: dict[str, Any] = {"dom_id": "#swagger-ui", "layout": "BaseLayout", "deepLinking": True}
swagger_ui_default_parameters |= {"showExtensions": True, "showCommonExtensions": True}
"""What Swagger UI is told if nothing else is said."""


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
    script = {"url": _inside(openapi_url), "parameters": _inside(told), "redirect": "", "oauth": ""}
    if oauth2_redirect_url:
        script["redirect"] = f"oauth2RedirectUrl: window.location.origin + '{_inside(oauth2_redirect_url)}',"
    if init_oauth:
        script["oauth"] = f"ui.initOAuth({_in_script(init_oauth)})"
    return _page("swagger", script, title=title, icon=swagger_favicon_url, style=swagger_css_url, source=swagger_js_url)


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
    fonts = f'<link rel="stylesheet" href="{_FONTS}">' if with_google_fonts else ""
    return _page("redoc", {"fonts": fonts}, title=title, icon=redoc_favicon_url, source=redoc_js_url, url=openapi_url)


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
    settings = _in_script({"openapi": openapi_url, "root": root_url})
    return _page("offline", {"settings": settings}, title=title, icon=_ICON)


def _in_script(value: Any) -> str:
    """Return a value as JavaScript that can stand in a page, with no quotes but double ones."""
    return re.sub("[<>&']", lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(jsonable_encoder(value)))


def _inside(value: Any) -> str:
    """Return what stands between the quotes of a text, or the braces of an object."""
    return _in_script(value)[1:-1]


def _page(name: str, markup: Mapping[str, str] | None = None, **texts: str) -> HTMLResponse:
    """Return a page of these parts: some stand in it as they are, of others it shows the text."""
    from html import escape  # as the next: needed for the pages only, and slow to load

    filled = {part: escape(text) for part, text in texts.items()} | dict(markup or {})
    return HTMLResponse(re.sub(r"{{ (\w+) }}", lambda place: filled[place[1]], _template(name)))


@cache
def _template(name: str) -> str:
    from importlib import resources

    return resources.files("fwlab.openapi").joinpath(f"{name}.html").read_text("utf-8")
