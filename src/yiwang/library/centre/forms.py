"""What officers type at the centre. Texts come back canonical and bounded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.casework.cases.forms import Text
from yiwang.foundation.directory import queries as directory
from yiwang.foundation.directory.actor import Actor
from yiwang.foundation.kernel.text import UnacceptableText, canonical
from yiwang.foundation.kernel.time import city_date, now
from yiwang.foundation.ui.language import said
from yiwang.library.centre import queries, sharing
from yiwang.library.centre.mask_words import OPTIONS
from yiwang.library.centre.questions import Standing
from yiwang.library.centre.sharing import Wanted
from yiwang.library.gateways.contract import Product
from yiwang.library.gateways.grant import Mask

MOST_FIELDS = 200


class Line(forms.CharField):
    """One line, canonical."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return canonical(text, max_length=self.max_length or 300)
        except UnacceptableText as refused:
            raise forms.ValidationError(said(refused.words)) from refused


class Ask(forms.Form):
    """A request to share a product: a choice for each field, then why, on which law, until when."""

    post = forms.ChoiceField(label=_("Who will read it?"))
    purpose = forms.ChoiceField(label=_("What for?"), error_messages={"required": _("Choose a purpose.")})
    basis = Line(
        label=_("Which law gives you this task?"),
        max_length=300,
        help_text=_("Name the law and the article."),
        error_messages={"required": _("Name the law and the article.")},
    )
    reason = Text(label=_("Why do you need it?"), help_text=_("The data steward who decides reads it."))
    rows = Line(
        label=_("Only rows that meet this condition"),
        max_length=1000,
        required=False,
        help_text=_('A FEEL condition over the fields, such as: district = "319901"'),
    )
    until = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Give the last day."), "invalid": _("Give the last day as a date.")},
    )
    most_rows = forms.IntegerField(label=_("Rows in one answer at most"), min_value=1, max_value=1_000_000)
    needs_case = forms.BooleanField(label=_("Only for a case that is named each time"), required=False)
    statistics_only = forms.BooleanField(label=_("Statistics only, never single rows"), required=False)

    def __init__(self, *args: Any, product: Product, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        posts = sorted(by.posts)
        post, purpose = self.fields["post"], self.fields["purpose"]
        assert isinstance(post, forms.ChoiceField)
        assert isinstance(purpose, forms.ChoiceField)
        post.choices = [(each, said(directory.post_name(each))) for each in posts]
        purpose.choices = [("", _("Choose a purpose")), *((c, said(w)) for c, w in queries.purposes().items())]
        self.fields["until"].initial = city_date(now()) + timedelta(days=365)
        self.fields["most_rows"].initial = 100
        self.fields["needs_case"].initial = True
        for field in product.fields[:MOST_FIELDS]:
            self.fields[f"field-{field.name}"] = forms.ChoiceField(
                label=said(field.words),
                required=False,
                choices=[
                    ("", _("Not needed")),
                    *((word, said(OPTIONS[word])) for word, _mask in sharing.masks_for(field)),
                ],
            )

    @property
    def of_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("field-")]

    @property
    def about(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("field-")]

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        masks: dict[str, Mask] = {}
        for field in self.product.fields[:MOST_FIELDS]:
            word = data.get(f"field-{field.name}")
            if word:
                masks[field.name] = dict(sharing.masks_for(field))[word]
        until: date = data["until"]
        return Wanted(
            product=self.product.reference,
            post=data["post"],
            fields=masks,
            purpose=data["purpose"],
            basis=data["basis"],
            reason=data["reason"],
            until=until,
            rows=data["rows"] or None,
            needs_case=data["needs_case"],
            most_rows=data["most_rows"],
            statistics_only=data["statistics_only"],
        )


class Why(forms.Form):
    """A reason: for calling for a ruling, for taking a grant back."""

    why = Text(label=_("Reason"), help_text=_("The other department reads it."))


def standing_words(standing: Standing) -> str:
    """A post and a purpose, as people say it."""
    return f"{said(queries.consumer_words(standing.post))} · {said(queries.purpose_words(standing.purpose))}"


class Query(forms.Form):
    """A question in SQL, in whose name and why it is asked, and for which case where there is one."""

    standing = forms.ChoiceField(label=_("Who asks, and what for?"))
    text = Text(label=_("Question"), help_text=_("In SQL, products by their name in queries."), rows=8)
    case = Line(label=_("Number of the case"), required=False, max_length=32)

    def __init__(self, *args: Any, standings: tuple[Standing, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standings = {standing.key: standing for standing in standings}
        field = self.fields["standing"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, standing_words(standing)) for key, standing in self.standings.items()]

    def clean_standing(self) -> Standing:
        return self.standings[self.cleaned_data["standing"]]
