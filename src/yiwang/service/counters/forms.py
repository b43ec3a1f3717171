"""Forms at a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yiwang.foundation.directory.forms import checked
from yiwang.foundation.directory.in_person import Card
from yiwang.foundation.kernel.identifiers import check_phone, check_resident_id
from yiwang.foundation.kernel.text import canonical
from yiwang.foundation.ui.language import said
from yiwang.service.counters.actions import Visitor
from yiwang.service.counters.queries import HallCard


class OpenWindow(forms.Form):
    """At which window of which hall."""

    hall = forms.ChoiceField(
        label=gettext_lazy("Where do you serve today?"),
        error_messages={"required": gettext_lazy("Choose one.")},
        widget=forms.RadioSelect,
    )
    window = forms.IntegerField(
        label=gettext_lazy("Number of the window or seat"),
        min_value=1,
        max_value=200,
        error_messages={"required": gettext_lazy("Write the number.")},
    )

    def __init__(self, halls: Sequence[HallCard], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hall = self.fields["hall"]
        assert isinstance(hall, forms.ChoiceField)
        hall.choices = [(each.code, said(each.name)) for each in halls]
        if len(halls) == 1:
            hall.initial = halls[0].code


class Welcome(forms.Form):
    """What the identity card says, or what a caller says."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=64, error_messages={"required": gettext_lazy("Write the name.")}
    )
    resident_id = forms.CharField(
        label=gettext_lazy("Resident identity number"),
        max_length=24,
        error_messages={"required": gettext_lazy("Write the identity number.")},
    )
    phone = forms.CharField(label=gettext_lazy("Telephone, if they give one"), max_length=24, required=False)
    card_seen = forms.BooleanField(required=False)
    account = forms.CharField(required=False, max_length=3)

    def clean_name(self) -> str:
        return checked(lambda text: canonical(text, max_length=64), self.cleaned_data["name"])

    def clean_resident_id(self) -> str:
        return checked(check_resident_id, self.cleaned_data["resident_id"])

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        return checked(check_phone, phone) if phone else ""

    def visitor(self) -> Visitor:
        given = self.cleaned_data
        theirs = {"yes": True, "no": False}.get(given["account"])
        return Visitor(Card(given["name"], given["resident_id"], given["phone"]), given["card_seen"], theirs)
