"""The first person of the Administration: an account without a password, and a link by which its owner sets one."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

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
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(f"Zu {email} gibt es schon ein Konto ohne diese Rolle. Nennen Sie eine andere Adresse.")
    user = User.objects.create_superuser(email, name=NAME)
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
    mail.owe("first_administration", user.email, {"link": _link(user), "days": days})
    journal.note(journal.Verb.SIGNED_UP, by=None, about=called(user.pk), account=user.pk, role=NAME)
    return user


def _link(user: User) -> str:
    """Return the address at which a password can be set, once: the key holds a digest of the present one."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    return f"{settings.BASE_URL}{path}"
