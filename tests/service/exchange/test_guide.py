"""The guide for departments says what the program does."""

from pathlib import Path

from django.conf import settings

from yiwang.service.exchange import tables
from yiwang.service.exchange.steps import StepKind

GUIDE = (Path(settings.ROOT) / "docs/guides/departments-systems.md").read_text()


def test_it_names_every_kind_of_step_and_every_table() -> None:
    for name in (*StepKind, *(table.name for table in tables.TABLES)):
        assert f"`{name}`" in GUIDE, name
