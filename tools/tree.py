"""Where things stand in the source tree: wings, packages, floors."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "yiwang"


@dataclass(frozen=True)
class Package:
    """One package of the house. A higher `height` may import a lower one; equal heights are siblings."""

    name: str
    wing: str
    path: Path
    height: tuple[int, int]

    @property
    def module(self) -> str:
        return ".".join(("yiwang", *self.path.relative_to(SOURCE).parts))


@functools.cache
def packages() -> tuple[Package, ...]:
    """Every package that exists, lowest floor first. The order of floors is the one that import-linter is told."""
    found = []
    layers = _layers()
    for number, (wing,) in enumerate(reversed(layers["yiwang"])):
        if (SOURCE / wing / "__init__.py").exists() and f"yiwang.{wing}" not in layers:
            found.append(Package(wing, wing, SOURCE / wing, (number, 0)))
        for floor, names in enumerate(reversed(layers.get(f"yiwang.{wing}", []))):
            for name in names:
                if (SOURCE / wing / name / "__init__.py").exists():
                    found.append(Package(name, wing, SOURCE / wing / name, (number, floor)))
    return tuple(found)


def package_of(path: Path) -> Package | None:
    """The package that a file belongs to."""
    return next((package for package in packages() if path.is_relative_to(package.path)), None)


def package_named(name: str) -> Package | None:
    return next((package for package in packages() if package.name == name), None)


def package_of_module(module: str) -> Package | None:
    """The package of a dotted module name such as `yiwang.casework.cases.models`."""
    return next((p for p in packages() if module == p.module or module.startswith(f"{p.module}.")), None)


def may_use(user: Package, used: Package) -> bool:
    """True when `used` stands lower than `user`, or is the same package."""
    return user == used or used.height < user.height


def shown(path: Path) -> str:
    """The path as a person at the project's root would write it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _layers() -> dict[str, list[list[str]]]:
    """For the house and for each wing: its floors from above, as import-linter reads them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {
        contract["containers"][0]: [[name.strip(" ()") for name in floor.split("|")] for floor in contract["layers"]]
        for contract in contracts
        if contract["type"] == "layers"
    }
