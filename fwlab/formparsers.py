"""How a form's bytes become fields and files, while they come in: no part is ever held twice, nothing without a limit.

Both of a form's encodings end in a :class:`~fwlab.datastructures.FormData`. The plain one
(``application/x-www-form-urlencoded``) is read here; the other, ``multipart/form-data``, by python-multipart, an extra.
What is wrong with a form is the client's mistake: status 400.
"""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NoReturn, cast
from urllib.parse import unquote_plus

from fwlab.datastructures import FormData, Headers, UploadFile
from fwlab.exceptions import FwlabError, HTTPException

SPOOL_SIZE = 1024 * 1024
"""Bytes of an uploaded file that are kept in memory; what is larger goes to a temporary file on disk."""


async def read_form(
    headers: Headers,
    stream: AsyncIterator[bytes],
    *,
    max_files: float = 1000,
    max_fields: float = 1000,
    max_part_size: int = 1024 * 1024,
) -> FormData:
    """Read a request's body as a form; a body that is none is an empty form.

    Args:
        headers: of the request; the content type says how the form is encoded.
        stream: the body, in pieces of any size.
        max_files: how many files it may have.
        max_fields: how many other fields it may have.
        max_part_size: how large a field may be that is no file, in bytes.

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
        >>> anyio.run(read_form, headers, body())
        FormData([('size', '2'), ('with', 'cheese and onions')])
    """
    content_type = headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return FormData(await _urlencoded(stream, max_fields, max_part_size))
    if kind == "multipart/form-data":
        return await _Multipart(content_type, max_files, max_fields, max_part_size).read(stream)
    return FormData()


def _refuse(reason: str) -> NoReturn:
    raise HTTPException(400, reason)


def _count(number: int, limit: float, things: str) -> None:
    if number > limit:
        _refuse(f"Too many {things}. Maximum number of {things} is {limit}.")


def _measure(size: int, limit: int, thing: str) -> None:
    if size > limit:
        _refuse(f"{thing} exceeded maximum size of {limit // 1024}KB.")


async def _urlencoded(stream: AsyncIterator[bytes], max_fields: float, max_size: int) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    field = bytearray()
    async for chunk in stream:
        for number, piece in enumerate(chunk.split(b"&")):
            if number:  # there was an ampersand before it
                _end_field(field, fields)
                _count(len(fields), max_fields, "fields")
            field += piece
            if len(field) > max_size:
                _measure(len(field) - (b"=" in field), max_size, "Field")
    _end_field(field, fields)
    _count(len(fields), max_fields, "fields")
    return fields


def _end_field(field: bytearray, fields: list[tuple[str, str]]) -> None:
    if field:
        name, _, value = field.decode("latin-1").partition("=")
        fields.append((unquote_plus(name), unquote_plus(value)))
        field.clear()


# Python calls these encodings of text, too. No client sends them; some take quadratic time, or make text of no meaning.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7"})


class _Multipart:
    """Reads one form: python-multipart finds where parts and headers begin and end, and calls the ``_on_`` methods."""

    def __init__(self, content_type: str, max_files: float, max_fields: float, max_part_size: int) -> None:
        try:
            from python_multipart import MultipartParser
            from python_multipart.exceptions import FormParserError
            from python_multipart.multipart import parse_options_header
        except ModuleNotFoundError as error:
            raise FwlabError("Forms with files need python-multipart: pip install python-multipart") from error
        self._options_of = parse_options_header
        self._broken = FormParserError
        self._max_files, self._max_fields, self._max_part_size = max_files, max_fields, max_part_size
        self._items: list[tuple[str, str | UploadFile]] = []
        self._fields = 0
        self._files: list[UploadFile] = []
        self._unwritten: list[tuple[UploadFile, bytes]] = []
        self._header_name = self._header_value = b""
        self._on_part_begin()
        _, options = parse_options_header(content_type)
        if b"boundary" not in options:
            _refuse("Missing boundary in multipart.")
        self._charset = options.get(b"charset", b"utf-8").decode("latin-1")
        with suppress(LookupError, ValueError):
            if codecs.lookup(self._charset).name in _NO_CHARSETS:
                self._charset = "latin-1"
        called = ("part_begin", "header_field", "header_value", "header_end", "headers_finished")
        callbacks: Any = {f"on_{name}": getattr(self, f"_on_{name}") for name in (*called, "part_data", "part_end")}
        try:
            self._parser = MultipartParser(options[b"boundary"], callbacks)
        except FormParserError:  # a boundary of more than 256 bytes
            _refuse("Invalid multipart data.")

    async def read(self, stream: AsyncIterator[bytes]) -> FormData:
        """Return the form; parts that had not ended when the body ended are left out."""
        try:
            async for chunk in stream:
                self._parser.write(chunk)
                for file, data in self._unwritten:
                    await file.write(data)
                self._unwritten.clear()
            if self._file is not None:
                await self._file.close()
                self._files.remove(self._file)
            for file in self._files:
                await file.seek(0)
        except BaseException as error:
            for file in self._files:
                file.file.close()
            if isinstance(error, self._broken):
                raise HTTPException(400, "Invalid multipart data.") from error
            raise
        return FormData(self._items)

    def _decode(self, raw: bytes | bytearray) -> str:
        try:
            return raw.decode(self._charset)
        except (LookupError, ValueError):
            return raw.decode("latin-1")

    def _on_part_begin(self) -> None:
        self._name = ""
        self._headers: dict[bytes, bytes] = {}
        self._text = bytearray()
        self._file: UploadFile | None = None

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _on_headers_finished(self) -> None:
        _, options = self._options_of(self._headers.get(b"content-disposition"))
        if b"name" not in options:
            _refuse('The Content-Disposition header field "name" must be provided.')
        self._name = self._decode(options[b"name"])
        if b"filename" in options:
            file = cast(BinaryIO, SpooledTemporaryFile(max_size=SPOOL_SIZE))  # noqa: SIM115
            headers = Headers(raw=self._headers.items())
            self._file = UploadFile(file, size=0, filename=self._decode(options[b"filename"]), headers=headers)
            self._files.append(self._file)
            _count(len(self._files), self._max_files, "files")
        else:
            self._fields += 1
            _count(self._fields, self._max_fields, "fields")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._unwritten.append((self._file, data[start:end]))
        else:
            self._text += data[start:end]
            _measure(len(self._text), self._max_part_size, "Part")

    def _on_part_end(self) -> None:
        self._items.append((self._name, self._decode(self._text) if self._file is None else self._file))
        self._file = None
