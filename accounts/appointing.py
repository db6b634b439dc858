"""The first person of the Administration, and the way back in when nobody of it gets in: verbs of the operator.

A new account has no password, but a link by which its owner sets one.
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts import access
from accounts.entrance import called
from accounts.models import User
from landespreis import journal, mail
from landespreis.refusal import Refused

NAME = "Administration"


@transaction.atomic
def appoint_first(email: str) -> User:
    """Make the account of the first Administration and owe it a mail with a link that sets the password once.

    The link stands nowhere else: whoever reads logs or the command line gets no account. The address is confirmed and
    the second factor set up at the first login, like everybody's. Raises Refused when there is an Administration
    already or when the address has an account, and ValidationError when it is no address.
    """
    validate_email(email)
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        raise Refused("Es gibt schon eine Administration; weitere Personen nimmt sie selbst auf.")
    return _appoint(email)


@transaction.atomic
def let_in(email: str, *, reason: str) -> User:
    """Let somebody of the Administration in although there is one: its devices are lost, or it has left.

    With the address of an account of the Administration, that account loses its second factors and sessions, as by
    `access.reset_second_factors`; with one that has no account, a further Administration is made as by `appoint_first`.
    Any other account stays what it is: roles are given in the admin. Journals with the reason. Raises as
    `appoint_first`, and Refused without a reason.
    """
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    user = User.objects.filter(email__iexact=email, is_superuser=True, is_active=True).first()
    if user is None:
        validate_email(email)
        return _appoint(email, reason=reason.strip())
    access.forget_second_factors([user], by=None, reason=reason)
    return user


def _appoint(email: str, **why: str) -> User:
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(f"Zu {email} gibt es schon ein Konto ohne diese Rolle. Nennen Sie eine andere Adresse.")
    user = User.objects.create_superuser(email, name=NAME)
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
    mail.owe("first_administration", user.email, {"link": _link(user), "days": days})
    journal.note(journal.Verb.SIGNED_UP, by=None, about=called(user.pk), account=user.pk, role=NAME, **why)
    return user


def _link(user: User) -> str:
    """Return the address at which a password can be set, once: the key holds a digest of the present one."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return f"{settings.BASE_URL}{path}"
