"""The documentation's pages, as text: what they load, what they are told, and that none of it is taken for script."""

from __future__ import annotations

import json
import re

import pytest

from fwlab.openapi import docs
from fwlab.openapi.docs import (
    get_docs_html,
    get_redoc_html,
    get_swagger_ui_html,
    get_swagger_ui_oauth2_redirect_html,
)

NASTY = """</script><script>alert("it's \\ bad")</script>&amp;"""


def text_of(response) -> str:
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return bytes(response.body).decode()


def swagger(**options) -> str:
    return text_of(get_swagger_ui_html(**{"openapi_url": "/openapi.json", "title": "Burgers"} | options))


def test_swagger_ui_is_told_where_the_description_is_and_how_to_look():
    page = swagger(openapi_url="/v1/openapi.json")

    assert "<title>Burgers</title>" in page
    assert "url: '/v1/openapi.json'," in page
    for told in ('"dom_id": "#swagger-ui",', '"layout": "BaseLayout",', '"deepLinking": true,'):
        assert told in page
    assert "SwaggerUIBundle.presets.apis," in page
    assert "oauth2RedirectUrl" not in page
    assert "initOAuth" not in page


def test_swagger_ui_s_parameters_are_added_to_the_usual_ones_or_replace_them():
    before = dict(docs.swagger_ui_default_parameters)

    page = swagger(swagger_ui_parameters={"deepLinking": False, "syntaxHighlight": {"theme": "obsidian"}})

    assert '"deepLinking": false,' in page
    assert '"syntaxHighlight": {"theme": "obsidian"},' in page
    assert '"layout": "BaseLayout",' in page
    assert docs.swagger_ui_default_parameters == before


def test_swagger_ui_is_told_about_oauth2():
    page = swagger(oauth2_redirect_url="/docs/oauth2-redirect", init_oauth={"clientId": "kitchen"})

    assert "oauth2RedirectUrl: window.location.origin + '/docs/oauth2-redirect'" in page
    assert 'ui.initOAuth({"clientId": "kitchen"})' in page


def test_the_pages_load_what_they_are_told_to():
    page = swagger(swagger_js_url="/s/ui.js", swagger_css_url="/s/ui.css", swagger_favicon_url="/s/icon.png")
    assert addresses(page) == ["/s/ui.css", "/s/icon.png", "/s/ui.js"]

    page = text_of(
        get_redoc_html(
            openapi_url="/openapi.json", title="Burgers", redoc_js_url="/s/redoc.js", redoc_favicon_url="/s/icon.png"
        )
    )
    assert addresses(page)[1:] == ["/s/icon.png", "/openapi.json", "/s/redoc.js"]
    assert addresses(page)[0].startswith("https://fonts.googleapis.com/")


def test_redoc_goes_without_fonts_from_another_host():
    page = text_of(get_redoc_html(openapi_url="/o.json", title="Burgers", with_google_fonts=False))

    assert "google" not in page
    assert '<redoc spec-url="/o.json">' in page


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src|spec-url)="([^"]*)"', page)


def pages_with(nasty: str):
    yield swagger(title=nasty)
    yield swagger(openapi_url=nasty)
    yield swagger(oauth2_redirect_url=nasty)
    yield swagger(swagger_js_url=nasty, swagger_css_url=nasty, swagger_favicon_url=nasty)
    yield swagger(init_oauth={"appName": nasty})
    yield swagger(swagger_ui_parameters={nasty: nasty})
    yield text_of(get_redoc_html(openapi_url=nasty, title=nasty, redoc_js_url=nasty, redoc_favicon_url=nasty))
    yield text_of(get_docs_html(openapi_url=nasty, title=nasty, root_url=nasty))


@pytest.mark.parametrize("number", range(8))
def test_no_text_becomes_script_or_markup(number):
    page, plain = list(pages_with(NASTY))[number], list(pages_with("plain"))[number]

    assert "<script>alert" not in page
    assert re.findall(r"</?\w+", page) == re.findall(r"</?\w+", plain)
    assert page.count('="') == plain.count('="')
    assert page.count("'") == plain.count("'")


def test_the_page_to_come_back_to_from_oauth2_tells_swagger_ui():
    page = text_of(get_swagger_ui_oauth2_redirect_html())

    assert "window.opener.swaggerUIRedirectOauth2" in page
    assert addresses(page) == []


def test_the_page_of_our_own_names_no_other_host():
    page = text_of(get_docs_html(title="Burgers"))

    assert [address for address in addresses(page) if not address.startswith(("#", "data:"))] == []
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert style
    assert not re.search(r"@import|url\(", style)
    assert "<title>Burgers</title>" in page
    assert "{{" not in page


def test_the_page_of_our_own_is_told_where_things_are():
    page = text_of(get_docs_html(title="Burgers", openapi_url="../openapi.json", root_url=".."))

    found = re.search(r'id="settings">(.*?)</script>', page)
    assert found is not None
    assert json.loads(found[1]) == {"openapi": "../openapi.json", "root": ".."}


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(scheme):
    """By WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1."""
    page = text_of(get_docs_html(title="Burgers"))
    blocks = re.findall(r":root {(.*?)}", page, re.DOTALL)
    colors = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[scheme == "dark"]))
    texts = ["text", "muted", "accent", "blue", "green", "amber", "purple", "red", "gray"]
    pairs = [(text, back) for text in texts for back in ("page", "surface", "sunken")]

    for text, back in [*pairs, ("accent-text", "accent")]:
        dark, light = sorted([luminance(colors[text]), luminance(colors[back])])
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, back)
