"""The shape of what people enter about themselves: sign-up, login, name, municipality."""

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import HttpRequest

from accounts import actions, passwords
from accounts.fields import MunicipalityField
from accounts.models import User

one_line = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]",
    "Schreiben Sie nur in eine Zeile, ohne Steuerzeichen.",
    code="control_characters",
    inverse_match=True,
)
"""Also without what turns the direction of writing: a name would read backwards, and others with it."""
MUNICIPALITY_HELP = "Tippen Sie den Namen oder den AGS und wählen Sie einen Eintrag aus der Liste."
DEPARTMENT_HELP = "Zum Beispiel „Fachbereich 3 – Digitales“ oder „Büro der Bürgermeisterin“."


def _name_field() -> forms.CharField:
    return forms.CharField(
        label="Vor- und Nachname",
        max_length=120,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Nennen Sie Ihren Vor- und Nachnamen."},
    )


def _department_field() -> forms.CharField:
    return forms.CharField(
        label="Fachbereich",
        max_length=120,
        validators=[one_line],
        help_text=DEPARTMENT_HELP,
        error_messages={"required": "Nennen Sie den Fachbereich, in dem Sie arbeiten."},
    )


class SignupForm(AllauthSignupForm):
    name = _name_field()
    municipality = MunicipalityField(label="Ihre Kommune", help_text=MUNICIPALITY_HELP)
    department = _department_field()
    field_order = ("name", "email", "password1", "municipality", "department")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Dienstliche E-Mail-Adresse"
        self.fields["email"].help_text = "Damit melden Sie sich an. Wir senden Ihnen gleich einen Code dorthin."
        self.fields["email"].error_messages["required"] = "Nennen Sie Ihre dienstliche E-Mail-Adresse."
        self.fields["password1"].label = "Passwort"
        self.fields[
            "password1"
        ].help_text = "Mindestens 10 Zeichen, kein häufiges Passwort, nicht nur Kommune und Jahr."
        self.fields["password1"].error_messages["required"] = "Wählen Sie ein Passwort."
        _drop_placeholders(self)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        town = data.get("municipality")
        if town and data.get("password1") and passwords.is_of_this_place(data["password1"], [town.name]):
            self.add_error("password1", passwords.OF_THIS_PLACE)
        return data

    def try_save(self, request: HttpRequest) -> Any:
        """Take as long for an address that has an account: its password is hashed, too, and dropped."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """Create the person and the waiting membership, or neither."""
        user: User = super().save(request)
        return user

    def signup(self, request: HttpRequest, user: User) -> None:
        """Add what allauth does not know; called by `save`, inside its transaction."""
        data = self.cleaned_data
        actions.join(user, municipality=data["municipality"], department=data["department"])


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-Mail-Adresse"
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["login"].error_messages["required"] = "Geben Sie Ihre E-Mail-Adresse ein."
        self.fields["password"].label = "Passwort"
        self.fields["password"].error_messages["required"] = "Geben Sie Ihr Passwort ein."
        _drop_placeholders(self)


class ProfileForm(forms.ModelForm[User]):
    name = _name_field()

    class Meta:
        model = User
        fields = ("name",)


class MembershipForm(forms.Form):
    municipality = MunicipalityField(help_text=MUNICIPALITY_HELP)
    department = _department_field()


class DeleteAccountForm(forms.Form):
    sure = forms.BooleanField(
        label="Ja, mein Konto soll gelöscht werden. Das lässt sich nicht rückgängig machen.",
        error_messages={"required": "Setzen Sie den Haken, wenn Sie Ihr Konto wirklich löschen wollen."},
    )


def _drop_placeholders(form: forms.BaseForm) -> None:
    """Take allauth's placeholders away: they repeat the label and vanish while typing."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
