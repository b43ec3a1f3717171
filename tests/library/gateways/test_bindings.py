"""A department's own file: secrets from the environment, paths from the data folder, errors with their line."""

from pathlib import Path

import pytest

from tests.library.gateways.sources.register import PRODUCT
from yiwang.library.gateways import bindings
from yiwang.library.gateways.bindings import SourceKind

FILE = """\
connections:
  register: {kind: postgres, url: "postgresql://reader:${PASSWORD}@10.0.0.5:5432/people"}
  desk:     {kind: sqlite, path: departments/desk.sqlite3}
products:
  residents:
    from:  register
    table: public.t_rk
    only:  {deleted: 0}
    columns:
      name: xm
      sex:  {column: xb, values: {"1": male, "2": female}}
      born: {column: csrq, format: "%Y%m%d"}
"""


def read(tmp_path: Path, text: str = FILE, **environment: str) -> tuple[bindings.Bindings, list[str]]:
    path = tmp_path / "security.yaml"
    path.write_text(text)
    found, findings = bindings.read(path, data=Path("/data"), environment=environment)
    return found, [f"{each.line}: {each.message} {each.remedy}" for each in findings]


def test_a_product_is_bound_to_a_table_and_its_columns(tmp_path: Path) -> None:
    found, findings = read(tmp_path, PASSWORD="s3cret")
    assert not findings
    bound = found.of(PRODUCT)
    assert bound is not None
    assert bound.connection.kind is SourceKind.POSTGRES
    assert bound.connection.url == "postgresql://reader:s3cret@10.0.0.5:5432/people"
    assert (bound.column("sex").name, bound.column("number").name) == ("xb", "number")
    assert bound.only == {"deleted": (0,)}
    assert not bindings.check(found, [PRODUCT])


def test_a_secret_is_shown_nowhere(tmp_path: Path) -> None:
    found, _ = read(tmp_path, PASSWORD="s3cret")
    assert "s3cret" not in repr(found)


def test_a_path_begins_at_the_data_folder(tmp_path: Path) -> None:
    found, _ = read(tmp_path, FILE.replace("from:  register", "from:  desk"))
    bound = found.of(PRODUCT)
    assert bound is not None
    assert bound.connection.path == Path("/data/departments/desk.sqlite3")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "", "2: The environment has no PASSWORD. Set it before the gateway starts."),
        ("${PASSWORD}", "open-sesame", "2: A password does not belong into the file. Write ${NAME}"),
        ("from:  register", "from:  registre", "6: There is no connection “registre”. Did you mean “register”?"),
        ("postgresql://", "mysql://", "2: This is no address of a postgres source."),
        ("kind: sqlite", "kind: sqlit", "3: “sqlit” is not known as kind. Did you mean “sqlite”?"),
        ("column: csrq,", "colum: csrq,", "12: “colum” is not a field here. Did you mean “column”?"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    _, findings = read(tmp_path, FILE.replace(old, new) if old else FILE, **({"PASSWORD": "x"} if old else {}))
    assert any(each.startswith(says) for each in findings), findings


def test_fields_and_products_that_no_contract_has_are_found(tmp_path: Path) -> None:
    found, _ = read(tmp_path, FILE.replace("      name: xm", "      nam: xm"), PASSWORD="x")
    assert [each.message for each in bindings.check(found, [PRODUCT])] == ["security.residents@1 has no field “nam”."]
