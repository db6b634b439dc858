"""Whether a person has a second factor, and whether this session has shown it."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes are no factor of their own: they stand in for one of these."""
_SHOWN_BY = "accounts_second_factor_shown_by"


def kinds(user: User) -> set[str]:
    """Return which factors `user` has set up, without recovery codes."""
    return set(Authenticator.objects.filter(user=user, type__in=FACTORS).values_list("type", flat=True))


def is_shown(request: HttpRequest) -> bool:
    """Say whether this session has shown a second factor: at login, when asked again, or by setting one up."""
    if request.session.get(_SHOWN_BY) == request.user.pk:
        return True
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def remember_shown(request: HttpRequest, user: User) -> None:
    """Note in the session that `user` has just shown a second factor."""
    request.session[_SHOWN_BY] = user.pk


@transaction.atomic
def change_key(request: HttpRequest) -> None:
    """Give the session another key, in the list of the person's sessions, too."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def page_to_show(known: set[str]) -> str:
    """Return the path of the page that asks for a factor of the `known` kinds."""
    return reverse("mfa_reauthenticate" if Authenticator.Type.TOTP in known else "mfa_reauthenticate_webauthn")
