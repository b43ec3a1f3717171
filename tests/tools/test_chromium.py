"""`./dev test` brings a browser where it may, and says plainly why there is none where it may not."""

import os
from pathlib import Path

import pytest

from tools import chromium


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no programs but those that a test puts into this folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_apt_nothing_is_installed_and_the_reason_is_told(bare: Path) -> None:
    reason = chromium.provide()
    assert reason is not None
    assert "apt install chromium fonts-noto-cjk" in reason


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_root_installs_browser_and_fonts_even_when_the_lists_cannot_be_renewed(bare: Path) -> None:
    install = f'echo "$@" >> {bare}/said; case "$*" in *update*) exit 100;; esac; printf "" > {bare}/chromium; '
    program(bare, "apt-get", install + f"/bin/chmod 755 {bare}/chromium")
    assert chromium.provide() is None
    update, packages = (bare / "said").read_text().splitlines()
    assert "update" in update
    assert packages.endswith("install --yes --no-install-recommends chromium fonts-noto-cjk")
    assert "DPkg::Lock::Timeout=600" in packages, "two installations on one machine wait for each other"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_what_apt_complained_of_is_told(bare: Path) -> None:
    program(bare, "apt-get", "echo 'E: Unable to locate package chromium' >&2; exit 100")
    assert chromium.provide() == "apt-get could not install chromium: E: Unable to locate package chromium"
