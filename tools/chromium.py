"""Find Debian's chromium for browser tests, or install it where that is possible."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
PATIENCE = 600
"""Seconds to wait for another installation on this machine, and half of what ours may take."""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str | None:
    """The path of the browser's executable."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def provide() -> str | None:
    """Install what is missing when we may; the reason when there is no browser in the end, otherwise None."""
    if found() and _has_chinese_fonts():
        return None
    if not shutil.which("apt-get") or os.geteuid() != 0:
        reason = "needs apt-get and root to install it here (on Debian: apt install chromium fonts-noto-cjk)"
        return None if found() else f"no chromium, and ./dev test {reason}"
    print("· Installing chromium and Chinese fonts", flush=True)
    # Old lists may do where the network does not answer; what counts is whether the packages come.
    _apt_get("update")
    if problem := _apt_get("install", "--yes", "--no-install-recommends", *PACKAGES):
        return None if found() else f"apt-get could not install chromium: {problem}"
    return None if found() else "apt-get installed no chromium"


def _apt_get(*command: str) -> str:
    """Run apt-get, waiting for whoever else installs something; what it complained of when it failed."""
    try:
        done = subprocess.run(
            ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={PATIENCE}", *command],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return f"apt-get {command[0]} took more than {2 * PATIENCE // 60} minutes"
    return (done.stderr.strip()[-300:] or f"exit code {done.returncode}") if done.returncode else ""


def _has_chinese_fonts() -> bool:
    return any(Path(folder).is_dir() for folder in ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto-cjk"))
