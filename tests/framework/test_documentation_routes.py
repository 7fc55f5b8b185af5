"""Where an app serves what it says of itself."""

import pytest

from fwlab import App


@pytest.mark.parametrize(
    ("page", "described", "root"),
    [("/offline-docs", "openapi.json", "."), ("/docs/offline", "../openapi.json", "..")],
)
def test_the_page_without_a_network_is_relative_to_itself(client_of, page, described, root):
    app = App(title="Burger shop", offline_docs_url=page)
    shown = client_of(app).get(page)
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Burger shop" in shown.text
    assert f'"openapi": "{described}"' in shown.text
    assert f'"root": "{root}"' in shown.text


def test_pages_that_are_not_wanted_are_not_there(client_of):
    pages = ("/docs", "/redoc", "/offline-docs", "/openapi.json", "/docs/oauth2-redirect")
    with client_of(App()) as client:
        assert [client.get(page).status_code for page in pages] == [200] * 5
    with client_of(App(docs_url=None, redoc_url=None, offline_docs_url=None)) as client:
        assert [client.get(page).status_code for page in pages] == [404, 404, 404, 200, 404]
    with client_of(App(openapi_url=None)) as client:
        assert [client.get(page).status_code for page in pages] == [404] * 5


def test_they_do_not_describe_themselves(client_of):
    assert client_of(App()).get("/openapi.json").json()["paths"] == {}
