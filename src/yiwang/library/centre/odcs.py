"""A contract as Open Data Contract Standard v3 (Bitol, YAML), for tools that read data contracts."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from yiwang.foundation.standards.elements import ElementKind
from yiwang.library.gateways.contract import Field, Level, Product, QualityRule, Sharing

VERSION = "v3.0.2"
_TYPES = {
    ElementKind.INTEGER: "integer",
    ElementKind.MONEY: "integer",
    ElementKind.DECIMAL: "number",
    ElementKind.BOOLEAN: "boolean",
    ElementKind.DATE: "date",
    ElementKind.MOMENT: "date",
    ElementKind.CHOICES: "array",
}
_LEVELS = {Level.GENERAL: "public", Level.IMPORTANT: "restricted", Level.CORE: "confidential"}


def contract(product: Product) -> str:
    """The contract as YAML."""
    return yaml.safe_dump(body(product), allow_unicode=True, sort_keys=False, width=110)


def body(product: Product) -> dict[str, Any]:
    """The contract as plain values; the fields that the standard demands are apiVersion, kind, id, version, status."""
    found: dict[str, Any] = {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": f"urn:yiwang:{product.code}",
        "name": product.title.en,
        "version": f"{product.major}.{product.minor}.0",
        "status": "active",
        "domain": product.department,
        "dataProduct": product.code,
        "description": {
            "purpose": f"{product.summary.zh} {product.summary.en}",
            "limitations": _limitations(product),
            "customProperties": [{"property": "titleZh", "value": product.title.zh}],
        },
        "schema": [_schema(product)],
        "roles": [{"role": "reader", "access": "read", "firstLevelApprovers": f"{product.department}/data",
                   "secondLevelApprovers": f"{product.department}/head"}],
        "customProperties": [
            {"property": "sharing", "value": product.sharing.value},
            {"property": "open", "value": product.open},
            {"property": "level", "value": product.level.value},
            {"property": "consent", "value": product.consent},
            {"property": "legalBasis", "value": list(product.basis)},
        ],
    }  # fmt: skip
    if product.statistics is not None:
        found["customProperties"].append({"property": "statistics", "value": msgspec.to_builtins(product.statistics)})
    if product.fresh_within is not None:
        element = f"{product.name}.{product.cursor}" if product.cursor else product.name
        hours = int(product.fresh_within.total_seconds() // 3600)
        found["slaProperties"] = [{"property": "latency", "value": hours, "unit": "h", "element": element}]
    return found


def _schema(product: Product) -> dict[str, Any]:
    return {
        "name": product.name,
        "physicalType": "table",
        "logicalType": "object",
        "businessName": product.title.zh,
        "description": product.summary.en,
        "properties": [_property(field, product) for field in product.fields],
        **({"quality": rules} if (rules := [_rule(rule) for rule in product.quality if rule.field is None]) else {}),
    }


def _property(field: Field, product: Product) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": field.name,
        "businessName": field.words.zh,
        "description": field.words.en,
        "logicalType": _TYPES.get(field.kind, "string"),
        "physicalType": field.kind.value,
        "required": field.required,
        "unique": product.key == (field.name,),
        "classification": _LEVELS[field.level],
    }
    if field.name in product.key:
        found |= {"primaryKey": True, "primaryKeyPosition": product.key.index(field.name) + 1}
    if field.element is not None:
        found["authoritativeDefinitions"] = [
            {"url": f"urn:yiwang:element:{field.element}", "type": "businessDefinition"}
        ]
    if field.authoritative:
        found["criticalDataElement"] = True
    if field.personal:
        found["tags"] = ["personal"]
    rules = [_rule(rule) for rule in product.quality if rule.field == field.name]
    return {**found, **({"quality": rules} if rules else {})}


def _rule(rule: QualityRule) -> dict[str, Any]:
    said = rule.words.en if rule.words is not None else rule.key
    implementation = rule.expression or f"{rule.kind} {rule.field or ''}".strip()
    return {
        "name": rule.key,
        "description": said,
        "type": "custom",
        "engine": "yiwang",
        "implementation": implementation,
    }


def _limitations(product: Product) -> str:
    said = {
        Sharing.UNCONDITIONAL: "Shared without condition with departments of the city.",
        Sharing.CONDITIONAL: "Shared on a request that the owner approves.",
        Sharing.WITHHELD: "Not shared, by law.",
    }[product.sharing]
    return f"{said} Open to the public." if product.open else said
