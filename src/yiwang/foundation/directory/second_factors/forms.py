"""What people type about second factors."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from yiwang.foundation.directory.forms import Password

ONE_TIME = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20", "spellcheck": "false"}


class Shown(forms.Form):
    """A code from the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("The code that your app shows"),
        help_text=gettext_lazy("6 digits. Without your phone: one of your recovery codes."),
        max_length=20,
        widget=forms.TextInput(attrs={**ONE_TIME, "inputmode": "text", "autocapitalize": "none"}),
        error_messages={"required": gettext_lazy("Enter the code that your app shows.")},
    )


class NewApp(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The code that your app shows"),
        help_text=gettext_lazy("6 digits, a new one every 30 seconds."),
        max_length=20,
        widget=forms.TextInput(attrs=ONE_TIME),
        error_messages={"required": gettext_lazy("Enter the code that your app shows.")},
    )
    password = Password(label=gettext_lazy("Your password"), autocomplete="current-password")


class Again(forms.Form):
    """One's password, before something that matters."""

    password = Password(label=gettext_lazy("Your password"), autocomplete="current-password")


class NewPasskey(forms.Form):
    """`response` is what the browser answered; a script fills it in."""

    name = forms.CharField(
        label=gettext_lazy("A name for it"),
        help_text=gettext_lazy("Such as “my phone”, so that you know it again."),
        max_length=80,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    password = Password(label=gettext_lazy("Your password"), autocomplete="current-password")
    response = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
