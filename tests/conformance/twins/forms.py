"""Forms and files: fields, models, empty ones, several, and forms that are broken."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, File, Form, Query, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field, Json

app = FastAPI()


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=2)
    tags: list[int] = []
    note: str | None = None
    aliased: int = Field(1, alias="a-l")


class Loose(BaseModel):
    texts: list[str] = ["d"]
    numbers: list[int] | None = None
    s: str = "x"


class WithFiles(BaseModel):
    name: str
    photo: UploadFile
    more: list[UploadFile] = []


def shared(a: Annotated[str, Form()]):
    return a


@app.post("/order")
async def order(order: Annotated[Order, Form()]):
    return order


@app.post("/loose")
async def loose(loose: Annotated[Loose, Form()]):
    return loose


@app.post("/beside")
async def beside(loose: Annotated[Loose, Form()], x: Annotated[str, Form()]):
    return [loose, x]


@app.post("/with-files")
async def with_files(sent: Annotated[WithFiles, Form(media_type="multipart/form-data")]):
    return [sent.name, sent.photo.filename, len(sent.more)]


@app.post("/fields")
async def fields(
    a: Annotated[list[str], Form()],
    b: Annotated[int | None, Form()] = None,
    c: Annotated[bool, Form()] = False,
    d: Annotated[str, Form()] = "dd",
    e: Annotated[str | None, Form(min_length=2)] = None,
    g: Annotated[Literal["p", "q"], Form()] = "p",
    at: Annotated[dt.datetime | None, Form()] = None,
    x: str = Query("q"),
):
    return [a, b, c, d, e, g, at, x]


@app.post("/several")
async def several(
    a: Annotated[list[str], Form()] = ["d"],
    b: Annotated[list[int] | None, Form()] = None,
    c: Annotated[set[str], Form()] = set(),
    s: Annotated[str, Form()] = "z",
):
    return [a, b, sorted(c), s]


@app.post("/json")
async def json(a: Annotated[Json[Loose], Form()], b: Annotated[Json[list[int]], Form()] = []):
    return [a, b]


@app.post("/shared")
async def shares(a: Annotated[str, Form()], b: Annotated[str, Depends(shared)]):
    return [a, b]


@app.post("/files")
async def files(
    a: Annotated[int, Form()],
    photo: UploadFile,
    more: Annotated[list[UploadFile], File()] = [],
    b: Annotated[bytes | None, File()] = None,
    t: Annotated[str, Form()] = "d",
):
    told = [photo.filename, photo.content_type, photo.size, (await photo.read()).decode()]
    return [a, told, [one.filename for one in more], b and b.decode(), t]


@app.post("/optional-files")
async def optional_files(
    photos: Annotated[list[UploadFile], File()] = [],
    photo: UploadFile | None = None,
    notes: Annotated[list[bytes], File()] = [],
    small: Annotated[bytes | None, File(max_length=3)] = None,
):
    return [[(one.filename, one.size) for one in photos], photo and photo.filename, len(notes), small and len(small)]


@app.post("/needs-files")
async def needs_files(photos: list[UploadFile], texts: Annotated[list[bytes], File(description="Any.")]):
    return [len(photos), len(texts)]


@app.post("/read")
async def read(request: Request):
    form = await request.form()
    return sorted((key, got if isinstance(got, str) else [got.filename, got.size]) for key, got in form.multi_items())


@app.post("/one")
async def one(a: Annotated[str, Form()], photo: UploadFile | None = None):
    return [a, photo and (photo.filename, photo.size, photo.content_type, dict(photo.headers))]


PLAIN = {"content-type": "application/x-www-form-urlencoded"}
PARTS = {"content-type": "multipart/form-data; boundary=B"}


def parts(*told):
    """Write parts, each a tuple of what its header says after ``form-data`` and its content."""
    written = [b"--B\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % part for part in told]
    return b"".join([*written, b"--B--\r\n"])


EMPTY = ["", "a=&b=&c=&s=", "a=1&a=&c=&c=q", "b=1", "b=x", "s=&s=q", "s=q&s=", "texts=&numbers=&s=", "texts=&texts=1"]
HEAD = b"Content-Disposition: form-data"
BROKEN = [
    b"",
    b"--B",
    b"--B--",
    b"--B\r\nbroken",
    b"--B\r\n\r\n",
    b"--C\r\n",
    b"--B\r\n" + HEAD + b"\r\n\r\nx\r\n--B--\r\n",
    b"--B\r\n" + HEAD + b"; name=a\r\n\r\nx\r\n--B--\r\n",
    b"--B\r\n" + HEAD + b'; name="a"\r\n\r\nx',
    b"--B\n" + HEAD + b'; name="a"\n\nx\n--B--\n',
    b"garbage--B\r\n" + HEAD + b'; name="a"\r\n\r\nx\r\n--B--\r\n',
    b"\r\n--B\r\n" + HEAD + b'; name="a"\r\n\r\nx\r\n--B--\r\n',
    b'--B\r\nContent-Disposition: attachment; name="a"\r\n\r\nx\r\n--B--\r\n',
    b"--B\r\nX: y\r\n\r\nx\r\n--B--\r\n",
    b"--B\r\n" + HEAD + b"; name=\"a\"; filename*=utf-8''%e2%82%ac.txt\r\n\r\nx\r\n--B--\r\n",
    b"--B\r\n" + HEAD + b'; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--B--\r\n',
    parts((b'name="photo"; filename="C:\\\\a\\\\b.txt"\r\nContent-Type: a/b\r\nX-Y: z', b"x"), (b'name="a"', b"q")),
]
TYPES = [
    'multipart/form-data; boundary="B"',
    "multipart/form-data;boundary=B;charset=latin-1",
    "multipart/mixed; boundary=B",
]
TYPES += ["multipart/form-data; boundary=", "multipart/form-data", "Multipart/Form-Data; Boundary=B", "text/plain"]
TYPES += ["application/x-www-form-urlencoded; charset=utf-8", "APPLICATION/X-WWW-FORM-URLENCODED", "application/json"]

REQUESTS = [
    ("POST", "/order", PLAIN, "name=ab&tags=1&tags=2&a-l=4"),
    ("POST", "/order", PLAIN, "name=a&extra=1"),
    ("POST", "/order", PLAIN, "note="),
    ("POST", "/order", {"content-type": "application/json"}, b"{}"),
    ("POST", "/order", {}, b""),
    ("POST", "/order", PLAIN, "name=%ff%fe&tags=x"),
    ("POST", "/beside", PLAIN, "x=1&s=q"),
    ("POST", "/beside", PLAIN, "loose=1&x=1"),
    ("POST", "/beside", PARTS, parts((b'name="texts"', b""), (b'name="x"', b"1"))),
    *(("POST", path, PLAIN, body) for path in ("/several", "/loose") for body in EMPTY),
    ("POST", "/fields?x=z", PLAIN, "a=1&a=2&b=3&c=on&d=&e=zz"),
    ("POST", "/fields", PLAIN, "a=&b=&e="),
    ("POST", "/fields", PLAIN, "a=1&e=z&g=r&at=x"),
    ("POST", "/fields", PLAIN, ""),
    ("POST", "/fields", PARTS, parts((b'name="a"', b"1"), (b'name="a"', b"2"), (b'name="b"', b"x"))),
    ("POST", "/json", PLAIN, 'a=%7B"s":"q"%7D&b=[1]'),
    ("POST", "/json", PLAIN, "a=[1]&b=x"),
    ("POST", "/shared", PLAIN, "a=1"),
    ("POST", "/shared", PLAIN, ""),
    ("POST", "/with-files", PARTS, parts((b'name="name"', b"q"), (b'name="photo"; filename="f"', b"123"))),
    ("POST", "/with-files", PARTS, parts((b'name="name"', b"q"), (b'name="photo"', b"123"))),
    (
        "POST",
        "/files",
        PARTS,
        parts((b'name="a"', b"1"), (b'name="photo"; filename="x.txt"\r\nContent-Type: text/plain', b"hello")),
    ),
    ("POST", "/files", PARTS, parts((b'name="a"', b"z"), (b'name="photo"', b"hello"))),
    ("POST", "/files", PARTS, parts((b'name="a"', b"1"), (b'name="photo"; filename=""', b""))),
    ("POST", "/optional-files", PLAIN, ""),
    ("POST", "/optional-files", {}, b""),
    (
        "POST",
        "/optional-files",
        PARTS,
        parts(*((b'name="%b"; filename=""' % n, b"") for n in (b"photos", b"photo", b"notes"))),
    ),
    (
        "POST",
        "/optional-files",
        PARTS,
        parts((b'name="photos"; filename="q"', b""), (b'name="photos"; filename=""', b"")),
    ),
    ("POST", "/optional-files", PARTS, parts((b'name="small"; filename="f"', b"1234"), (b'name="photo"', b"text"))),
    ("POST", "/needs-files", PARTS, parts((b'name="photos"; filename=""', b""))),
    ("POST", "/needs-files", PARTS, parts((b'name="photos"; filename="x"', b""), (b'name="texts"', b"12"))),
    ("POST", "/needs-files", PLAIN, "texts=abc"),
    ("POST", "/read", PLAIN, "a=%zz&b=%ff&c&=d&a=2"),
    ("POST", "/read", PARTS, parts((b'name="a"', b"\xff"), (b'name="a"; filename="f"', b"123"))),
    ("POST", "/read", PARTS, parts((b'x="a"', b"1"))),
    *(("POST", "/one", PARTS, body) for body in BROKEN),
    *(("POST", "/one", {"content-type": declared}, parts((b'name="a"', b"1"))) for declared in TYPES),
    ("POST", "/read", PLAIN, "&".join(["a=1"] * 1001)),
    ("POST", "/read", PARTS, parts(*[(b'name="a"', b"1")] * 1001)),
]
