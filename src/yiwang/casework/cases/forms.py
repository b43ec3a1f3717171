"""What officers type on the desk. Texts come back canonical, bounded, and with messages that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.casework.cases import facts
from yiwang.casework.cases.queries import PartView
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.kernel.time import city_zone
from yiwang.foundation.ui.language import said

LONGEST_TEXT = 2000
MOST_ITEMS = 20


class Text(forms.CharField):
    """Several lines, canonical."""

    def __init__(self, *, label: Any, help_text: Any = "", required: bool = True, rows: int = 4) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST_TEXT}),
            error_messages={"required": _("Write this down; it goes on record."), "max_length": _("Keep it shorter.")},
        )

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return canonical(text, multiline=True, max_length=LONGEST_TEXT)
        except UnacceptableText as refused:
            raise forms.ValidationError(said(refused.words)) from refused


class Seen(forms.Form):
    """Every form of the desk carries the revision of the part that the officer saw."""

    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class Correction(Seen):
    items = Text(
        label=_("What must the applicant correct?"),
        help_text=_("One line for each thing. This can be said only once, so say everything."),
        rows=6,
    )

    def clean_items(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines()]
        items = [line for line in lines if line]
        if len(items) > MOST_ITEMS:
            raise forms.ValidationError(_("Keep it to %(most)d lines."), params={"most": MOST_ITEMS})
        return items


class Reason(Seen):
    reason = Text(label=_("Reason"), help_text=_("The applicant reads it. Name the rule and the fact."))


class Procedure(Seen):
    procedure = forms.ChoiceField(label=_("Special procedure"), widget=forms.RadioSelect)
    told = Text(label=_("Notice to the applicant"), help_text=_("The law wants the applicant told in writing."))

    def __init__(self, *args: Any, part: PartView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = {stop.procedure.key for stop in part.stops}
        left = [procedure for procedure in part.procedures if procedure.key not in used]
        field = self.fields["procedure"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(procedure.key, said(procedure.name)) for procedure in left]
        if len(left) == 1:
            field.initial = left[0].key


class Result(Seen):
    result = Text(label=_("Result of the special procedure"), help_text=_("The clock runs again once this is saved."))


class Decision(Seen):
    granted = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Grant")), ("no", _("Refuse"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose to grant or to refuse.")},
    )
    reason = Text(label=_("Reasons"), help_text=_("The applicant reads them. A refusal names the rule and the remedy."))

    def __init__(self, *args: Any, part: PartView, proposed: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if part.verdicts:
            choice = self.fields["granted"]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = list(zip(("yes", "no"), map(said, part.verdicts), strict=True))
        self.facts = facts.described(part.creates)
        for name, fact in self.facts.items():
            self.fields[f"fact-{name}"] = forms.CharField(
                label=said(fact.name),
                required=False,
                max_length=fact.longest,
                initial=proposed.get(name, ""),
                help_text=_("Flows on to the other departments when you grant."),
            )

    def created(self) -> dict[str, str]:
        """The facts that a grant creates."""
        return {name: self.cleaned_data[f"fact-{name}"] for name in self.facts}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, fact in self.facts.items() if cleaned.get("granted") == "yes" else ():
            field = f"fact-{name}"
            try:
                cleaned[field] = fact.checked(cleaned.get(field) or "")
            except facts.WrongFact as wrong:
                self.add_error(field, said(wrong.words))
            else:
                if not cleaned[field]:
                    self.add_error(field, _("Enter what this grant creates."))
        return cleaned


class Delivery(Seen):
    means = forms.ChoiceField(
        label=_("How was the result handed over?"),
        choices=[("collection", _("Collected at the window")), ("post", _("Sent by post"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was handed over.")},
    )


class Fee(Seen):
    receipt = forms.CharField(
        label=_("Number of the receipt"),
        max_length=60,
        error_messages={"required": _("Write the number of the receipt that was given for the money.")},
    )

    def clean_receipt(self) -> str:
        try:
            return canonical(self.cleaned_data["receipt"], max_length=60)
        except UnacceptableText as refused:
            raise forms.ValidationError(said(refused.words)) from refused


class Note(Seen):
    text = Text(label=_("Note for colleagues"), help_text=_("The applicant does not see it."), rows=3)


class Transfer(Seen):
    """移送: to which of the department's branches."""

    place = forms.ChoiceField(
        label=_("Which office is competent?"), error_messages={"required": _("Choose the competent office.")}
    )
    reason = Text(label=_("Why?"), help_text=_("The applicant reads it. Name the rule and the fact."), rows=3)

    def __init__(self, *args: Any, part: PartView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        here = directory.department_of(part.department)
        field.choices = [
            ("", _("Choose an office")),
            *(
                (card.place, said(card.name))
                for card in directory.branches(here)
                if len(card.place) == len(part.place) and card.code != part.department
            ),
        ]


class Completion(Seen):
    words = Text(label=_("What did you find?"), required=False, help_text=_("For colleagues and the record."), rows=3)


class Assignment(Seen):
    officer = forms.TypedChoiceField(label=_("Colleague"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, post: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officer"]
        assert isinstance(field, forms.ChoiceField)
        colleagues = directory.officers_in(post.partition("/")[0], post)
        field.choices = [("", _("Nobody: put it back")), *((str(card.id), card.name) for card in colleagues)]


class HandOver(Seen):
    post = forms.ChoiceField(label=_("To which post?"), error_messages={"required": _("Choose a post.")})
    reason = Text(label=_("Why?"), help_text=_("The next officer reads it."), rows=3)

    def __init__(self, *args: Any, current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ChoiceField)
        own = current.partition("/")[0]
        # Whom a task may be handed to: this office, its department, and the city's other departments; a branch
        # elsewhere is not competent, and gets the whole part instead.
        near = {own, directory.department_of(own), *(card.code for card in directory.departments())}
        offered = (card for card in directory.posts() if card.department.code in near)
        cards = sorted(offered, key=lambda card: card.department.code != own)
        field.choices = [
            ("", _("Choose a post")),
            *(
                (card.code, f"{said(card.department.name)} · {said(card.name)}")
                for card in cards
                if card.code != current
            ),
        ]


class Day(forms.SelectDateWidget):
    """The three boxes of a day, named as `ui` names them."""

    year_field, month_field, day_field = "%s-year", "%s-month", "%s-day"


class HearingCall(Seen):
    """When, where, under whom. The day is a date of the city, the hour reads 09:30."""

    day = forms.DateField(
        label=_("On which day?"),
        help_text=_("Seven working days from today at the earliest."),
        widget=Day,
        error_messages={"required": _("Enter the day."), "invalid": _("There is no such day. Enter it anew.")},
    )
    hour = forms.TimeField(
        label=_("At what time?"),
        help_text=_("For example 09:30."),
        input_formats=["%H:%M"],
        widget=forms.TextInput(attrs={"maxlength": 5}),
        error_messages={"required": _("Enter the time."), "invalid": _("Write it like 09:30.")},
    )
    place = forms.CharField(
        label=_("Where?"), max_length=120, error_messages={"required": _("Say where, so that people find it.")}
    )
    chair = forms.TypedChoiceField(
        label=_("Who chairs it?"),
        coerce=int,
        help_text=_("Somebody of your office who has not reviewed this matter."),
        error_messages={"required": _("Choose who chairs it.")},
    )
    subject = Text(label=_("What is it about?"), help_text=_("The applicant reads it in the notice."), rows=3)

    def __init__(self, *args: Any, chairs: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chair"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a colleague")), *((str(number), name) for number, name in chairs.items())]

    def clean_place(self) -> str:
        try:
            return canonical(self.cleaned_data["place"], max_length=120)
        except UnacceptableText as refused:
            raise forms.ValidationError(said(refused.words)) from refused

    def moment(self) -> datetime:
        """When it is (aware)."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"], city_zone())


class Minutes(Seen):
    attended = forms.ChoiceField(
        label=_("Did the applicant come?"),
        choices=[("yes", _("They did")), ("no", _("They did not"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the applicant came.")},
    )
    signed = forms.ChoiceField(
        label=_("Did the applicant sign the minutes?"),
        choices=[("yes", _("They did")), ("no", _("They did not"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the minutes are signed.")},
    )
    minutes = Text(
        label=_("Minutes"),
        help_text=_("Who was there, what each said, which evidence was shown. The decision rests on it."),
        rows=10,
    )
