import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.standards.yaml_lines import MAX_BYTES, MAX_DEPTH, Unreadable, load, parse

FILE = Path("matter.yaml")


def complaint(text: str) -> tuple[int, str]:
    with pytest.raises(Unreadable) as refused:
        parse(text, FILE)
    finding = refused.value.findings[0]
    assert finding.file == FILE
    assert finding.remedy
    return finding.line, finding.message


def test_every_value_knows_its_line() -> None:
    document = parse("name: x\nask:\n  - a.b\n  - c.d: {when: e}\n", FILE)
    assert document.value == {"name": "x", "ask": ["a.b", {"c.d": {"when": "e"}}]}
    assert document.line("ask") == 2
    assert document.line("ask", 1, "c.d", "when") == 4
    assert document.line("ask", 7) == 2
    assert document.line("nothing") == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1.50", 1.5),
        ("012", "012"),
        ("12:30", "12:30"),
        ("2026-01-02", "2026-01-02"),
        ("yes", "yes"),
        ("off", "off"),
        ("1e3", "1e3"),
        ('"12"', "12"),
        ("要?", "要?"),
    ],
)
def test_only_plain_numbers_and_words_are_guessed(text: str, value: object) -> None:
    assert parse(f"x: {text}", FILE).value == {"x": value}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\na: 2\n", 2, "“a” is written twice (first on line 1)."),
        ("a: &x 1\nb: *x\n", 1, "Anchors (&) and aliases (*) are not used here."),
        ("a: !!python/object:os.system x\n", 1, "The tag tag:yaml.org,2002:python/object:os.system is not used here."),
        ("a: !x [1]\n", 1, "The tag !x is not used here."),
        ("a: [1\nb: 2\n", 2, "This is not valid YAML"),
        ("a: {b: c, d\n", 2, "This is not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "A second document starts here."),
        ("a: 1\n? [x]\n: 2\n", 2, "A key must be a word."),
        ("a: \x07\n", 0, "This is not valid YAML"),
    ],
)
def test_what_departments_do_not_write_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    found = complaint(text)
    assert found[0] == line
    assert found[1].startswith(message.rstrip("."))


def test_depth_is_bounded() -> None:
    deep = "a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    assert "Nested deeper" in complaint(deep)[1]


def test_a_file_is_bounded_and_must_be_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: " + b"x" * MAX_BYTES)
    with pytest.raises(Unreadable, match="more than 512 KB"):
        load(path)
    path.write_bytes("a: 1\nb: 排水".encode("gbk"))
    with pytest.raises(Unreadable) as refused:
        load(path)
    assert refused.value.findings[0].line == 2
    with pytest.raises(Unreadable, match="cannot be read"):
        load(tmp_path / "nowhere.yaml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_findings(text: str) -> None:
    with contextlib.suppress(Unreadable):
        parse(text, FILE)
