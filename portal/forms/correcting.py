"""What editors enter about a proposal that waits: the reason to hand it back, and small corrections."""

from typing import Any

from django import forms

from accounts.forms import one_line
from portal.actions import completeness
from portal.forms.proposals import TopicsField
from portal.forms.richtext import RichTextField
from portal.models import ProjectCategory, Proposal
from submissions.forms.text import normalised, validate_readable


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        max_length=2000,
        validators=[validate_readable],
        widget=forms.Textarea({"rows": 6, "class": "vLargeTextField"}),
        help_text="Sagen Sie, was zu ändern ist. Der Text geht so an die Kommune.",
        error_messages={"required": "Nennen Sie den Grund: Die Kommune muss wissen, was sie ändern soll."},
    )

    def clean_reason(self) -> str:
        return normalised(self.cleaned_data["reason"])


class CorrectionForm(forms.Form):
    title = forms.CharField(
        label="Titel", max_length=150, validators=[one_line], widget=forms.TextInput({"class": "vLargeTextField"})
    )
    category = forms.ModelChoiceField(ProjectCategory.objects.all(), label="Kategorie", empty_label=None)
    topics = TopicsField()
    abstract = forms.CharField(
        label="Kurzbeschreibung",
        max_length=completeness.limit("abstract"),
        validators=[validate_readable],
        widget=forms.Textarea({"rows": 5, "class": "vLargeTextField"}),
    )
    body = RichTextField(label="Text", max_length=completeness.limit("body"), pictures=False)
    website = forms.URLField(
        label="Internetseite",
        required=False,
        assume_scheme="https",
        widget=forms.TextInput({"class": "vLargeTextField"}),
    )

    @classmethod
    def of(cls, proposal: Proposal) -> dict[str, Any]:
        """Return what the form shows of a proposal before anything is corrected."""
        values = {name: getattr(proposal, name) for name in cls.base_fields if name != "topics"}
        return values | {"topics": list(proposal.topics.all())}

    def clean_abstract(self) -> str:
        return normalised(self.cleaned_data["abstract"])
