"""Forms for acting for somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.directory import mandates
from yiwang.foundation.directory.forms import checked
from yiwang.foundation.directory.models import MandateKind
from yiwang.foundation.directory.queries import EnterpriseCard
from yiwang.foundation.kernel import time
from yiwang.foundation.kernel.identifiers import check_resident_id
from yiwang.foundation.kernel.text import canonical
from yiwang.foundation.ui.language import said


class NewMandate(forms.Form):
    """With whom, as what, until the end of which day, and whether records may be told."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=64, error_messages={"required": gettext_lazy("Write the name.")}
    )
    resident_id = forms.CharField(
        label=gettext_lazy("Resident identity number"),
        max_length=24,
        error_messages={"required": gettext_lazy("Write the identity number.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Who is that to you?"),
        error_messages={"required": gettext_lazy("Choose one.")},
        widget=forms.RadioSelect,
    )
    records = forms.BooleanField(required=False)
    last_day = forms.CharField(error_messages={"required": gettext_lazy("Write the last day.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(each.value, said(mandates.NAMES[each])) for each in mandates.BY_RESIDENTS]

    def clean_name(self) -> str:
        return checked(lambda text: canonical(text, max_length=64), self.cleaned_data["name"])

    def clean_resident_id(self) -> str:
        return checked(check_resident_id, self.cleaned_data["resident_id"])

    def clean_last_day(self) -> date:
        try:
            day = date.fromisoformat(self.cleaned_data["last_day"])
        except ValueError:
            raise ValidationError(_("This is not a day. Write year, month and day in figures.")) from None
        if not time.now() < time.end_of_day(day) <= time.now() + mandates.LONGEST:
            raise ValidationError(_("Choose today or a later day, within three years."))
        return day

    def terms(self, services: tuple[str, ...]) -> mandates.Terms:
        until: datetime = time.end_of_day(self.cleaned_data["last_day"])
        return mandates.Terms(MandateKind(self.cleaned_data["kind"]), until, services, self.cleaned_data["records"])


class NewDelegation(NewMandate):
    """Who of the staff acts for which enterprise, in which services: none chosen means all."""

    enterprise = forms.ChoiceField(
        label=gettext_lazy("Enterprise"), error_messages={"required": gettext_lazy("Choose an enterprise.")}
    )
    services = forms.MultipleChoiceField(required=False)

    def __init__(
        self, enterprises: Sequence[EnterpriseCard], services: Sequence[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]
        for name, choices in (
            ("enterprise", [(card.uscc, card.name) for card in enterprises]),
            ("services", list(services)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def terms(self, services: tuple[str, ...]) -> mandates.Terms:
        until: datetime = time.end_of_day(self.cleaned_data["last_day"])
        return mandates.Terms(MandateKind.STAFF, until, services, self.cleaned_data["records"])
