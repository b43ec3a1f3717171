"""What people type about a phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.directory.phones.codes import DIGITS
from yiwang.foundation.kernel import identifiers
from yiwang.foundation.ui.language import said


class Phone(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
        error_messages={"required": gettext_lazy("Enter your phone number.")},
    )

    def clean_phone(self) -> str:
        try:
            return identifiers.check_phone(self.cleaned_data["phone"])
        except identifiers.InvalidIdentifier as refused:
            raise ValidationError(said(refused.words)) from refused


class Code(forms.Form):
    """The phone goes along unseen, checked like a typed one."""

    phone = forms.CharField(max_length=40, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("The code from the message"),
        help_text=gettext_lazy("6 digits. They work for 5 minutes."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Enter the code that we sent you.")},
    )

    def clean_phone(self) -> str:
        return Phone.clean_phone(self)  # type: ignore[arg-type]

    def clean_code(self) -> str:
        code = "".join(str(self.cleaned_data["code"]).split())
        if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
            raise ValidationError(_("The code has 6 digits."))
        return code


def code_for(phone: str, data: Any = None) -> Code:
    """The form for the code that went to this phone."""
    return Code(data) if data is not None else Code(initial={"phone": phone})
