"""The city's search files: what they may say, and what is said of their mistakes."""

import os
from pathlib import Path

import pytest

from yiwang.foundation.search import reading
from yiwang.foundation.search.lexicon import Lexicon, Scenario, occurs

CITY = Path(__file__).resolve().parents[3] / "city"


def write(folder: Path, synonyms: str = "", scenarios: str = "") -> Path:
    folder.joinpath(reading.SYNONYMS).write_text(synonyms, "utf-8")
    folder.joinpath(reading.SCENARIOS).write_text(scenarios, "utf-8")
    return folder


def test_the_demonstration_citys_files_have_no_faults() -> None:
    lexicon, findings = reading.read(CITY / "search")
    assert findings == []
    assert len(lexicon.synonyms) > 1_000
    assert len(lexicon.scenarios) > 100


def test_a_city_without_search_files_has_an_empty_lexicon(tmp_path: Path) -> None:
    assert reading.read(tmp_path / "search") == (Lexicon(), [])


def test_words_are_folded_and_gaps_split(tmp_path: Path) -> None:
    lexicon, findings = reading.read(
        write(tmp_path, "synonyms:\n  - {said: [ＫＴＶ, 戶口…遷], named: [歌舞娱乐场所]}\n")
    )
    assert findings == []
    assert [synonym.said for synonym in lexicon.synonyms] == [("ktv",), ("户口", "迁")]


def test_a_word_said_in_two_groups_means_what_both_name(tmp_path: Path) -> None:
    text = "synonyms:\n  - {said: [丢了], named: [补办]}\n  - {said: [丢了], named: [挂失, 补办]}\n"
    lexicon, _ = reading.read(write(tmp_path, text))
    assert [synonym.named for synonym in lexicon.synonyms] == [("补办", "挂失")]


def test_spoken_words_are_read_as_plain_ones_everywhere_and_guarded_words_left_alone(tmp_path: Path) -> None:
    synonyms = """
spoken:
  - {said: [娃娃机]}
  - {said: [娃, 娃娃], plain: 孩子}
  - {said: [没得], plain: 没有}
synonyms:
  - {said: [娃…上学], named: [入学]}
  - {said: [孩子…上学], named: [学前教育]}
aspects:
  child: {said: [娃], named: [娃娃]}
"""
    lexicon, findings = reading.read(write(tmp_path, synonyms, "scenarios:\n  - {matters: [娃娃], said: [没得娃]}\n"))
    assert findings == []
    assert lexicon.plain("娃没得娃娃机") == "孩子没有娃娃机"
    assert [(synonym.said, synonym.named) for synonym in lexicon.synonyms] == [(("孩子", "上学"), ("入学", "学前教育"))]
    assert lexicon.aspects[0].said == lexicon.aspects[0].named == ("孩子",)
    assert lexicon.scenarios_of("", "娃娃") == "没有孩子"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("synonyms:\n  - {said: [a], named: [b], naemd: [b]}\n", 2, "naemd"),
        ("synonyms:\n  - said: [开店]\n", 2, "named"),
        ("synonyms: 开店\n", 1, "list"),
        ("leave_out: [x]\nleave_out: [y]\n", 2, "twice"),
        ("leave_out:\n  - [x]\n", 2, "leave_out"),
        ("leave_out:\n  - …\n", 2, "leave_out"),
        ("aspects:\n  change:\n    named: [变更]\n    unasked: 9\n", 4, "unasked"),
        ("aspects:\n  change: [变更]\n", 2, "Named parts"),
        ("leave_out: [\n", 2, "YAML"),
        ("leave_out: &a [x]\nsynonyms: *a\n", 1, "aliases"),
        ("- 我想\n", 1, "named parts"),
        ("unknown: 1\n", 1, "unknown"),
        ("spoken:\n  - {said: [娃], plain: [孩子]}\n", 2, "plain"),
        ("spoken:\n  - plain: 孩子\n", 2, "said"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_rest_is_used(tmp_path: Path, text: str, line: int, says: str) -> None:
    _, findings = reading.read(write(tmp_path, text))
    assert [finding.line for finding in findings] == [line]
    assert says in findings[0].message
    assert findings[0].remedy


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    tmp_path.joinpath(reading.SYNONYMS).write_bytes(b"\xff\xfe\x00leave")
    _, findings = reading.read(tmp_path)
    assert len(findings) == 1


def test_endless_nesting_is_told(tmp_path: Path) -> None:
    _, findings = reading.read(write(tmp_path, "leave_out: " + "[" * 5_000))
    assert len(findings) == 1


def test_a_changed_file_is_read_again(tmp_path: Path, settings: object) -> None:
    settings.YIWANG_CITY_DIR = tmp_path
    folder = tmp_path / "search"
    folder.mkdir()
    write(folder, "leave_out: [我想]\n")
    assert reading.current().leave_out == ("我想",)
    assert reading.current() is reading.current()
    write(folder, "leave_out: [请问]\n")
    os.utime(folder / reading.SYNONYMS, (1, 1))
    assert reading.current().leave_out == ("请问",)


SCENARIOS = Lexicon(
    scenarios=(
        Scenario(("户口登记",), ("给新生儿上户口",)),
        Scenario(("g-1",), ("第一件",)),
        Scenario(("*老年人优待证",), ("老年卡",)),
    )
)


def test_scenarios_belong_to_a_matter_by_code_name_or_pattern() -> None:
    assert SCENARIOS.scenarios_of("X", "户口登记") == "给新生儿上户口"
    assert SCENARIOS.scenarios_of("G-1", "别的") == "第一件"
    assert SCENARIOS.scenarios_of("X", "申领四川省老年人优待证") == "老年卡"
    assert SCENARIOS.scenarios_of("X", "户口登记项目变更") == ""


def test_a_bracketed_end_of_a_name_may_be_left_out() -> None:
    assert SCENARIOS.scenarios_of("X", "户口登记（县级）") == "给新生儿上户口"


def test_brackets_in_a_pattern_are_plain_characters() -> None:
    lexicon = Lexicon(scenarios=(Scenario(("[甲]*证",), ("说",)),))
    assert lexicon.scenarios_of("X", "[甲]乙证") == "说"
    assert lexicon.scenarios_of("X", "甲乙证") == ""


def test_latin_words_occur_whole() -> None:
    assert occurs("open", "open a shop")
    assert not occurs("open", "reopen a shop")
    assert occurs("改", "要改名")
