"""How a form's bytes become fields and files, while they come in: no part is ever held twice, nothing without a limit.

Both of a form's encodings end in a :class:`~fwlab.datastructures.FormData`. The plain one
(``application/x-www-form-urlencoded``) is read here; the other, ``multipart/form-data``, by python-multipart, an extra.
What is wrong with a form is the client's mistake: status 400.
"""

from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import parse_qsl

from fwlab.datastructures import FormData, Headers, UploadFile
from fwlab.exceptions import HTTPException, import_extra
from fwlab.requests import media_type

SPOOL_SIZE = 1024 * 1024
"""Bytes of an uploaded file that are kept in memory; what is larger goes to a temporary file on disk."""


class FormLimits(NamedTuple):
    """How large a form may be.

    Attributes:
        max_files: how many files it may have.
        max_fields: how many other fields it may have.
        max_part_size: how large a field may be that is no file, in bytes.
    """

    max_files: float = 1000
    max_fields: float = 1000
    max_part_size: int = 1024 * 1024

    def check_number(self, things: str, number: int) -> None:
        """Refuse too many files or fields."""
        if number > (limit := self.max_files if things == "files" else self.max_fields):
            raise HTTPException(400, f"Too many {things}. Maximum number of {things} is {limit}.")

    def check_size(self, thing: str, size: int) -> None:
        """Refuse a field that is too large."""
        if size > self.max_part_size:
            raise HTTPException(400, f"{thing} exceeded maximum size of {self.max_part_size // 1024}KB.")


async def read_form(headers: Headers, stream: AsyncIterator[bytes], limits: FormLimits) -> FormData:
    """Read a request's body as a form; a body that is none is an empty form.

    Args:
        headers: of the request; the content type says how the form is encoded.
        stream: the body, in pieces of any size.
        limits: how large the form may be.

    Returns:
        The form; its files are at their beginning, and stay open until the form is closed.

    Raises:
        HTTPException: with status 400 when the form is broken or beyond a limit; the files are closed by then.
        FwlabError: when the form has files and python-multipart is not installed.

    Example:
        >>> import anyio
        >>> async def body():
        ...     yield b"size=2&with=cheese"
        ...     yield b"+and+onions"
        >>> headers = Headers({"content-type": "application/x-www-form-urlencoded"})
        >>> anyio.run(read_form, headers, body(), FormLimits())
        FormData([('size', '2'), ('with', 'cheese and onions')])
    """
    match media_type(headers.raw):
        case b"application/x-www-form-urlencoded":
            return await _read_urlencoded(stream, limits)
        case b"multipart/form-data":
            return await _Multipart(limits).read(headers["content-type"], stream)
    return FormData()


async def _read_urlencoded(stream: AsyncIterator[bytes], limits: FormLimits) -> FormData:
    fields = [bytearray()]  # of which the last has not ended
    async for chunk in stream:
        rest, *more = chunk.split(b"&")
        fields[-1] += rest
        fields += map(bytearray, more)
        for field in fields[-1 - len(more) :]:
            limits.check_size("Field", len(field) - (b"=" in field))
        limits.check_number("fields", len(fields) - (not fields[-1]))
    return FormData(parse_qsl(b"&".join(fields).decode("latin-1"), keep_blank_values=True))


def _decode(raw: bytes | bytearray) -> str:
    try:
        return raw.decode()
    except ValueError:
        return raw.decode("latin-1")


class _Multipart:
    """Reads one form: python-multipart finds where parts and headers begin and end, and calls the ``_on_`` methods."""

    def __init__(self, limits: FormLimits) -> None:
        self._limits = limits
        self._items: list[tuple[str, str | UploadFile]] = []
        self._files: list[UploadFile] = []
        self._unwritten: list[tuple[UploadFile, bytes]] = []
        self._on_part_begin()

    async def read(self, content_type: str, stream: AsyncIterator[bytes]) -> FormData:
        """Return the form; parts that had not ended when the body ended are left out."""
        library = import_extra("python_multipart", "Forms with files")
        self._options_of = library.multipart.parse_options_header
        _, options = self._options_of(content_type)
        if b"boundary" not in options:
            raise HTTPException(400, "Missing boundary in multipart.")
        events = "part_begin", "header_field", "header_value", "header_end", "headers_finished", "part_data", "part_end"
        callbacks: Any = {f"on_{event}": getattr(self, f"_on_{event}") for event in events}
        try:
            parser = library.MultipartParser(options[b"boundary"], callbacks)
            async for chunk in stream:
                parser.write(chunk)
                for file, data in self._unwritten:
                    await file.write(data)
                self._unwritten.clear()
            for file in self._files:
                await (file.close() if file is self._content else file.seek(0))
        except BaseException as error:
            for file in self._files:
                file.file.close()
            if isinstance(error, library.exceptions.FormParserError):
                raise HTTPException(400, "Invalid multipart data.") from error
            raise
        return FormData(self._items)

    def _on_part_begin(self) -> None:
        self._headers = Headers(raw=[])
        self._header_name = self._header_value = self._name = b""
        self._content: bytearray | UploadFile = bytearray()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers.raw.append((self._header_name.lower(), self._header_value))
        self._header_name = self._header_value = b""

    def _on_headers_finished(self) -> None:
        _, options = self._options_of(self._headers.get("content-disposition"))
        if b"name" not in options:
            raise HTTPException(400, 'The Content-Disposition header field "name" must be provided.')
        self._name = options[b"name"]
        if b"filename" in options:
            file = cast(BinaryIO, SpooledTemporaryFile(max_size=SPOOL_SIZE))  # noqa: SIM115
            filename = _decode(options[b"filename"])
            self._content = UploadFile(file, size=0, filename=filename, headers=self._headers)
            self._files.append(self._content)
        self._limits.check_number("files", len(self._files))
        # Every part that has ended is among the items, and this one will be.
        self._limits.check_number("fields", len(self._items) + 1 - len(self._files))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if isinstance(self._content, UploadFile):
            self._unwritten.append((self._content, data[start:end]))
        else:
            self._content += data[start:end]
            self._limits.check_size("Part", len(self._content))

    def _on_part_end(self) -> None:
        ended, self._content = self._content, bytearray()
        self._items.append((_decode(self._name), ended if isinstance(ended, UploadFile) else _decode(ended)))
