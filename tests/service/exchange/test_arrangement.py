"""What a department may write into its file, and what it is told when it errs."""

from pathlib import Path

import pytest

from yiwang.service.exchange.arrangement import MissingSecret, TablesAt, read

POSTS = frozenset({"water/permits", "water/inspection", "fire/permits"})
MATTERS = frozenset({"drainage-permit"})
GOOD = """\
name: {zh: 水务系统, en: Water system}
posts: [permits]
matters: [drainage-permit]
tables: {kind: mysql, url: "mysql://yiwang:${WATER}@10.0.0.6/exchange"}
"""


def written(folder: Path, text: str, name: str = "water") -> Path:
    (folder / "exchange").mkdir(exist_ok=True)
    (folder / "exchange" / f"{name}.yaml").write_text(text)
    return folder


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (found,), findings = read(written(tmp_path, GOOD), POSTS, MATTERS)
    assert not findings and found.posts == ("water/permits",) and found.matters == ("drainage-permit",)
    assert found.tables is not None
    assert found.tables.filled({"WATER": "s3cret"}) == "mysql://yiwang:s3cret@10.0.0.6/exchange"
    with pytest.raises(MissingSecret, match="WATER"):
        found.tables.filled({})


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ("posts: [permits]", "posts: [permit]", "“permit” is not known in posts. Did you mean “permits”?"),
        ("[drainage-permit]", "[drainage]", "“drainage” is not known in matters."),
        ("${WATER}", "plain", "A password does not belong into the file."),
        ("mysql://", "http://", "This is no address of such a database."),
        ('{kind: mysql, url: "mysql://yiwang:${WATER}@10.0.0.6/exchange"}', "{kind: sqlite, path: ../x}", "The path"),
        ("matters:", "matter:", "“matter” is not a field here."),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(tmp_path: Path, was: str, is_now: str, said: str) -> None:
    found, findings = read(written(tmp_path, GOOD.replace(was, is_now)), POSTS, MATTERS)
    assert not found and said in str(findings[0])


def test_a_file_of_no_department_is_named(tmp_path: Path) -> None:
    found, findings = read(written(tmp_path, GOOD, "watr"), POSTS, MATTERS)
    assert not found and "There is no department “watr”. Did you mean “water”?" in str(findings[0])


@pytest.mark.parametrize("url", ["sqlite:/x", "mysql://h/d", "mariadb://h/d", "postgresql://h/d"])
def test_an_operator_types_an_address(url: str) -> None:
    assert TablesAt.of_url(url).kind in ("sqlite", "mysql", "postgres")
