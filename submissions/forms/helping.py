"""The shape of a request for help."""

from django import forms

from landespreis import wording
from submissions.models import HelpRequest
from submissions.models.help import MOST_CHARACTERS

Days = HelpRequest.Days


class HelpForm(forms.Form):
    question = forms.CharField(
        label="Wobei brauchen Sie Hilfe?",
        help_text=f"Geht per E-Mail an die Geschäftsstelle. Höchstens {wording.number(MOST_CHARACTERS)} Zeichen.",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "Schreiben Sie, wobei Sie Hilfe brauchen.",
            "max_length": f"Kürzen Sie Ihre Frage auf {wording.number(MOST_CHARACTERS)} Zeichen.",
        },
    )
    days = forms.TypedChoiceField(
        label="Wie lange darf die Geschäftsstelle den Entwurf lesen?",
        choices=Days.choices,
        coerce=int,
        initial=Days.THREE,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Wählen Sie, wie lange die Geschäftsstelle lesen darf.",
            "invalid_choice": "Wählen Sie, wie lange die Geschäftsstelle lesen darf.",
        },
    )
    agreed = forms.BooleanField(
        label="Ja, die Geschäftsstelle darf bis dahin den ganzen Entwurf mit allen Dateien lesen.",
        error_messages={"required": "Ohne Ihre Zustimmung öffnet sich der Entwurf nicht."},
    )
