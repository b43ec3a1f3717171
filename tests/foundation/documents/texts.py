"""PDFs whose pages say something, in Chinese, as an office's printer makes them."""

from __future__ import annotations

import io

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

_MAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap end end"""


def saying(*pages: str) -> bytes:
    """A PDF with a page for each text; every line of a text is a line of the page."""
    made = PdfWriter()
    unicode_map = DecodedStreamObject()
    unicode_map.set_data(_MAP)
    inner = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType2"),
            NameObject("/BaseFont"): NameObject("/Song"),
        }
    )
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/Song"),
            NameObject("/Encoding"): NameObject("/Identity-H"),
            NameObject("/DescendantFonts"): ArrayObject([made._add_object(inner)]),
            NameObject("/ToUnicode"): made._add_object(unicode_map),
        }
    )
    kept = made._add_object(font)
    for text in pages:
        page = made.add_blank_page(595, 842)
        lines = [f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td" for line in text.splitlines()]
        drawn = DecodedStreamObject()
        drawn.set_data(("BT /F1 12 Tf 50 780 Td " + " ".join(lines) + " ET").encode() if text else b"")
        page[NameObject("/Contents")] = made._add_object(drawn)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): kept})}
        )
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()
