"""allauth's forms that take a passkey; one that does not fit is written down, which allauth tells nobody."""

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError

from accounts import entrance
from accounts.models import User


class Noted:
    """Mixin: what is no answer of a passkey at all, and what is past the limit of tries, leaves no line."""

    user: User | None
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        auth.parse_authentication_response(self.cleaned_data["credential"])
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "incorrect_code":
                by = context.request.user
                entrance.note_wrong_factor(self.user, by=by if isinstance(by, User) else None)
            raise


class AuthenticateForm(Noted, forms.AuthenticateWebAuthnForm):
    pass


class LoginForm(Noted, forms.LoginWebAuthnForm):
    pass


class ReauthenticateForm(Noted, forms.ReauthenticateWebAuthnForm):
    pass
