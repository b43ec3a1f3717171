"""What documents say is read in a process of its own: bounded, and a hostile file harms nobody."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, EncodedStreamObject, NameObject

from tests.foundation.documents.files import picture, scanned_pdf
from tests.foundation.documents.texts import saying
from yiwang.foundation.documents import inspector, reading
from yiwang.foundation.documents.inspection import JPEG, PDF, PNG, TEXT


def read(folder: Path, data: bytes, media_type: str = PDF) -> reading.Reading:
    path = folder / "document"
    path.write_bytes(data)
    return inspector.read(path, media_type)


def test_the_text_of_each_page_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, saying("姓名：王晓兰\n地址：滨江路 8 号", "", "第三页"))
    assert found.pages[0].split() == ["姓名：王晓兰", "地址：滨江路", "8", "号"]
    assert found.pages[2].strip() == "第三页"
    assert (found.blank, found.whole, found.failed) == ((2,), True, False)


def test_a_scan_has_no_text_and_is_not_blank(tmp_path: Path) -> None:
    found = read(tmp_path, scanned_pdf())
    assert (found.has_text, found.blank) == (False, ())


def test_a_picture_of_one_colour_is_blank(tmp_path: Path) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(out, "PNG")
    assert read(tmp_path, out.getvalue(), PNG).blank == (1,)
    assert read(tmp_path, picture("JPEG"), JPEG).blank == ()


def test_a_text_of_our_own_is_read_as_it_stands(tmp_path: Path) -> None:
    assert read(tmp_path, "我承诺：属实".encode(), TEXT).pages == ("我承诺：属实",)


def test_many_pages_are_read_as_far_as_the_bound(tmp_path: Path) -> None:
    found = read(tmp_path, saying(*["一页"] * (reading.MOST_PAGES_READ + 5)))
    assert len(found.pages) == reading.MOST_PAGES_READ
    assert not found.whole


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    found = reading.read(_kept(tmp_path, "字" * (reading.MOST_CHARACTERS + 10)), text=True)
    assert len(found.pages[0]) == reading.MOST_CHARACTERS
    assert not found.whole


def test_a_page_that_swells_to_gigabytes_is_a_page_without_text(tmp_path: Path) -> None:
    made = PdfWriter()
    page = made.add_blank_page(595, 842)
    swelling = EncodedStreamObject()
    swelling._data = zlib.compress(b"BT " + b" " * (reading.LARGEST_PAGE * 3) + b" ET", 9)
    swelling[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = made._add_object(swelling)
    out = io.BytesIO()
    made.write(out)
    found = read(tmp_path, out.getvalue())
    assert not found.has_text
    assert not found.whole


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\xff" * 5000 + b"%%EOF", b"", b"no document at all"])
def test_rubbish_fails_and_says_so(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data).failed


def test_a_reading_that_takes_too_long_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspector, "LONGEST_RUN", 0.001)
    assert read(tmp_path, saying("王晓兰")).failed


def test_a_form_that_draws_itself_for_ever_ends(tmp_path: Path) -> None:
    made = PdfWriter()
    page = made.add_blank_page(595, 842)
    form = DecodedStreamObject()
    form.set_data(b"/Me Do")
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    kept = made._add_object(form)
    from pypdf.generic import DictionaryObject

    resources = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/Me"): kept})})
    form[NameObject("/Resources")] = resources
    drawn = DecodedStreamObject()
    drawn.set_data(b"/Me Do")
    page[NameObject("/Contents")], page[NameObject("/Resources")] = made._add_object(drawn), resources
    out = io.BytesIO()
    made.write(out)
    assert not read(tmp_path, out.getvalue()).has_text


def _kept(folder: Path, text: str) -> Path:
    path = folder / "text"
    path.write_bytes(text.encode())
    return path
