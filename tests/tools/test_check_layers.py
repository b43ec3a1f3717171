from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from tools import check_layers
from tools.tree import Package, may_use, package_named, packages


def package(name: str) -> Package:
    found = package_named(name)
    assert found is not None
    return found


def test_the_floors_are_read_from_what_import_linter_is_told() -> None:
    names = [each.name for each in packages()]
    assert names.index("kernel") < names.index("ledger") < names.index("directory") < names.index("cases")
    assert names[-1] == "web"
    assert may_use(package("applications"), package("cases"))
    assert not may_use(package("cases"), package("applications"))
    assert not may_use(package("documents"), package("notifications")), "siblings do not know one another"


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{% url "applications:status" number %}', ["1: {% url %} points up to applications"]),
        ('\n{% include "applications/part.html" %}', []),
        ('{% url "directory:sign-in" %}{% url "cases:desk" %}{% url "home" %}', []),
        ("{% load ui i18n %}{% include panel.template %}", []),
    ],
)
def test_a_template_names_only_what_stands_below(template: str, found: list[str]) -> None:
    complaints = list(check_layers.template_tags(template, package("cases")))
    assert len(complaints) == len(found)
    assert all(complaint.startswith(start) for complaint, start in zip(complaints, found, strict=True))


def test_a_low_template_may_not_load_the_tags_of_a_higher_package() -> None:
    assert list(check_layers.template_tags("{% load ui %}", package("directory"))) == []
    assert list(check_layers.template_tags("{% load ui %}", package("jobs"))), "a sibling is not below"


def test_an_address_in_code_names_only_what_stands_below() -> None:
    code = 'def view(request):\n    return redirect("cases:desk") or reverse("catalogue:search") or reverse(name)\n'
    assert list(check_layers.addresses(code, package("directory"))) == [
        "2: redirect() points up to cases; ask through a port instead",
        "2: reverse() points up to catalogue; ask through a port instead",
    ]
    assert list(check_layers.addresses(code, package("applications"))) == []


def model_of(module: str, label: str, **fields: Any) -> type[models.Model]:
    body = {"__module__": f"yiwang.{module}.models", "Meta": type("Meta", (), {"app_label": label}), **fields}
    return type("Thing", (models.Model,), body)


@isolate_apps("yiwang.foundation.directory", "yiwang.casework.cases")
def test_a_foreign_key_points_down_and_hides_its_reverse_accessor() -> None:
    low = model_of("foundation.directory", "directory")
    link = models.ForeignKey
    shown = model_of("casework.cases", "cases", who=link(low, models.CASCADE))
    assert [line.split(": ")[1] for line in check_layers.foreign_keys(shown)] == ['Thing.who needs related_name="+"']


@isolate_apps("yiwang.foundation.directory", "yiwang.casework.cases")
def test_a_foreign_key_that_points_up_is_found() -> None:
    high = model_of("casework.cases", "cases")
    low = model_of("foundation.directory", "directory", case=models.ForeignKey(high, models.CASCADE, related_name="+"))
    assert [line.split(": ")[1].split(";")[0] for line in check_layers.foreign_keys(low)] == [
        "Thing.case points up to cases"
    ]
    assert list(check_layers.foreign_keys(high)) == []
