"""What is asked for before a verb on what is kept, and who asks."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.http import HttpRequest

from landespreis.models import RetentionRun


def person(request: HttpRequest) -> Any:
    """Return who asks: the admin lets nobody in who is not logged in. Accounts are another app, so no type."""
    return request.user


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        error_messages={"required": "Bitte nennen Sie den Grund."},
        help_text="Steht im Verlauf des Portals. Bitte keine Namen und keine Inhalte.",
    )


class OfferForm(forms.Form):
    on = forms.DateField(label="Angeboten am", widget=AdminDateWidget)


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(label="Antwort", choices=RetentionRun.Answer.choices)
    on = forms.DateField(label="Vom", widget=AdminDateWidget)
    reference = forms.CharField(
        label="Aktenzeichen", max_length=100, required=False, help_text="Leer nur, wenn keine Antwort kam."
    )
