"""What a kept document says: the text of its pages, in a process of its own with little memory, time and no rights.

`python -m yiwang.foundation.documents.reading FILE` prints a `Reading` as JSON. A PDF gives its text as far as it has
any; a picture only whether it is one single colour, for nobody reads pictures here. Everything is bounded. Pure: no
Django, no database.
"""

import json
import logging
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from yiwang.foundation.documents.inspection import CPU_SECONDS, MEMORY, PDF, TEXT, sniff
from yiwang.foundation.documents.refusals import Refused

MOST_PAGES_READ = 40
MOST_CHARACTERS = 200_000
"""Of all pages together; a page is cut where it passes."""
LARGEST_PAGE = 16 * 1024 * 1024
"""Bytes of a page's drawing, unpacked: text that people read is a thousandth of it."""


@dataclass(frozen=True)
class Reading:
    """`pages` is the text of each page read, empty where it has none. `blank`: pages (from 1) with nothing on them.
    `whole`: every page was read to its end. `failed`: it could not be read at all."""

    pages: tuple[str, ...] = ()
    blank: tuple[int, ...] = ()
    whole: bool = True
    failed: bool = False

    @property
    def has_text(self) -> bool:
        return any(self.pages)


@dataclass
class _Budget:
    left: int = MOST_CHARACTERS
    cut: bool = field(default=False)

    def take(self, text: str) -> str:
        """As much of the text as is left, without what no text holds."""
        kept = "".join(each for each in text[: self.left] if each >= " " or each in "\n\t")
        self.cut = self.cut or len(text) > self.left
        self.left -= len(kept)
        return kept


def read(path: Path, *, text: bool = False) -> Reading:
    """What the document says; `text`: it is UTF-8 of our own. Nothing is raised: what cannot be read has failed."""
    data = path.read_bytes()
    budget = _Budget()
    if text:
        said = budget.take(data.decode(errors="replace"))
        return Reading((said,), whole=not budget.cut)
    try:
        kind = sniff(data[:64])
    except Refused:
        return Reading(failed=True, whole=False)
    return _pdf(path, budget) if kind == PDF else _picture(path)


def _pdf(path: Path, budget: _Budget) -> Reading:
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import PyPdfError

    with apply_configuration(
        zlib_maximum_output_length=LARGEST_PAGE,
        lzw_maximum_output_length=LARGEST_PAGE,
        run_length_maximum_output_length=LARGEST_PAGE,
        stream_filters_maximum_length=4,
        jbig2dec_binary=None,
    ):
        pages, blank, whole = [], [], True
        try:
            reader = PdfReader(path)
            count = len(reader.pages)
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError):
            return Reading(failed=True, whole=False)
        for number in range(min(count, MOST_PAGES_READ)):
            try:
                page = reader.pages[number]
                pages.append(budget.take(page.extract_text() or ""))
                drawn = page.get_contents()
                if not pages[-1].strip() and (drawn is None or len(drawn.get_data().strip()) < 8):
                    blank.append(number + 1)
            except RecursionError:
                raise
            except Exception:  # noqa: BLE001 - a page that a foreign library cannot read is a page without text
                pages.append("")
                whole = False
            if budget.left <= 0:
                break
    return Reading(tuple(pages), tuple(blank), whole and not budget.cut and len(pages) == count)


def _picture(path: Path) -> Reading:
    from PIL import Image

    try:
        with Image.open(path) as picture:
            bands = picture.convert("RGB").getextrema()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Reading(failed=True, whole=False)
    plain = all(isinstance(band, tuple) and band[0] == band[1] for band in bands)
    return Reading(("",), (1,) if plain else ())


def main(arguments: list[str]) -> int:
    """Read one file under limits that a hostile one cannot pass; prints one line of JSON unless killed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()
    try:
        found = read(Path(arguments[0]), text=arguments[1:] == [TEXT])
    except (MemoryError, RecursionError):
        found = Reading(failed=True, whole=False)
    print(json.dumps(asdict(found)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
