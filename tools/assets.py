"""Copies what the browser is given and we did not write from node_modules to src/yiwang/web/static/vendor.

    ./dev assets          rebuild
    ./dev assets --check  say whether the committed files are those of package-lock.json

Nothing is bundled or minified here: the files are those of the packages, byte for byte, so a rebuild is identical
on every machine. Running Yiwang needs neither Node nor this.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src" / "yiwang" / "web" / "static" / "vendor"

FILES: dict[str, tuple[str, dict[str, str]]] = {
    "htmx": ("htmx.org", {"dist/htmx.min.js": "htmx.min.js"}),
    "bpmn-js": (
        "bpmn-js",
        {
            "dist/bpmn-navigated-viewer.production.min.js": "bpmn-navigated-viewer.production.min.js",
            "dist/assets/diagram-js.css": "diagram-js.css",
        },
    ),
}
"""Folder under vendor → package, and the files taken from it."""


def fetch() -> None:
    """Bring node_modules to the state of package-lock.json; no package's own scripts are run."""
    if not shutil.which("npm"):
        raise SystemExit("./dev assets needs Node's npm. Running Yiwang does not: the built files are committed.")
    if subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=False).returncode:
        raise SystemExit("npm ci failed; its message above says why.")


def build(target: Path) -> None:
    """Write the vendor folder anew from node_modules."""
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for folder, (package, files) in FILES.items():
        (target / folder).mkdir(parents=True)
        for origin, name in files.items():
            shutil.copyfile(MODULES / package / origin, target / folder / name)
        licences = [licence(name, locked) for name in bundled(package, locked)]
        (target / folder / "LICENSE").write_text("\n\n".join(licences))


def bundled(package: str, locked: dict[str, Any]) -> list[str]:
    """The package, then in the order of the alphabet everything it depends on and so may carry inside its files."""
    found, waiting = set(), [package]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += locked[f"node_modules/{name}"].get("dependencies", {})
    return [package, *sorted(found - {package})]


def licence(package: str, locked: dict[str, Any]) -> str:
    """Name, version and licence of one package; the name of the licence where the package brings no text."""
    held = locked[f"node_modules/{package}"]
    texts = sorted(path for path in (MODULES / package).iterdir() if path.name.lower().startswith("licen"))
    text = texts[0].read_text().replace("\r\n", "\n").strip() if texts else f"Licence: {held.get('license')}"
    return f"{package} {held['version']}\n\n{text}\n"


def differences(left: Path, right: Path) -> list[str]:
    """Names of files that are not the same in both folders."""
    names = {p.relative_to(root) for root in (left, right) for p in root.rglob("*") if p.is_file()}
    return sorted(
        str(name)
        for name in names
        if not (left / name).is_file()
        or not (right / name).is_file()
        or (left / name).read_bytes() != (right / name).read_bytes()
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./dev assets", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file differs")
    check = parser.parse_args().check
    fetch()
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "vendor"
        built.mkdir()
        build(built)
        different = differences(built, VENDOR)
        if check:
            for name in different:
                print(f"{VENDOR.relative_to(ROOT) / name} is not what package-lock.json gives: run ./dev assets")
            return 1 if different else 0
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(built, VENDOR)
        print(f"{len(different)} files changed in {VENDOR.relative_to(ROOT)}")
        return 0


if __name__ == "__main__":
    sys.exit(main())
