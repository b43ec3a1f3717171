"""What an administrator types when an officer comes, moves or goes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.directory import actions, queries
from yiwang.foundation.directory.officers.actions import Joiner
from yiwang.foundation.directory.queries import OfficerRow
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.ui.language import said


def offices(taken: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Posts as one reads them, without those that are `taken`."""
    return [
        (card.code, _("%(department)s: %(post)s") % {"department": said(card.department.name), "post": said(card.name)})
        for card in queries.posts()
        if card.code not in taken
    ]


class NewOfficer(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=64, error_messages={"required": gettext_lazy("Enter the name.")}
    )
    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("3 to 40 letters, digits, dots or hyphens, a letter first."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Choose a user name.")},
    )
    post = forms.ChoiceField(
        label=gettext_lazy("First post"), error_messages={"required": gettext_lazy("Choose a post.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "post", offices())

    def clean_name(self) -> str:
        try:
            return canonical(self.cleaned_data["name"], max_length=64)
        except UnacceptableText as refused:
            raise ValidationError(said(refused.words)) from refused

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        if not actions.USERNAME.fullmatch(username):
            raise ValidationError(_("Use 3 to 40 letters (a-z), digits, dots or hyphens, and begin with a letter."))
        return username

    def as_joiner(self) -> Joiner:
        return Joiner(self.cleaned_data["username"], self.cleaned_data["name"], (self.cleaned_data["post"],))


class Going(forms.Form):
    """To whom the tasks go."""

    successor = forms.ChoiceField(
        label=gettext_lazy("Who takes over their tasks?"),
        help_text=gettext_lazy("Only tasks of posts that the colleague holds; all others go back to the post."),
        required=False,
    )

    def __init__(self, officer: OfficerRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = [
            (str(row.id), f"{row.name} ({row.username})")
            for row in queries.officers()
            if row.is_active and row.id != officer.id and any(term.state == "current" for term in row.terms)
        ]
        field = self.fields["successor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody: back to the post")), *colleagues]

    @property
    def to(self) -> int | None:
        chosen = self.cleaned_data.get("successor")
        return int(chosen) if chosen else None


class Moving(Going):
    gone = forms.ChoiceField(label=gettext_lazy("Post to leave"), required=False)
    taken = forms.ChoiceField(label=gettext_lazy("Post to take"), required=False)
    field_order = ("gone", "taken", "successor")

    def __init__(self, officer: OfficerRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(officer, *args, **kwargs)
        held = frozenset(term.post.code for term in officer.terms if term.state != "over")
        here = [each for each in offices() if each[0] in held]
        for name, choices in (("gone", here), ("taken", offices(held))):
            _choices(self, name, choices, _("None"))


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]], empty: str = "") -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", empty or _("Choose")), *choices]
