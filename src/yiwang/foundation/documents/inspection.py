"""Re-opening an uploaded file with a real parser, in a process of its own with little memory, time and no rights.

`python -m yiwang.foundation.documents.inspection FILE` prints what the file is, or why it is refused, as JSON.
Nothing here trusts a name or a declared type; pictures are decoded to the last pixel, every object of a PDF is read.
Pure: no Django, no database.
"""

import json
import logging
import resource
import sys
import warnings
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from yiwang.foundation.documents.refusals import LARGEST_FILE, MOST_PIXELS, Refused

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: the largest picture takes 64 million pixels of four bytes, twice."""
CPU_SECONDS = 20

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
TEXT = "text/plain"
"""UTF-8 that we wrote ourselves: no upload is ever taken for it."""
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp", TEXT: "txt"}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}


@dataclass(frozen=True)
class Inspection:
    """What a sound file is: its real media type and its pages (1 for a picture)."""

    media_type: str
    pages: int


def sniff(start: bytes) -> str:
    """The media type that the first bytes show. Raises Refused (unknown_type, office, heic)."""
    if start.startswith(b"%PDF-"):
        return PDF
    if start.startswith(b"\xff\xd8\xff"):
        return JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return WEBP
    if start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS:
        raise Refused("heic")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")):
        raise Refused("office")
    raise Refused("unknown_type")


def inspect(path: Path) -> Inspection:
    """What the file is. Raises Refused."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty")
    if size > LARGEST_FILE:
        raise Refused("too_large")
    data = path.read_bytes()
    media_type = sniff(data[:64])
    _refuse_second_format(path, data, media_type)
    if media_type == PDF:
        from yiwang.foundation.documents.pdf import inspect_pdf

        return Inspection(PDF, inspect_pdf(data))
    inspect_picture(path, media_type, data)
    return Inspection(media_type, 1)


def _refuse_second_format(path: Path, data: bytes, media_type: str) -> None:
    """A file that two programs read as two different things serves only to get past somebody's checks."""
    if media_type != PDF and b"%PDF-" in data[:1024]:
        raise Refused("other_content")
    with suppress(zipfile.BadZipFile, OSError, ValueError, NotImplementedError), zipfile.ZipFile(path) as archive:
        if archive.namelist():
            raise Refused("other_content")


def inspect_picture(path: Path, media_type: str, data: bytes) -> None:
    """Decode a picture to the last pixel. Raises Refused."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    form = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}[media_type]
    try:
        with Image.open(path, formats=(form,)) as picture:
            if media_type != JPEG and getattr(picture, "n_frames", 1) > 1:
                raise Refused("animated")
            picture.verify()
        with Image.open(path, formats=(form,)) as picture:
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refused("too_many_pixels") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError) as wrong:
        raise Refused("damaged") from wrong
    if _end_of_picture(media_type, data) < len(data.rstrip(b"\0")):
        raise Refused("other_content")


def _end_of_picture(media_type: str, data: bytes) -> int:
    """Where the picture ends. Telephones put more behind a JPEG (a film, a depth map), so there it is no offence."""
    if media_type == PNG:
        return data.rfind(b"IEND") + 8
    if media_type == WEBP:
        length = int.from_bytes(data[4:8], "little")
        return 8 + length + length % 2
    return len(data)


def main(arguments: list[str]) -> int:
    """Inspect one file under limits that a hostile one cannot pass; always prints one line of JSON unless killed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()
    try:
        print(json.dumps(asdict(inspect(Path(arguments[0])))))  # noqa: T201
    except Refused as refusal:
        print(json.dumps({"refused": refusal.reason}))  # noqa: T201
    except (MemoryError, RecursionError):
        print(json.dumps({"refused": "too_complex"}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
