import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.documents.names import canonical_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("营业执照.PDF", "营业执照.pdf"),
        ("C:\\Users\\wang\\合同 (1).pdf", "合同 (1).pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("contract.pdf.exe", "contract.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("  .pdf", "pdf.pdf"),
        ("con.txt", "_con.pdf"),
        ('a"b;c.pdf', "a_b;c.pdf"),
        ("re\u0301sume\u0301.pdf", "résumé.pdf"),
        ("\ud800broken.pdf", "broken.pdf"),
        ("a" + "\u0301" * 100 + ".pdf", "document.pdf"),
        ("食" * 300 + ".pdf", "食" * 80 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_bears_the_extension_of_its_content(given_name: str, kept: str) -> None:
    assert canonical_name(given_name, "pdf") == kept


@given(st.text(st.characters(), max_size=60))
def test_any_text_becomes_a_name_that_every_system_can_store(text: str) -> None:
    name = canonical_name(text, "png")
    assert name.endswith(".png")
    assert not set(name) & set('/\\:*?"<>|\0')
    assert not name.startswith(".")
    assert len(name) <= 90
    assert unicodedata.is_normalized("NFC", name)
    name.encode()
