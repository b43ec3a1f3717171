"""What import-linter cannot see: foreign keys, template tags and named addresses that point upward.

A package may name only what stands below it, in Python and in the database and in its templates alike. Foreign keys to
another package leave no reverse accessor there, so that the lower package does not grow members it does not know of.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from django.db.models import Model
from django.db.models.fields.mixins import FieldCacheMixin
from django.template import Engine
from django.template.base import Lexer, Token, TokenType

from tools.django_setup import set_up
from tools.tree import SOURCE, Package, may_use, package_named, package_of, package_of_module, packages, shown

ADDRESS_CALLS = {"reverse", "reverse_lazy", "redirect", "resolve_url"}


def complaints() -> list[str]:
    apps = set_up()
    found = [line for model in apps.get_models() for line in foreign_keys(model)]
    for path in sorted(SOURCE.rglob("*.*")):
        here = package_of(path)
        if here is None or path.suffix not in (".py", ".html", ".txt", ".xml"):
            continue
        if path.suffix == ".py":
            found += (f"{shown(path)}:{line}" for line in addresses(path.read_text(), here))
        elif "templates" in path.parts:
            found += (f"{shown(path)}:{line}" for line in template_tags(path.read_text(), here))
    return found


def foreign_keys(model: type[Model]) -> Iterator[str]:
    """Complaints about one model's relations."""
    here = package_of_module(model.__module__)
    if here is None:
        return
    place = _place(model)
    for field in model._meta.private_fields:
        if isinstance(field, FieldCacheMixin):  # a generic foreign key
            yield f"{place}: {model.__name__}.{field.cache_name} may point anywhere; point at a row of a lower package"
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        target = field.related_model
        there = package_of_module(target.__module__) if isinstance(target, type) else None
        if there is None or there == here:
            continue
        if not may_use(here, there):
            yield f"{place}: {model.__name__}.{field.name} points up to {there.name}; {here.name} may not know of it"
        elif field.remote_field and not field.remote_field.hidden:
            yield f'{place}: {model.__name__}.{field.name} needs related_name="+": {there.name} must not grow members'


def template_tags(text: str, here: Package) -> Iterator[str]:
    """Complaints (`line: what`) about what a package's template loads, includes, extends or links to."""
    for token in Lexer(text).tokenize():
        if token.token_type is not TokenType.BLOCK:
            continue
        for there in _used_by(token):
            if not may_use(here, there):
                tag = token.split_contents()[0]
                yield f"{token.lineno}: {{% {tag} %}} points up to {there.name}; ask through a port instead"


def addresses(text: str, here: Package) -> Iterator[str]:
    """Complaints about the addresses that a package's code names with `reverse("label:name")` and its like."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in ADDRESS_CALLS:
            continue
        there = _package_of_address(str(node.args[0].value))
        if there and not may_use(here, there):
            yield f"{node.lineno}: {name}() points up to {there.name}; ask through a port instead"


def _used_by(token: Token) -> Iterator[Package]:
    tag, *rest = token.split_contents()
    if tag == "load":
        libraries = Engine.get_default().libraries
        names = rest[rest.index("from") + 1 :] if "from" in rest else rest
        modules = [libraries[name] for name in names if name in libraries]
        yield from (package for module in modules if (package := package_of_module(module)))
    elif rest and rest[0][0] in "\"'":
        name = rest[0].strip("\"'")
        if tag in ("include", "extends"):
            yield from (package for package in packages() if (package.path / "templates" / name).exists())
        elif tag == "url" and (package := _package_of_address(name)):
            yield package


def _package_of_address(address: str) -> Package | None:
    return package_named(address.split(":")[0]) if ":" in address else None


def _place(model: type[Model]) -> str:
    try:
        return f"{shown(Path(inspect.getfile(model)))}:{inspect.getsourcelines(model)[1]}"
    except (OSError, TypeError):
        return model.__module__
