"""Every file is what its content is, whatever it is called; hostile ones are refused with words that help."""

import json
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.foundation.documents import files
from yiwang.foundation.documents.inspection import Inspection, sniff
from yiwang.foundation.documents.inspector import examine
from yiwang.foundation.documents.refusals import LARGEST_FILE, MOST_PAGES, REASONS, Refused


def examined(tmp_path: Path, content: bytes) -> Inspection:
    path = tmp_path / "upload"
    path.write_bytes(content)
    return examine(path)


def refusal(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        examined(tmp_path, content)
    return refused.value.reason


@pytest.mark.parametrize(
    ("make", "media_type", "pages"),
    [
        (lambda: files.pdf(3), "application/pdf", 3),
        (lambda: files.scanned_pdf(), "application/pdf", 1),
        (lambda: files.pdf_with_link(), "application/pdf", 1),
        (lambda: files.picture("JPEG"), "image/jpeg", 1),
        (lambda: files.picture("JPEG", progressive=True), "image/jpeg", 1),
        (lambda: files.picture("PNG"), "image/png", 1),
        (lambda: files.picture("WEBP"), "image/webp", 1),
    ],
    ids=["pdf", "scan", "pdf with a link", "jpeg", "progressive jpeg", "png", "webp"],
)
def test_sound_files_are_taken_for_what_they_are(tmp_path, make, media_type: str, pages: int) -> None:
    assert examined(tmp_path, make()) == Inspection(media_type, pages)


HOSTILE = {
    "nothing": (lambda: b"", "empty"),
    "a web page": (lambda: b"<!doctype html><script>alert(1)</script>", "unknown_type"),
    "a drawing with script": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unknown_type"),
    "a program": (lambda: b"MZ\x90\0" + b"\0" * 500, "unknown_type"),
    "a GIF": (lambda: files.picture("GIF"), "unknown_type"),
    "an archive": (lambda: files.archive(), "office"),
    "an iPhone photo": (lambda: files.mp4_start(), "heic"),
    "only the beginning of a PDF": (lambda: b"%PDF-1.7\n", "damaged"),
    "only the beginning of a JPEG": (lambda: b"\xff\xd8\xff\xe0", "damaged"),
    "a picture that moves (PNG)": (lambda: files.moving_picture("PNG"), "animated"),
    "a picture that moves (WebP)": (lambda: files.moving_picture("WEBP"), "animated"),
    "a picture that claims to be huge": (lambda: files.png_that_claims(20_000, 20_000), "too_many_pixels"),
    "a picture that claims to be absurd": (lambda: files.png_that_claims(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "a picture of no size": (lambda: files.png_that_claims(0, 0), "damaged"),
    "a picture with too little in it": (lambda: files.png_that_claims(2000, 2000), "damaged"),
    "PNG and archive in one": (lambda: files.picture("PNG") + files.archive(), "other_content"),
    "JPEG and archive in one": (lambda: files.picture("JPEG") + files.archive(), "other_content"),
    "PDF and archive in one": (lambda: files.pdf() + files.archive(), "other_content"),
    "PDF and web page in one": (lambda: files.pdf() + b"<script>alert(1)</script>", "other_content"),
    "PNG and web page in one": (lambda: files.picture("PNG") + b"<script>alert(1)</script>", "other_content"),
    "JPEG and PDF in one": (lambda: files.picture("JPEG", comment=files.pdf()[:60]), "other_content"),
    "a PDF with a script": (lambda: files.pdf_with_script(), "active_content"),
    "a PDF with a script in disguise": (lambda: files.pdf_with_form_script_hidden_by_escapes(), "active_content"),
    "a PDF with a script that its table does not name": (files.pdf_with_packed_script, "active_content"),
    "a PDF with a file inside": (lambda: files.pdf_with_attachment(), "active_content"),
    "a PDF that starts a program": (lambda: files.pdf_with_action("/Launch"), "active_content"),
    "a PDF that opens another file": (lambda: files.pdf_with_action("/GoToR"), "active_content"),
    "a PDF that sends a form when a page opens": (
        lambda: files.pdf_with_action("/SubmitForm", "/AA"),
        "active_content",
    ),
    "a PDF with a film": (lambda: files.pdf_with_annotation("/RichMedia"), "active_content"),
    "a PDF with a file pinned to a page": (lambda: files.pdf_with_annotation("/FileAttachment"), "active_content"),
    "a PDF with a password": (lambda: files.pdf_with_password("secret", "owner"), "encrypted"),
    "a PDF that may not be printed": (lambda: files.pdf_with_password("", "owner"), "encrypted"),
    "a PDF of too many pages": (lambda: files.pdf(MOST_PAGES + 1), "too_many_pages"),
    "a PDF without pages": (lambda: files.pdf(0), "damaged"),
    "a PDF of too many objects": (lambda: files.pdf_with_many_objects(60_000), "too_complex"),
    "a PDF bomb": (lambda: files.pdf_bomb(), "too_complex"),
    "a PDF bomb in two layers": (lambda: files.pdf_bomb(layers=2), "too_complex"),
    "a PDF of many middling bombs": (lambda: files.pdf_with_many_fat_streams(20, 60 * 1024 * 1024), "too_complex"),
    "a PDF with a huge picture": (
        lambda: files.pdf_with_stream(b"\0", ["/DCTDecode"], Subtype="/Image", Width=60_000, Height=60_000),
        "too_many_pixels",
    ),
    "a PDF of an unknown packing": (lambda: files.pdf_with_stream(b"abc", ["/Magic"]), "damaged"),
    "a PDF whose stream is noise": (lambda: files.pdf_with_stream(b"noise" * 50, ["/FlateDecode"]), "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_for_what_they_are(tmp_path, name: str) -> None:
    make, reason = HOSTILE[name]
    assert refusal(tmp_path, make()) == reason


@pytest.mark.parametrize("make", [files.pdf_whose_pages_go_in_circles, files.pdf_nested_deep])
def test_a_pdf_that_leads_a_reader_in_circles_or_down_without_end_is_refused(tmp_path, make) -> None:
    assert refusal(tmp_path, make()) in {"damaged", "too_complex"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(tmp_path, form: str, share: float) -> None:
    content = files.picture(form)
    assert refusal(tmp_path, content[: int(len(content) * share)]) == "damaged"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_pdf_is_refused(tmp_path, share: float) -> None:
    content = files.scanned_pdf()
    assert refusal(tmp_path, content[: int(len(content) * share)]) == "damaged"


def test_a_file_of_more_than_ten_megabytes_is_refused_before_it_is_read(tmp_path) -> None:
    assert refusal(tmp_path, b"%PDF-" + b"\0" * LARGEST_FILE) == "too_large"


def test_a_bomb_costs_little_time_and_memory(tmp_path) -> None:
    (tmp_path / "bomb").write_bytes(files.pdf_bomb(size=1000 * 1024 * 1024))
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-I', '-m', 'yiwang.foundation.documents.inspection', sys.argv[1]])\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_maxrss, used.ru_utime + used.ru_stime)"
    )
    out = subprocess.run([sys.executable, "-c", program, str(tmp_path / "bomb")], capture_output=True, check=True)
    answer, used = out.stdout.split(b"\n")[:2]
    assert json.loads(answer) == {"refused": "too_complex"}
    kilobytes, seconds = used.split()
    assert int(kilobytes) < 250_000
    assert float(seconds) < 15


def test_an_inspection_that_is_killed_refuses_the_file(tmp_path, monkeypatch) -> None:
    (tmp_path / "upload").write_bytes(files.pdf())
    monkeypatch.setattr("yiwang.foundation.documents.inspector.LONGEST_RUN", 0.01)
    with pytest.raises(Refused, match="too_complex"):
        examine(tmp_path / "upload")


def test_many_files_at_once_wait_for_their_turn_and_then_are_asked_to_come_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("yiwang.foundation.documents.inspector.LONGEST_QUEUE", 0.01)
    from yiwang.foundation.documents import inspector

    for _ in range(inspector.AT_ONCE):
        inspector._places.acquire()
    try:
        assert refusal(tmp_path, files.pdf()) == "busy"
    finally:
        for _ in range(inspector.AT_ONCE):
            inspector._places.release()


def test_the_inspecting_process_sees_none_of_the_servers_secrets(tmp_path, monkeypatch) -> None:
    seen = {}
    real = subprocess.run

    def watched(*args, **kwargs):
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr("yiwang.foundation.documents.inspector.subprocess.run", watched)
    examined(tmp_path, files.pdf())
    assert seen == {"LANG": "C.UTF-8"}


def test_every_refusal_says_in_both_languages_what_to_do() -> None:
    for reason, words in REASONS.items():
        assert words.zh.count("。") >= 2, reason
        assert words.en.count(". ") >= 1, reason
        assert all(len(sentence) <= 36 for sentence in words.zh.split("。")), reason


def test_random_bytes_behind_each_known_beginning_never_bring_the_inspection_down(tmp_path) -> None:
    chance = random.Random(7)
    for start in (b"%PDF-1.7\n", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"\x89PNG\r\n\x1a\n", b"RIFF\x64\0\0\0WEBPVP8 "):
        for _ in range(3):
            assert refusal(tmp_path, start + chance.randbytes(4000)) in REASONS
    with pytest.raises(Refused):
        sniff(b"")


def test_sound_files_with_flipped_bytes_get_a_clear_answer(tmp_path) -> None:
    chance = random.Random(11)
    for content in (files.pdf(2), files.picture("PNG", (60, 40)), files.picture("JPEG", (60, 40))):
        for _ in range(6):
            broken = bytearray(content)
            for _ in range(4):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            with suppress(Refused):
                assert examined(tmp_path, bytes(broken)).pages >= 1
