"""A file that several parameters take is whole for each of them."""

from typing import Annotated

import pytest

from fwlab import App, DefinitionError, Depends, File, UploadFile


def test_a_dependency_and_the_handler_take_the_same_file(client_of):
    def size(photo: Annotated[bytes, File()]):
        return len(photo)

    app = App()

    @app.post("/")
    async def handler(size: Annotated[int, Depends(size)], photo: Annotated[bytes, File()]):
        return [size, photo.decode()]

    @app.post("/both")
    async def both(size: Annotated[int, Depends(size)], photo: UploadFile):
        return [size, (await photo.read()).decode()]

    with client_of(app) as client:
        assert client.post("/", files={"photo": b"burger"}).json() == [6, "burger"]
        assert client.post("/both", files={"photo": b"burger"}).json() == [6, "burger"]


@pytest.mark.parametrize("limit", [-1, True, 1.5, "9"])
def test_a_limit_of_a_form_is_a_number(limit):
    app = App()
    with pytest.raises(
        DefinitionError, match=r"^handler 'handler' of POST /: max_fields is .*; a limit is .* a number from 0 on"
    ):

        @app.post("/", form_limits={"max_fields": limit})
        async def handler(photo: UploadFile): ...
