"""Where allauth asks the project: German messages, the tenth wrong password, what a second factor is called."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest

from accounts import ciphers, entrance, second_factor
from accounts.models import User
from landespreis import journal, throttle

FACTOR_ADDED = {"mfa/email/totp_activated", "mfa/email/webauthn_added"}
FACTOR_REMOVED = {"mfa/email/totp_deactivated", "mfa/email/webauthn_removed"}
NOTED = {
    "account/email/password_changed": (journal.Verb.PASSWORD_CHANGED, ""),
    "account/email/password_set": (journal.Verb.PASSWORD_CHANGED, ""),
    "account/email/password_reset": (journal.Verb.PASSWORD_RESET, ""),
    "account/email/email_changed": (journal.Verb.EMAIL_CHANGED, ""),
    "account/email/email_deleted": (journal.Verb.EMAIL_REMOVED, ""),
    "mfa/email/totp_activated": (journal.Verb.FACTOR_ADDED, "Authenticator-App"),
    "mfa/email/totp_deactivated": (journal.Verb.FACTOR_REMOVED, "Authenticator-App"),
    "mfa/email/webauthn_added": (journal.Verb.FACTOR_ADDED, "Passkey"),
    "mfa/email/webauthn_removed": (journal.Verb.FACTOR_REMOVED, "Passkey"),
    "mfa/email/recovery_codes_generated": (journal.Verb.CODES_MADE, ""),
}
"""The change of an account that a mail tells its owner → how the journal calls it, and what it is about."""
WRONG_LOGIN = "E-Mail-Adresse oder Passwort stimmen nicht. Prüfen Sie beides oder setzen Sie Ihr Passwort zurück."
TOO_MANY = "Zu viele Versuche. Warten Sie einige Minuten und versuchen Sie es dann noch einmal."


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Dieses Konto ist gesperrt. Wenden Sie sich an die Geschäftsstelle.",
        "cannot_remove_primary_email": "Mit dieser Adresse melden Sie sich an. Wählen Sie zuerst eine andere "
        "als Hauptadresse.",
        "duplicate_email": "Diese E-Mail-Adresse steht schon in Ihrem Konto.",
        "email_password_mismatch": WRONG_LOGIN,
        "email_taken": "Diese E-Mail-Adresse ist schon vergeben.",
        "enter_current_password": "Geben Sie Ihr jetziges Passwort ein.",
        "incorrect_code": "Dieser Code stimmt nicht. Prüfen Sie die Ziffern oder fordern Sie einen neuen Code an.",
        "incorrect_password": "Dieses Passwort stimmt nicht.",
        "invalid_or_expired_key": "Dieser Link ist ungültig oder abgelaufen. Fordern Sie einen neuen an.",
        "invalid_login": WRONG_LOGIN,
        "invalid_password_reset": "Dieser Link ist ungültig oder abgelaufen. Fordern Sie einen neuen an.",
        "max_email_addresses": "Ein Konto kann höchstens %d E-Mail-Adressen haben.",
        "too_many_login_attempts": TOO_MANY,
        "unknown_email": "Zu dieser E-Mail-Adresse gibt es kein Konto.",
        "unverified_primary_email": "Bestätigen Sie zuerst die Adresse, mit der Sie sich anmelden.",
        "select_only_one": "Wählen Sie nur eines aus.",
        "same_as_current": "Das ist der bisherige Wert. Geben Sie einen neuen ein.",
        "rate_limited": TOO_MANY,
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Answer 429 instead of checking a password once too many were wrong, from here or from anywhere."""
        if throttle.is_exceeded("password", _login(credentials)):
            raise ImmediateHttpResponse(respond_429(request))
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(respond_429(request)) from error

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down a wrong password; never reached once there were too many."""
        by = request.user if isinstance(request.user, User) else None
        throttle.count("password", _login(credentials))
        entrance.note_failure(credentials.get("email") or "", by=by)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords per account and network: who keeps trying shuts out themselves, not the owner.

        From all networks together an account takes `settings.RATE_LIMITS["password"]`.
        """
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{throttle.network(request)}"

    @transaction.atomic
    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        entrance.note_login(request, user)

    @transaction.atomic
    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            journal.note(journal.Verb.LOGGED_OUT, by=request.user)
        super().logout(request)

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        super().save_user(request, user, form, commit)
        if commit:
            journal.note(journal.Verb.SIGNED_UP, by=user)
        return user

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            journal.note(journal.Verb.EMAIL_CONFIRMED, by=email_address.user)
        return confirmed

    @transaction.atomic
    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner and the journal what changed.

        Whoever has just set up a factor has shown it, too; whoever takes one off ends their other sessions.
        """
        if template_prefix in NOTED:
            verb, about = NOTED[template_prefix]
            journal.note(verb, by=user, about=about)
        if template_prefix in FACTOR_ADDED:
            second_factor.remember_shown(self.request, user)
        if template_prefix in FACTOR_REMOVED:
            end_other_sessions(self.request, user)
        super().send_notification_mail(template_prefix, user, context, email)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": "Solange ein zweiter Faktor eingerichtet ist, können Sie keine Adresse hinzufügen.",
        "cannot_delete_authenticator": "Sie können den zweiten Faktor nicht entfernen.",
        "cannot_generate_recovery_codes": "Richten Sie zuerst einen zweiten Faktor ein, dann Notfallcodes.",
        "incorrect_code": "Dieser Code stimmt nicht. Warten Sie auf den nächsten und geben Sie ihn ein.",
        "unverified_email": "Bestätigen Sie zuerst Ihre E-Mail-Adresse, dann richten Sie den zweiten Faktor ein.",
    }

    def encrypt(self, text: str) -> str:
        """Keep secrets of second factors unreadable in the database and its backups."""
        return ciphers.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return ciphers.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # the parameter's name is allauth's
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Landespreis"}


class SessionsAdapter(DefaultUserSessionsAdapter):
    @transaction.atomic
    def end_sessions(self, sessions: list[UserSession]) -> None:
        super().end_sessions(sessions)
        if sessions:
            journal.note(journal.Verb.SESSIONS_ENDED, by=sessions[0].user, number=len(sessions))


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or "").casefold()
