"""What officers type to see a record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.casework.cases import queries as cases
from yiwang.foundation.directory.actor import Actor
from yiwang.library.centre.forms import Line, standing_words
from yiwang.library.centre.questions import Standing
from yiwang.library.subjects import golden
from yiwang.library.subjects.golden import Sought


class Whose(forms.Form):
    """Whose record, in whose name, what for, and for which case where a grant wants to know."""

    standing = forms.ChoiceField(label=_("Who asks, and what for?"))
    who = Line(
        label=_("Whose record?"),
        max_length=40,
        help_text=_("An identity number, a unified social credit code, or an id that linkage gave."),
        error_messages={"required": _("Give an identity number, a credit code or an id.")},
    )
    case = Line(label=_("Number of the case"), required=False, max_length=32)

    def __init__(self, *args: Any, standings: tuple[Standing, ...], by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.standings = {standing.key: standing for standing in standings}
        field = self.fields["standing"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, standing_words(standing)) for key, standing in self.standings.items()]

    def clean_standing(self) -> Standing:
        return self.standings[self.cleaned_data["standing"]]

    def clean_who(self) -> Sought:
        try:
            return golden.sought(self.cleaned_data["who"])
        except golden.Unknown:
            raise forms.ValidationError(
                _("This is no identity number, credit code or id. Check every character.")
            ) from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if "case" in data and "standing" in data:
            if data["case"] and not cases.may_see(data["case"], self.by):
                self.add_error("case", _("There is no such case in your department."))
            elif not data["case"] and golden.needs_case(data["standing"]):
                self.add_error("case", _("Your grant wants to know for which case. Give its number."))
        return data
