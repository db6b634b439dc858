"""The shape of setting up an account from an invitation, and of accepting the notice."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import password_validation

from accounts.forms import one_line
from accounts.models import User
from jury.models import Juror

Data = Mapping[str, Any] | None


class AccountForm(forms.Form):
    """Name and password of a new account; its address is the invited one."""

    name = forms.CharField(
        label="Vor- und Nachname",
        max_length=120,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Nennen Sie Ihren Vor- und Nachnamen."},
    )
    password = forms.CharField(
        label="Passwort",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="Mindestens 10 Zeichen, kein häufiges Passwort.",
        error_messages={"required": "Wählen Sie ein Passwort."},
    )

    def __init__(self, juror: Juror, data: Data = None) -> None:
        super().__init__(data, initial={"name": juror.name})
        self.email = juror.email

    def clean(self) -> dict[str, Any]:
        """Judge the password together with name and address, which it must not resemble."""
        values = super().clean() or {}
        if "password" in values:
            person = User(email=self.email, name=values.get("name", ""))
            try:
                password_validation.validate_password(values["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class NoticeForm(forms.Form):
    accepted = forms.BooleanField(
        label="Ich habe die Hinweise gelesen und halte mich daran.",
        error_messages={"required": "Setzen Sie den Haken, wenn Sie die Hinweise gelesen haben und sich daran halten."},
    )
