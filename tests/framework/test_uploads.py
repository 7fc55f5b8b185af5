"""Files that are uploaded: each parameter has the whole file, and none where none was chosen."""

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


def test_where_no_file_was_chosen_there_is_none(client_of):
    """A browser sends a part with neither name nor byte for each input of the page that has no file."""
    app = App()

    @app.post("/")
    async def handler(
        photos: Annotated[list[UploadFile], File()] = [],  # noqa: B006
        photo: UploadFile | None = None,
        notes: Annotated[list[bytes] | None, File()] = None,
    ):
        return [[one.filename for one in photos], photo and photo.filename, notes]

    client = client_of(app)
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    part = '--x\r\nContent-Disposition: form-data; name="{}"; filename="{}"\r\n\r\n\r\n'
    nothing = "".join(part.format(name, "") for name in ("photos", "photo", "notes"))
    assert client.post("/", content=nothing + "--x--\r\n", headers=boundary).json() == [[], None, None]
    one = part.format("photos", "a.png")  # empty, but chosen
    assert client.post("/", content=nothing + one + "--x--\r\n", headers=boundary).json() == [["a.png"], None, None]
