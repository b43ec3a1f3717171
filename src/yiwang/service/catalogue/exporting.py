"""Our own matters in the national platform's terms, for `exchange` to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from yiwang.casework.cases.plan import working_days
from yiwang.foundation.directory.offices import DISTRICT_DIGITS
from yiwang.foundation.directory.queries import BranchCard
from yiwang.foundation.kernel.money import Fen, yuan
from yiwang.foundation.kernel.text import Words
from yiwang.service.catalogue.competence import AUTHORITY, deciding, task_code
from yiwang.service.catalogue.guide import SERVES_WORDS
from yiwang.service.catalogue.national import INSTANT, PROMISED, NationalMaterial, NationalMatter, limit_texts
from yiwang.service.catalogue.package import Material, Matter
from yiwang.service.catalogue.words import APPLICANT

YES, NO = "1", "0"


def national_matters(
    matter: Matter, departments: Mapping[str, Words], branches: Iterable[BranchCard]
) -> Iterator[NationalMatter]:
    """The matter once for each office that decides it, each with its own task code; once where the city does."""
    whole = national_matter(matter, departments)
    if matter.competent is None:
        yield whole
    for office in deciding(matter, branches):
        code = task_code(matter.task_code, office.place, office.uscc)
        area = office.place[:DISTRICT_DIGITS]
        yield replace(
            whole, task_code=code, department_code=code[:AUTHORITY], department=office.name.zh, area_code=area
        )


def national_matter(matter: Matter, departments: Mapping[str, Words]) -> NationalMatter:
    """The matter under the national fields, in Chinese; `departments` are names by code.

    A plan, questions and conditions have no national field: what an export says of them is prose.
    """

    def named(code: str) -> str:
        name = departments.get(code)
        return name.zh if name else code

    statute_amount, statute_unit = limit_texts(matter.statute)
    promise_amount, promise_unit = limit_texts(matter.promise)
    return NationalMatter(
        task_code=matter.task_code,
        name=matter.name.zh,
        catalogue_code=matter.catalogue_code,
        department_code=matter.task_code[:18],
        department=named(matter.department),
        basis="\n".join(matter.basis),
        acceptance=matter.guidance.zh,
        statute_amount=statute_amount,
        statute_unit=statute_unit,
        promise_amount=promise_amount,
        promise_unit=promise_unit,
        project_type=INSTANT if matter.instant or working_days(matter.promise) <= 0 else PROMISED,
        special_procedures="；".join(
            f"{procedure.name.zh}（{procedure.at_most.words().zh}）" for procedure in matter.special_procedures
        ),
        serves="、".join(SERVES_WORDS[code].zh for code in matter.serves),
        handling="→".join(task.name.zh for task in matter.tasks),
        visits=str(matter.visits),
        fee=YES if matter.fee_fen else NO,
        fee_basis=f"{yuan(Fen(matter.fee_fen))} 元 {matter.fee_basis or ''}".strip() if matter.fee_fen else "",
        online=YES,
        joint_departments="、".join(named(code) for code in matter.departments[1:]),
        result=matter.result.name.zh,
        materials=tuple(
            _national_material(material, number, named(material.source) if material.source != APPLICANT else "申请人")
            for number, material in enumerate(matter.materials, 1)
        ),
    )


def _national_material(material: Material, number: int, source: str) -> NationalMaterial:
    return NationalMaterial(
        name=material.name.zh,
        format="、".join(kind.rpartition("/")[2].upper() for kind in material.media),
        needed=NO if material.deferrable or material.when else YES,
        source=source,
        standard=material.hint.zh if material.hint else "",
        form=material.form or "",
        basis=material.basis or "",
        order=str(number),
    )
