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

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src" / "yiwang" / "web" / "static" / "vendor"

FILES: dict[str, tuple[str, dict[str, str]]] = {
    "htmx": ("htmx.org", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    "bpmn-js": (
        "bpmn-js",
        {
            "dist/bpmn-navigated-viewer.production.min.js": "bpmn-navigated-viewer.production.min.js",
            "dist/assets/diagram-js.css": "diagram-js.css",
            "dist/assets/bpmn-js.css": "bpmn-js.css",
            "LICENSE": "LICENSE",
        },
    ),
}
"""Folder under vendor → package, and the files taken from it."""


def fetch() -> None:
    """Bring node_modules to the state of package-lock.json; no package's own scripts are run."""
    if not shutil.which("npm"):
        raise SystemExit("./dev assets needs Node's npm. Running Yiwang does not.")
    if subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=False).returncode:
        raise SystemExit("npm ci failed; its message above says why.")


def build(target: Path) -> None:
    """Write the vendor folder anew."""
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for folder, (package, files) in FILES.items():
        source = MODULES / package
        version = json.loads((source / "package.json").read_text())["version"]
        wanted = locked[f"node_modules/{package}"]["version"]
        if version != wanted:
            raise SystemExit(f"{package} {version} is installed, package-lock.json says {wanted}: run npm ci")
        (target / folder).mkdir(parents=True)
        for origin, name in files.items():
            shutil.copyfile(source / origin, target / folder / name)
        (target / folder / "VERSION").write_text(f"{package} {version}\n")


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
