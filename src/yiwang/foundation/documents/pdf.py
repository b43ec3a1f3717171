"""Reading every object of a PDF: is it whole, how many pages, does it hold anything that acts or swells? Pure."""

import io
import re
import zlib
from collections.abc import Iterator

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.filters import decode_stream_data
from pypdf.generic import ArrayObject, DictionaryObject, EncodedStreamObject, IndirectObject, StreamObject

from yiwang.foundation.documents.refusals import MOST_PAGES, MOST_PIXELS, Refused

MOST_OBJECTS = 50_000
MOST_VALUES = 2_000_000
"""Numbers, names, texts of all objects together."""
LARGEST_STREAM = 128 * 1024 * 1024
"""Bytes of one stream once unpacked: an A4 page scanned in colour at 600 dots per inch takes 104 million."""
LARGEST_TOTAL = 512 * 1024 * 1024

_ACTING_KEYS = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute",
}  # fmt: skip
_ACTING_TYPES = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/EmbeddedFile"}
_RAW = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PIECE = 1024 * 1024
_UNREADABLE = (
    PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, ZeroDivisionError,
    OverflowError, NotImplementedError, OSError,
)  # fmt: skip


def inspect_pdf(data: bytes) -> int:
    """The number of pages of a sound and harmless PDF. Raises Refused."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused("damaged")
    if data[end + 5 :].strip(b"\0\t\n\f\r "):
        raise Refused("other_content")
    _refuse_acting_bytes(data)
    with apply_configuration(
        zlib_maximum_output_length=LARGEST_STREAM,
        lzw_maximum_output_length=LARGEST_STREAM,
        run_length_maximum_output_length=LARGEST_STREAM,
        stream_filters_maximum_length=4,
        page_tree_maximum_entries=MOST_OBJECTS,
        jbig2dec_binary=None,
    ):
        try:
            return _read(PdfReader(io.BytesIO(data)))
        except LimitReachedError as limit:
            raise Refused("too_complex") from limit
        except _UNREADABLE as wrong:
            raise Refused("damaged") from wrong


def _refuse_acting_bytes(data: bytes) -> None:
    """Programs mend a broken table of objects in different ways, so the bytes themselves are looked at too."""
    if _RAW.search(_ESCAPED.sub(lambda hexadecimal: bytes.fromhex(hexadecimal[1].decode()), data)):
        raise Refused("active_content")


def _read(reader: PdfReader) -> int:
    if reader.is_encrypted:
        raise Refused("encrypted")
    numbers = [(number, generation) for generation, rows in reader.xref.items() for number in rows]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > MOST_OBJECTS:
        raise Refused("too_complex")
    pages = len(reader.pages)
    if pages > MOST_PAGES:
        raise Refused("too_many_pages")
    if pages == 0:
        raise Refused("damaged")
    _read_objects(reader, numbers)
    for page in reader.pages:
        if page.mediabox.width <= 0 or page.mediabox.height <= 0:
            raise Refused("damaged")
    return pages


def _read_objects(reader: PdfReader, numbers: list[tuple[int, int]]) -> None:
    values = unpacked = 0
    for number, generation in numbers:
        for value in _values(reader.get_object(IndirectObject(number, generation, reader))):
            values += 1
            if isinstance(value, DictionaryObject):
                _refuse_acting(value)
            if isinstance(value, StreamObject):
                unpacked += _unpacked_length(value)
            if values > MOST_VALUES or unpacked > LARGEST_TOTAL:
                raise Refused("too_complex")


def _values(found: object) -> Iterator[object]:
    """An object and all values inside it, without following references to other objects."""
    waiting = [found]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, DictionaryObject):
            waiting.extend(value.values())
        elif isinstance(value, ArrayObject):
            waiting.extend(list.__iter__(value))


def _refuse_acting(value: DictionaryObject) -> None:
    """Scripts, attached files, and actions that reach outside the document. Links to web pages may stay."""
    if not _ACTING_KEYS.isdisjoint(value):
        raise Refused("active_content")
    if _name(value, "/S") in _ACTIONS or _name(value, "/Subtype") in _ACTING_TYPES:
        raise Refused("active_content")
    if _name(value, "/Type") == "/EmbeddedFile":
        raise Refused("active_content")
    if isinstance(value, StreamObject) and "/F" in value:
        # The content of this stream would lie in another file.
        raise Refused("active_content")


def _name(value: DictionaryObject, key: str) -> str:
    entry = value.get(key)
    return str(entry.get_object() if isinstance(entry, IndirectObject) else entry)


def _unpacked_length(stream: StreamObject) -> int:
    """Bytes of a stream once unpacked, at most `LARGEST_STREAM`; raises Refused when it is more."""
    if _name(stream, "/Subtype") == "/Image":
        width, height = (_number(stream, key) for key in ("/Width", "/Height"))
        if width * height > MOST_PIXELS:
            raise Refused("too_many_pixels")
    if not isinstance(stream, EncodedStreamObject):
        return 0
    if _name(stream, "/Type") == "/ObjStm":
        # Objects packed together: each is read where the table names it, all of them as bytes here.
        packed = decode_stream_data(stream)
        _refuse_acting_bytes(packed)
        return len(packed)
    if _name(stream, "/Filter") in ("/FlateDecode", "['/FlateDecode']"):
        # The usual case is only measured, piece by piece, without holding what comes out.
        return _inflated_length(stream._data)  # noqa: SLF001 - pypdf has no public name for the packed bytes
    try:
        return len(decode_stream_data(stream))
    except DependencyError:
        # A picture whose format only an optional program unpacks (JBIG2): its size was looked at above.
        return 0


def _number(stream: StreamObject, key: str) -> int:
    entry = stream.get(key, 0)
    entry = entry.get_object() if isinstance(entry, IndirectObject) else entry
    return max(0, int(entry)) if isinstance(entry, int | float) else 0


def _inflated_length(packed: bytes) -> int:
    inflater = zlib.decompressobj()
    length = 0
    rest = packed
    try:
        while rest and not inflater.eof:
            length += len(inflater.decompress(rest, _PIECE))
            if length > LARGEST_STREAM:
                raise Refused("too_complex")
            rest = inflater.unconsumed_tail
    except zlib.error as wrong:
        # Programs forgive a wrong end; a stream that gives nothing is damaged.
        if length == 0:
            raise Refused("damaged") from wrong
    return length
