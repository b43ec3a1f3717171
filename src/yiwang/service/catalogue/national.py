"""One matter as the national platform's exchange tables know it, under our names for its fields.

Everything is text, kept as it came: what another city's catalogue says is not ours to correct, and what was read must
be written back unchanged. The properties read the texts that have a meaning here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from yiwang.foundation.kernel.calendar import Limit, Unit
from yiwang.foundation.kernel.text import canonical

MAX_TEXT = 20_000

UNITS = {Unit.WORKING_DAY: "工作日", Unit.CALENDAR_DAY: "自然日", Unit.HOUR: "小时"}
"""How a limit's unit is written. Read are these words, whatever else `Limit.parse` knows, and "1" for working days."""

INSTANT = "1"
"""`project_type` of an instant matter (即办件); "2" is one with a promise (承诺件)."""
PROMISED = "2"


class _Texts:
    """Refuses a text that is not in canonical form, so that no border can let one in."""

    def __post_init__(self) -> None:
        for name in _text_fields(type(self)):
            text = getattr(self, name)
            if not isinstance(text, str) or canonical(text, multiline=True, max_length=MAX_TEXT) != text:
                raise ValueError(f"{name} is not canonical text: {text!r:.80}")


@dataclass(frozen=True, slots=True)
class NationalMaterial(_Texts):
    """One application material (申请材料)."""

    name: str
    kind: str = ""
    format: str = ""
    needed: str = ""
    pages: str = ""
    source: str = ""
    source_explained: str = ""
    standard: str = ""
    form: str = ""
    example: str = ""
    instructions: str = ""
    basis: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class NationalMatter(_Texts):
    """One service matter (政务服务事项). `task_code` (实施编码) tells it from every other.

    `further` are columns that the national tables do not have, with their texts, by name; empty ones are left out.
    """

    task_code: str
    name: str
    catalogue_code: str = ""
    task_type: str = ""
    department_code: str = ""
    department: str = ""
    power_source: str = ""
    basis: str = ""
    acceptance: str = ""
    statute_amount: str = ""
    statute_unit: str = ""
    promise_amount: str = ""
    promise_unit: str = ""
    project_type: str = ""
    special_procedures: str = ""
    serves: str = ""
    handling: str = ""
    visits: str = ""
    fee: str = ""
    fee_basis: str = ""
    online: str = ""
    online_depth: str = ""
    appointments: str = ""
    joint_departments: str = ""
    result: str = ""
    enquiries: str = ""
    supervision: str = ""
    address: str = ""
    opening_hours: str = ""
    main_item: str = ""
    area_code: str = ""
    link: str = ""
    materials: tuple[NationalMaterial, ...] = ()
    further: tuple[tuple[str, str], ...] = ()

    @property
    def statute(self) -> Limit | None:
        """The law's limit (法定办结时限); None when the texts do not tell one."""
        return limit(self.statute_amount, self.statute_unit)

    @property
    def promise(self) -> Limit | None:
        """The department's own limit (承诺办结时限); None when the texts do not tell one."""
        return limit(self.promise_amount, self.promise_unit)

    @property
    def instant(self) -> bool:
        return self.project_type == INSTANT


def limit(amount: str, unit: str) -> Limit | None:
    """The limit that an amount and a unit tell; None when they tell none. Live catalogues write "1" for 工作日."""
    try:
        return Limit.parse(f"{amount}{UNITS[Unit.WORKING_DAY] if unit == '1' else unit}")
    except ValueError:
        return None


def limit_texts(limit: Limit) -> tuple[str, str]:
    """Amount and unit of a limit as texts; `limit` reads them back."""
    return str(limit.amount), UNITS[limit.unit]


MATTER_COLUMNS = {
    "catalog_code": "catalogue_code",
    "task_code": "task_code",
    "task_name": "name",
    "task_type": "task_type",
    "dept_code": "department_code",
    "dept_name": "department",
    "power_source": "power_source",
    "by_law": "basis",
    "accept_condition": "acceptance",
    "anticipate_day": "statute_amount",
    "anticipate_type": "statute_unit",
    "promise_day": "promise_amount",
    "promise_type": "promise_unit",
    "project_type": "project_type",
    "special_procedure": "special_procedures",
    "server_type": "serves",
    "handle_flow": "handling",
    "limit_scene_num": "visits",
    "is_fee": "fee",
    "fee_basis": "fee_basis",
    "is_online": "online",
    "online_handle_depth": "online_depth",
    "is_schedule": "appointments",
    "other_dept": "joint_departments",
    "result_name": "result",
    "link_way": "enquiries",
    "supervise_way": "supervision",
    "transact_addr": "address",
    "transact_time": "opening_hours",
    "main_item": "main_item",
    "area_code": "area_code",
    "link": "link",
}
"""National column → our field. The last three are columns of cities' lists rather than of the national tables."""

MATERIAL_COLUMNS = {
    "material_name": "name",
    "material_type": "kind",
    "material_format": "format",
    "is_need": "needed",
    "page_num": "pages",
    "source_type": "source",
    "source_explain": "source_explained",
    "accept_stand": "standard",
    "form_guid": "form",
    "example_guid": "example",
    "fill_explain": "instructions",
    "by_law": "basis",
    "order_num": "order",
}


def _text_fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in ("materials", "further"))
