"""The shape of a partner: chosen from the register, or named freely."""

from django import forms

from accounts.fields import NAMED_CANDIDATES, MunicipalityField, MunicipalityInput
from accounts.forms import MUNICIPALITY_HELP, one_line
from submissions.models import Partner

FREE_KINDS = [(kind.value, kind.label) for kind in Partner.Kind if kind != Partner.Kind.REGISTER]


class RegisterPartnerForm(forms.Form):
    partner = MunicipalityField(
        help_text=MUNICIPALITY_HELP,
        error_messages={"required": "Nennen Sie die Kommune, die Sie aufnehmen wollen."},
    )

    @property
    def candidates(self) -> list[str]:
        """What the typed text can mean when it means several; each can be sent as it is."""
        widget = self.fields["partner"].widget
        return widget.candidates[:NAMED_CANDIDATES] if isinstance(widget, MunicipalityInput) else []


class NamedPartnerForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=150,
        validators=[one_line],
        help_text="Der amtliche oder eingetragene Name, zum Beispiel „Gemeente Venlo“.",
        error_messages={
            "required": "Schreiben Sie den Namen des Partners.",
            "max_length": "Kürzen Sie den Namen auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
        },
    )
    kind = forms.ChoiceField(
        label="Art",
        choices=FREE_KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Wählen Sie die Art des Partners.", "invalid_choice": "Wählen Sie eine der Arten."},
    )
    country = forms.ChoiceField(
        label="Land",
        choices=Partner.Country.choices,
        initial=Partner.Country.DE,
        error_messages={"required": "Wählen Sie das Land.", "invalid_choice": "Wählen Sie ein Land aus der Liste."},
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())
