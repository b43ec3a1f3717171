"""What many matters share: names of tasks and procedures (`city/words.yaml`) and materials (`city/materials.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yiwang.foundation.kernel.findings import Finding
from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.reading import KEY, Section, read_file
from yiwang.service.catalogue.package import Material

APPLICANT = "applicant"


@dataclass(frozen=True)
class SharedWords:
    """Names by key. A matter may give its own name instead."""

    tasks: Mapping[str, Words]
    procedures: Mapping[str, Words]
    materials: Mapping[str, Material]


def read(city: Path) -> tuple[SharedWords, list[Finding]]:
    """Both files of a city; a city without them shares nothing."""
    findings: list[Finding] = []
    tasks: dict[str, Words] = {}
    procedures: dict[str, Words] = {}
    path = city / "words.yaml"
    root = read_file(path, findings) if path.exists() else None
    if root is not None:
        tasks, procedures = _names(root, "tasks"), _names(root, "procedures")
        root.finish()
    return SharedWords(tasks, procedures, _materials(city / "materials.yaml", findings)), findings


def _names(root: Section, key: str) -> dict[str, Words]:
    section = root.section(key)
    if section is None:
        return {}
    found = {name: section.words(name, max_length=60) for name in list(section.fields)}
    return {name: words for name, words in found.items() if words is not None}


def _materials(path: Path, findings: list[Finding]) -> dict[str, Material]:
    materials: dict[str, Material] = {}
    root = read_file(path, findings) if path.exists() else None
    for key in list(root.fields) if root is not None else []:
        assert root is not None
        section = root.section(key, required=True)
        if section is None:
            continue
        if not KEY.match(key):
            section.report(f"“{key}” cannot be the key of a material.", "Use small letters, digits and _.")
        name = section.words("name", max_length=60)
        source = section.text("source", required=False) or APPLICANT
        licence = section.text("licence", required=False)
        hint = section.words("hint", required=False, max_length=200)
        model = section.words("model", required=False, max_length=4000)
        section.finish()
        if name is not None:
            materials[key] = Material(key, name, source, hint=hint, licence=licence, model=model)
    return materials
