"""A department runs its gateway itself: from the keys of a trial to an answer."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.library.gateways import contract_files
from tests.library.gateways.registers import asker, grant
from yiwang.foundation.kernel.findings import Refused
from yiwang.foundation.standards import vocabulary
from yiwang.library.gateways import contracts, opening, signing
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.gateways.gateway import Offline
from yiwang.library.gateways.grant import CLEAR
from yiwang.library.gateways.log import verify_receipt

ROOT = Path(__file__).parents[3]
USCC = "91110000600037341L"
BINDINGS = """\
connections:
  register: {kind: sqlite, path: departments/market.sqlite3}
products:
  enterprises:
    from: register
    table: t_ent
    columns:
      name: mc
      status: {column: zt, values: {"1": open, "9": closed}}
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A city with one contract, the department's register and its bindings."""
    folder = contract_files.write(tmp_path / "city")
    (folder / "gateways").mkdir()
    (folder / "gateways" / "market.yaml").write_text(BINDINGS)
    (tmp_path / "departments").mkdir()
    with sqlite3.connect(tmp_path / "departments" / "market.sqlite3") as register:
        register.execute("CREATE TABLE t_ent (uscc, mc, legal_person, capital, zt, updated_at)")
        register.execute("INSERT INTO t_ent VALUES (?, ?, NULL, 100, '1', '2025-03-01 08:00:00')", (USCC, "锦澜面馆"))
    register.close()
    return folder


def command(data: Path, city: Path, *words: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from yiwang.web.commands import main; sys.exit(main())", *words]


def environment(data: Path, city: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "YIWANG_DATA_DIR": str(data), "YIWANG_CITY_DIR": str(city)}


def ran(data: Path, city: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(data, city, *words), env=environment(data, city), capture_output=True, text=True, check=False
    )


@pytest.fixture
def trial(tmp_path: Path, city: Path) -> Path:
    made = ran(tmp_path, city, "library", "keys", str(tmp_path / "trial"), "--gateway", "market=127.0.0.1")
    assert made.returncode == 0, made.stderr
    return tmp_path / "trial"


@pytest.fixture
def running(tmp_path: Path, city: Path, trial: Path) -> Iterator[str]:
    """The address of the department's own gateway."""
    words = ("library", "gateway", "market", "--state", str(trial / "market"), "--listen", "127.0.0.1:0")
    gateway = subprocess.Popen(
        command(tmp_path, city, *words), env=environment(tmp_path, city), stdout=subprocess.PIPE, text=True
    )
    assert gateway.stdout is not None
    said = gateway.stdout.readline()
    assert said.endswith(": market.enterprises@1\n")
    yield said.split()[3].rstrip(":")
    gateway.send_signal(signal.SIGTERM)
    assert gateway.wait() == 0
    gateway.stdout.close()


def test_a_department_answers_from_its_own_machine(tmp_path: Path, trial: Path, running: str) -> None:
    (tmp_path / "library" / "tls").symlink_to(trial / "centre" / "tls")
    told = trial / "centre" / "market.remote.yaml"
    told.write_text(told.read_text().replace("https://127.0.0.1:8443", running))
    key = signing.centre_key(tmp_path)
    gateway = opening.remote(told, data=tmp_path, key=key)
    terms = grant(product="market.enterprises@1", fields={"uscc": CLEAR, "name": CLEAR, "status": CLEAR})
    given = signing.issue(
        grant(
            product=terms.product,
            fields=terms.fields,
            expires=datetime(2099, 1, 1, tzinfo=UTC),
        ),
        key,
    )
    fragment = Fragment("market.enterprises@1", ("name", "status"), keys=Keys("uscc", (USCC,)))
    reading = gateway.read(fragment, given, asker())
    assert [row for batch in reading.batches for row in batch.to_pylist()] == [{"name": "锦澜面馆", "status": "open"}]
    verify_receipt(gateway.receipt(reading.record), gateway.trust)
    assert [each.asker.case for each in gateway.accesses_of(USCC)] == ["C-1"]
    (trial / "market" / "revoked").write_text(f"{key.id}  # stolen\n")
    with pytest.raises(Offline, match="refused the request"):
        gateway.read(fragment, given, asker())
    gateway.close()


def test_the_same_file_opens_it_in_this_process(tmp_path: Path, city: Path) -> None:
    key = signing.centre_key(tmp_path)
    products, _ = contracts.read(city, vocabulary.read(city)[0])
    gateway = opening.local(city / "gateways" / "market.yaml", products, data=tmp_path, trust=key.trust())
    assert [each.reference for each in gateway.products()] == ["market.enterprises@1"]
    assert (tmp_path / "gateways" / "market" / "key").exists()
    gateway.close()


def test_the_key_that_the_centre_needs_is_shown(tmp_path: Path, city: Path, trial: Path) -> None:
    shown = ran(tmp_path, city, "library", "gateway", "market", "--state", str(trial / "market"), "--show-key")
    assert shown.stdout.strip() in (trial / "centre" / "market.remote.yaml").read_text()


def test_a_gateway_that_would_believe_nobody_does_not_start(tmp_path: Path, city: Path) -> None:
    refused = ran(tmp_path, city, "library", "gateway", "market", "--state", str(tmp_path / "empty"))
    assert refused.returncode == 1
    assert "no public key of the centre" in refused.stderr


def test_a_gateway_whose_list_of_the_revoked_cannot_be_read_does_not_start(
    tmp_path: Path, city: Path, trial: Path
) -> None:
    (trial / "market" / "revoked").write_text("the old key\n")
    refused = ran(tmp_path, city, "library", "gateway", "market", "--state", str(trial / "market"))
    assert refused.returncode == 1
    assert "revoked:1: write a key" in refused.stderr


def test_an_address_that_is_none_is_refused(tmp_path: Path, city: Path) -> None:
    refused = ran(tmp_path, city, "library", "keys", str(tmp_path / "trial"), "--gateway", "market")
    assert refused.returncode == 1
    assert "DEPARTMENT=HOST" in refused.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('url: "http://127.0.0.1"\nkey: "00"\n', "certificate"),
        ('key: "00"\n', "url"),
        ("- nothing\n", "market.remote.yaml"),
    ],
)
def test_a_file_that_leads_to_no_gateway_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "market.remote.yaml"
    path.write_text(text)
    with pytest.raises(Refused, match=said):
        opening.remote(path, data=tmp_path, key=signing.SigningKey.fresh())
