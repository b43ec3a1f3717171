"""Real files for the tests, made here: sound ones, and hostile ones of every sort."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)


def picture(form: str, size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    out = io.BytesIO()
    noise = Image.effect_noise(size, 60).convert("RGB")
    noise.save(out, form, **options)
    return out.getvalue()


def moving_picture(form: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def writer(pages: int = 1) -> PdfWriter:
    made = PdfWriter()
    for _ in range(pages):
        made.add_blank_page(595, 842)
    return made


def written(made: PdfWriter) -> bytes:
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    return written(writer(pages))


def scanned_pdf() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1240, 1754), 60).convert("RGB").save(out, "PDF")
    return out.getvalue()


def pdf_with_script() -> bytes:
    made = writer()
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")})
    made.root_object[NameObject("/OpenAction")] = made._add_object(script)
    return written(made)


def pdf_with_attachment() -> bytes:
    made = writer()
    made.add_attachment("payload.exe", b"MZ")
    return written(made)


def pdf_with_action(kind: str, place: str = "/OpenAction") -> bytes:
    made = writer()
    action = DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("cmd.exe")})
    if place == "/OpenAction":
        made.root_object[NameObject(place)] = made._add_object(action)
    else:
        made.pages[0][NameObject(place)] = DictionaryObject({NameObject("/O"): action})
    return written(made)


def pdf_with_annotation(kind: str) -> bytes:
    made = writer()
    box = ArrayObject([NumberObject(n) for n in (0, 0, 10, 10)])
    annotation = DictionaryObject({NameObject("/Subtype"): NameObject(kind), NameObject("/Rect"): box})
    made.pages[0][NameObject("/Annots")] = ArrayObject([annotation])
    return written(made)


def pdf_with_link() -> bytes:
    made = writer()
    box = ArrayObject([NumberObject(n) for n in (0, 0, 10, 10)])
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("https://a.example")}
    )
    link = DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Link"), NameObject("/Rect"): box, NameObject("/A"): action}
    )
    made.pages[0][NameObject("/Annots")] = ArrayObject([link])
    return written(made)


def pdf_with_form_script_hidden_by_escapes() -> bytes:
    """The same script with its names written in hexadecimal, in an object that the table of objects does not list."""
    whole = pdf()
    hidden = b"\n99 0 obj\n<< /S /J#61vaScript /#4aS (app.alert(1)) >>\nendobj\n"
    end = whole.rfind(b"startxref")
    return whole[:end] + hidden + whole[end:]


def pdf_bomb(layers: int = 1, size: int = 300 * 1024 * 1024) -> bytes:
    """A few hundred kilobytes that unpack to `size` bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 1024 * 1024) for _ in range(size // (1024 * 1024))) + packer.flush()
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)
    return pdf_with_stream(packed, ["/FlateDecode"] * layers)


def pdf_with_many_fat_streams(count: int, size: int) -> bytes:
    made = writer()
    packed = zlib.compress(b"\0" * size, 9)
    streams = []
    for _ in range(count):
        stream = DecodedStreamObject()
        stream.set_data(packed)
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
        streams.append(made._add_object(stream))
    made.pages[0][NameObject("/PieceInfo")] = ArrayObject(streams)
    return written(made)


def pdf_with_stream(packed: bytes, filters: list[str], **entries: object) -> bytes:
    made = writer()
    stream = DecodedStreamObject()
    stream.set_data(packed)
    names = ArrayObject([NameObject(name) for name in filters])
    stream[NameObject("/Filter")] = names[0] if len(filters) == 1 else names
    for key, value in entries.items():
        stream[NameObject(f"/{key}")] = NameObject(value) if isinstance(value, str) else NumberObject(value)
    made.pages[0][NameObject("/PieceInfo")] = made._add_object(stream)
    return written(made)


def pdf_with_many_objects(count: int) -> bytes:
    made = writer()
    made.pages[0][NameObject("/PieceInfo")] = ArrayObject([made._add_object(NumberObject(n)) for n in range(count)])
    return written(made)


def pdf_with_packed_script() -> bytes:
    """A script in a stream of packed objects to which the table of objects does not point."""
    return pdf_with_stream(
        zlib.compress(b"99 0 << /S /JavaScript /JS (app.alert(1)) >>"), ["/FlateDecode"], Type="/ObjStm", N=1, First=5
    )


def pdf_with_password(user: str, owner: str) -> bytes:
    made = writer()
    made.encrypt(user, owner, algorithm="AES-256")
    return written(made)


def pdf_whose_pages_go_in_circles() -> bytes:
    made = writer()
    pages = made.root_object["/Pages"]
    pages[NameObject("/Kids")] = ArrayObject([pages.indirect_reference, *pages["/Kids"]])
    return written(made)


def pdf_nested_deep(depth: int = 30_000) -> bytes:
    whole = pdf()
    return whole.replace(b"/Type /Page\n", b"/Type /Page\n/PieceInfo " + b"[" * depth + b"]" * depth + b"\n", 1)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("payload.class", b"\xca\xfe\xba\xbe")
    return out.getvalue()


def mp4_start() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
