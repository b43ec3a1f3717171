"""What analysts ask: some two hundred questions over the departments of `world`, comparable with a plain database."""

from pathlib import Path

WRITTEN = Path(__file__).with_name("benign.sql")
DIMENSIONS = {
    "market.enterprises": (
        ("district", "kind", "active"),
        ("staff", "capital"),
        ("staff > 60", "founded > '2016-01-01'"),
    ),
    "tax.filings": (("period", "overdue"), ("amount",), ("overdue", "period <> '2024-05-01'", "amount < 30000000")),
    "health.inspections": (("result", "remark"), ("score",), ("score >= 60", "day > '2024-03-01'")),
    "police.residents": (("district", "born"), ("income", "household"), ("district = 'east'",)),
}


def questions() -> list[str]:
    """Every benign question."""
    written = [line for line in WRITTEN.read_text().splitlines() if line and not line.startswith("--")]
    for product, (groups, measures, conditions) in DIMENSIONS.items():
        for group in groups:
            for measure in measures:
                for condition in conditions:
                    written.append(
                        f"select {group}, count(*) n, sum({measure}) total, min({measure}) from {product}"
                        f" where {condition} group by {group} order by {group}"
                    )
    return written


def plain(sql: str) -> str:
    """As a plain database with a schema for each department understands it: without the library's ways of naming."""
    for name in ("market.enterprises", "tax.filings"):
        sql = sql.replace(f'"{name}@1"', name).replace(f'"{name}"', name)
    return sql.replace('market."enterprises@1"', "market.enterprises")
