"""What people type on the directory's pages, checked and said back in their language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yiwang.foundation.directory import actions, queries
from yiwang.foundation.directory.models import User
from yiwang.foundation.directory.sign_in import LONGEST_PASSWORD
from yiwang.foundation.kernel import identifiers, time
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.ui.language import said

LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]


def checked(check: Callable[[str], str], text: str) -> str:
    """`check(text)`, its refusal said as a form error."""
    try:
        return check(text)
    except (identifiers.InvalidIdentifier, UnacceptableText) as refused:
        raise ValidationError(said(refused.words)) from refused


class Password(forms.CharField):
    """A password box: nothing is trimmed, nothing comes back into the page."""

    def __init__(self, *, label: Any, autocomplete: str, help_text: Any = "", required_message: Any = None) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            strip=False,
            max_length=LONGEST_PASSWORD,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
            error_messages={"required": required_message or gettext_lazy("Enter your password.")},
        )


class SignIn(forms.Form):
    identifier = forms.CharField(
        label=gettext_lazy("User name or phone"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": "80"}
        ),
        error_messages={"required": gettext_lazy("Enter your user name or phone.")},
    )
    password = Password(label=gettext_lazy("Password"), autocomplete="current-password")


class Registration(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("As on your identity card."),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    resident_id = forms.CharField(
        label=gettext_lazy("Resident identity number"),
        help_text=gettext_lazy("18 characters. Departments know you by it; pages show it masked."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter your resident identity number.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        help_text=gettext_lazy("You can sign in with it."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
        error_messages={"required": gettext_lazy("Enter your phone number.")},
    )
    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("3 to 40 letters, digits, dots or hyphens, a letter first."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Choose a user name.")},
    )
    password = Password(
        label=gettext_lazy("Password"),
        autocomplete="new-password",
        help_text=gettext_lazy("At least 8 characters. A sentence that only you would say is best."),
        required_message=gettext_lazy("Choose a password."),
    )

    def clean_name(self) -> str:
        name = checked(lambda text: canonical(text, max_length=64), self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter your name."))
        return name

    def clean_resident_id(self) -> str:
        return checked(identifiers.check_resident_id, self.cleaned_data["resident_id"])

    def clean_phone(self) -> str:
        return checked(identifiers.check_phone, self.cleaned_data["phone"])

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        if not actions.USERNAME.fullmatch(username):
            raise ValidationError(_("Use 3 to 40 letters (a-z), digits, dots or hyphens, and begin with a letter."))
        return username

    def clean(self) -> None:
        password = self.cleaned_data.get("password")
        if password:
            holder = User(username=self.cleaned_data.get("username", ""), name=self.cleaned_data.get("name", ""))
            _judge_password(self, "password", password, holder)

    def as_new_resident(self, language: str) -> actions.NewResident:
        return actions.NewResident(**self.cleaned_data, language=language)


class PasswordChange(forms.Form):
    current = Password(label=gettext_lazy("Your password until now"), autocomplete="current-password")
    new = Password(
        label=gettext_lazy("Your new password"),
        autocomplete="new-password",
        help_text=gettext_lazy("At least 8 characters. A sentence that only you would say is best."),
        required_message=gettext_lazy("Choose a password."),
    )

    def __init__(self, holder: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holder = holder

    def clean(self) -> None:
        if self.cleaned_data.get("new"):
            _judge_password(self, "new", self.cleaned_data["new"], self.holder)


class Language(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of messages to you"), choices=LANGUAGES, widget=forms.RadioSelect
    )


class NewToken(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What is the token for?"),
        max_length=80,
        error_messages={"required": gettext_lazy("Say what the token is for.")},
    )
    password = Password(label=gettext_lazy("Your password"), autocomplete="current-password")


class NewAppointment(forms.Form):
    """An appointment by days: from the morning of the first day until the end of the last."""

    officer = forms.ChoiceField(
        label=gettext_lazy("Officer"), error_messages={"required": gettext_lazy("Choose an officer.")}
    )
    post = forms.ChoiceField(
        label=pgettext_lazy("office", "Post"), error_messages={"required": gettext_lazy("Choose a post.")}
    )
    first_day = forms.CharField(required=False)
    last_day = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(row.id), f"{row.name} ({row.username})") for row in queries.officers() if row.is_active]
        offices = [
            (
                post.code,
                _("%(department)s: %(post)s") % {"department": said(post.department.name), "post": said(post.name)},
            )
            for post in queries.posts()
        ]
        for name, choices in (("officer", people), ("post", offices)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Choose")), *choices]

    def clean_first_day(self) -> date | None:
        return self._day("first_day")

    def clean_last_day(self) -> date | None:
        return self._day("last_day")

    @property
    def since(self) -> datetime | None:
        """The start of the first day; None (from now on) when it is today or was left out."""
        day: date | None = self.cleaned_data["first_day"]
        return None if day is None or day == time.city_date(time.now()) else time.start_of_day(day)

    @property
    def until(self) -> datetime | None:
        day: date | None = self.cleaned_data["last_day"]
        return None if day is None else time.end_of_day(day)

    def _day(self, name: str) -> date | None:
        text = self.cleaned_data[name]
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValidationError(_("This is not a day. Write year, month and day in figures.")) from None
        if day < time.city_date(time.now()) or day.year > 2100:
            raise ValidationError(_("Choose today or a later day."))
        return day


def _judge_password(form: forms.Form, field: str, password: str, holder: User) -> None:
    try:
        validate_password(password, holder)
    except ValidationError as refused:
        form.add_error(field, refused)
