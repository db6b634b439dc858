"""The declaration on a juror's bias about an entry."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from jury.models import Recusal
from submissions.forms.text import normalised, validate_readable

CLEAR, BIASED = "nein", "ja"
KINDS = ((CLEAR, "Ich bin nicht befangen."), (BIASED, "Ich bin befangen oder kann es nicht ausschließen."))


class DeclarationForm(forms.Form):
    """Nothing is preselected. Reason and explanation count for a bias only.

    `declared`: the person stated before not to be biased, so only a bias can be declared.
    """

    erklaerung = forms.ChoiceField(
        label="Ihre Erklärung",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Wählen Sie eine der beiden Erklärungen.",
            "invalid_choice": "Wählen Sie eine der beiden Erklärungen.",
        },
    )
    grund = forms.ChoiceField(
        label="Welcher Grund trifft zu?",
        choices=Recusal.Reason.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Diesen Grund gibt es nicht. Wählen Sie einen der angebotenen."},
    )
    erlaeuterung = forms.CharField(
        label="Erläuterung",
        required=False,
        widget=forms.Textarea({"rows": 3, "cols": 40}),
        help_text="Ein oder zwei Sätze. Sie stehen in der Niederschrift; sonst liest sie nur die Geschäftsstelle.",
    )

    def __init__(self, *args: Any, declared: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("grund", "erlaeuterung"):
            self.fields[name].optional = False  # type: ignore[attr-defined]
        self.fields["erlaeuterung"].validators = [validate_readable, _validate_length]
        if declared:
            del self.fields["erklaerung"]

    def clean_erlaeuterung(self) -> str:
        return normalised(self.cleaned_data["erlaeuterung"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.is_biased:
            for name in ("grund", "erlaeuterung"):  # what is left over from another thought does not count
                self.errors.pop(name, None)
            return data
        if "grund" not in self.errors and not data.get("grund"):
            self.add_error("grund", "Wählen Sie den Grund, der zutrifft.")
        if "erlaeuterung" not in self.errors and not data.get("erlaeuterung"):
            self.add_error("erlaeuterung", "Erläutern Sie den Grund in ein oder zwei Sätzen.")
        return data

    @property
    def is_biased(self) -> bool:
        """Whether a bias is declared; only for a cleaned form."""
        return "erklaerung" not in self.fields or self.cleaned_data.get("erklaerung") == BIASED


def _validate_length(text: str) -> None:
    surplus = len(text) - 1000
    if surplus > 0:
        raise ValidationError(f"Kürzen Sie um {surplus} Zeichen. Erlaubt sind 1.000.", code="too_long")
