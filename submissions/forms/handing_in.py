"""What is said when an entry is submitted, withdrawn or set back."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts.models import Municipality

REQUIRED = ("conditions", "correctness", "bodies", "privacy")
UNSEEN = "unseen"
"""What counts as the fingerprint where the form brought none: it never matches, so the person looks once more."""


_with_link = lazy(format_html, str)
"""Made when the label is shown: who only submits needs no address."""


def _must(message: str, label: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, error_messages={"required": message})


class DeclarationForm(forms.Form):
    """Four declarations that nobody ticks for the person, one consent, and what the person had seen."""

    conditions = _must(
        "Bitte erkennen Sie die Teilnahmebedingungen an.",
        _with_link(
            'Die <a href="{}">Teilnahmebedingungen</a> sind gelesen und werden anerkannt.', reverse_lazy("portal:award")
        ),
    )
    correctness = _must(
        "Bitte bestätigen Sie, dass die Angaben richtig sind.",
        "Alle Angaben sind nach bestem Wissen richtig und vollständig.",
    )
    bodies = _must(
        "Bitte bestätigen Sie die Zustimmung der Gremien.",
        "Die zuständigen Gremien aller beteiligten Kommunen haben der Zusammenarbeit zugestimmt.",
    )
    privacy = _must(
        "Bitte nehmen Sie die Hinweise zum Datenschutz zur Kenntnis.",
        _with_link(
            'Die <a href="{}">Hinweise zum Datenschutz</a> sind zur Kenntnis genommen, '
            "auch von den genannten Ansprechpersonen.",
            reverse_lazy("portal:page", args=["datenschutz"]),
        ),
    )
    publication = forms.BooleanField(
        label="Die Kurzbeschreibung darf nach der Preisverleihung im Projektverzeichnis erscheinen.",
        help_text="Ohne diese Zustimmung ändert sich an der Bewertung nichts.",
        required=False,
    )
    seen = forms.CharField(label="Stand dieser Seite", required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publication"].optional = False  # type: ignore[attr-defined]  # its legend says it

    @property
    def declarations(self) -> dict[str, bool]:
        """What was ticked, also where something else is missing; after validation."""
        return {name: bool(self.cleaned_data.get(name)) for name in (*REQUIRED, "publication")}

    @property
    def fingerprint(self) -> str:
        """The draft the person had looked at; after validation."""
        return self.cleaned_data.get("seen") or UNSEEN


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Grund",
        help_text="Nur die Geschäftsstelle liest ihn. Höchstens 1.000 Zeichen.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    confirm = forms.BooleanField(
        label="Ja, diese Einreichung soll nicht mehr am Wettbewerb teilnehmen.",
        error_messages={"required": "Bitte bestätigen Sie, dass Sie zurückziehen wollen."},
    )


class ResetForm(forms.Form):
    confirm = forms.BooleanField(
        label="Ja, die Änderungen seit dieser Version sollen aus dem Entwurf verschwinden.",
        error_messages={"required": "Bitte bestätigen Sie, dass Sie zurücksetzen wollen."},
    )


def on_behalf(lead: Municipality | None) -> str:
    """Return the words over the declarations: «Ich erkläre für die Stadt Soest»."""
    if lead is None:
        return "Ich erkläre"
    masculine = lead.kind in {Municipality.Kind.DISTRICT, Municipality.Kind.ASSOCIATION}
    article = "den" if masculine and not lead.label.lower().startswith("städteregion") else "die"
    return f"Ich erkläre für {article} {lead.label}"
