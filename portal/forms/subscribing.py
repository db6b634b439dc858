"""The form that asks for the newsletter: an address and nothing else."""

from django import forms

from accounts.forms import one_line
from portal.forms.robots import PersonForm


class SubscribeForm(PersonForm):
    email = forms.EmailField(
        label="E-Mail-Adresse",
        help_text="Dorthin senden wir zuerst eine Nachricht, in der Sie die Anmeldung bestätigen.",
        max_length=254,
        validators=[one_line],
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": "Nennen Sie die Adresse, an die der Newsletter gehen soll.",
            "invalid": "Das ist keine vollständige E-Mail-Adresse. Schreiben Sie sie so: name@kommune.example.",
            "max_length": "Kürzen Sie auf höchstens %(limit_value)d Zeichen; es sind %(show_value)d.",
        },
    )
