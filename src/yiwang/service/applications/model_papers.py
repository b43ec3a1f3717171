"""Model papers (示范文本): a text of the department that the applicant adopts with a tick instead of bringing a file.

What is adopted is a document like any other, made by us: officers read and print it, and events commit to its bytes.
Its text holds answers. When one of them changes, the adopted text is no longer the one that was read, and no longer
counts: the paper is wanted again. Chinese is what binds; a reading version in English stands below it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.models import User
from yiwang.foundation.documents import actions as documents
from yiwang.foundation.documents.actions import DocumentRef
from yiwang.foundation.documents.inspection import TEXT
from yiwang.foundation.kernel.text import Words
from yiwang.service.applications import refusals
from yiwang.service.applications.answers import shown
from yiwang.service.applications.progress import Progress
from yiwang.service.catalogue.package import APPLICANT_NAME, PLACEHOLDER, Material
from yiwang.service.catalogue.service import elements_of

PURPOSE = "applications.model"
_BLANK = "＿＿＿＿"


def is_adopted(document: DocumentRef) -> bool:
    """Whether a document of a material is an adopted model: nobody can upload plain text."""
    return document.media_type == TEXT


def text_of(material: Material, progress: Progress, applicant: str) -> Words:
    """The model with the answers in their places; a line to fill where there is none. For a material with a model."""
    assert material.model is not None
    elements = elements_of(progress.service)

    def fill(text: str, language: str) -> str:
        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name == APPLICANT_NAME:
                return applicant or _BLANK
            answer = progress.relevant.get(name)
            return _BLANK if answer is None or name not in elements else shown(elements[name], answer, language)

        return re.sub(PLACEHOLDER, value, text)

    return Words(fill(material.model.zh, "zh-hans"), fill(material.model.en, "en"))


def adopt(progress: Progress, key: str, applicant: int, owner: User) -> DocumentRef:
    """Make the document of a model that the applicant, a person, adopts; it belongs to the account that fills in.
    Not to be called inside a transaction.

    Raises NotAsked where the material is not wanted or has no model.
    """
    wanted = progress.material(key)
    if wanted is None or wanted.material.model is None:
        raise refusals.NotAsked(key)
    material = wanted.material
    content = _content(material, text_of(material, progress, _name(applicant)))
    return documents.write(content, f"{material.name.zh}（示范文本）", owner, PURPOSE)


def standing(
    files: Mapping[str, tuple[DocumentRef, ...]], progress: Progress, applicant: int
) -> dict[str, tuple[DocumentRef, ...]]:
    """The files without those adopted models whose text is another by now."""
    if not any(is_adopted(each) for held in files.values() for each in held):
        return dict(files)
    name = _name(applicant)
    materials = {each.material.key: each.material for each in progress.materials}
    kept: dict[str, tuple[DocumentRef, ...]] = {}
    for key, held in files.items():
        material = materials.get(key)
        digest = _digest(material, progress, name)
        some = tuple(each for each in held if not is_adopted(each) or each.sha256 == digest)
        if some:
            kept[key] = some
    return kept


def _digest(material: Material | None, progress: Progress, applicant: str) -> Any:
    if material is None or material.model is None:
        return None
    content = _content(material, text_of(material, progress, applicant))
    return hashlib.sha256(content.encode()).hexdigest()


def _content(material: Material, text: Words) -> str:
    zh, en = material.name.zh, material.name.en
    return f"{zh}\n\n{text.zh.strip()}\n\n\n{en} (for reading; the Chinese text binds)\n\n{text.en.strip()}\n"


def _name(person: int) -> str:
    return directory.identity_of_person(person).name
