"""Logging somebody in, and writing down who came, who was turned away, and who left."""

from datetime import timedelta

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User
from landespreis import clock, journal
from landespreis.models import Trace

Verb = journal.Verb
QUIET = timedelta(hours=1)
"""So long after a refusal those of the same person in the same area leave no line."""
MARK = 16
"""How many digits stand for an address to which there is no account: enough to see that it is the same one again."""


def log_in(request: HttpRequest, user: User, *, how: str, backend: str | None = None) -> None:
    """Log `user` in by another way than the login page; `how` names it in the journal.

    The session stands in the list of theirs, as after the login page: what ends all of them ends it, too.
    """
    with transaction.atomic():
        login(request, user, backend=backend)
        UserSession.objects.create_from_request(request)
        journal.note(Verb.LOGGED_IN, by=user, how=[how])


def note_login(request: HttpRequest, user: User) -> None:
    """Write down that somebody has just logged in, and with what: password, totp, webauthn, recovery_codes."""
    shown = get_authentication_records(request, user)
    journal.note(Verb.LOGGED_IN, by=user, how=[record.get("type") or record["method"] for record in shown])


def note_failure(email: str, *, by: User | None) -> None:
    """Write down that a password was wrong: for which account, or where there is none, a mark of the address.

    The address itself may be anybody's, or a password in the wrong field, so it is not kept. `by` is who was already
    logged in and was asked again.
    """
    account = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
    if account is None:
        mark = salted_hmac("accounts.entrance", email.lower(), algorithm="sha256").hexdigest()[:MARK]
        journal.note(Verb.LOGIN_FAILED, by=by, about="Adresse ohne Konto", mark=mark)
    else:
        journal.note(Verb.LOGIN_FAILED, by=by, about=called(account), account=account)


def note_wrong_factor(user: User | None, *, by: User | None) -> None:
    """Write down that a code or passkey was wrong; `user` is None where it came without a password before.

    `by` is who was already logged in and was asked again.
    """
    if user is None:
        journal.note(Verb.CODE_FAILED, by=by, about="Passkey ohne Konto")
    else:
        journal.note(Verb.CODE_FAILED, by=by, about=called(user.pk), account=user.pk)


def note_refused(user: User, area: str, *, page: str, status: int) -> None:
    """Write down that somebody was refused a page of a protected area: the first time in an hour, not each one."""
    before = Trace.objects.filter(by=user, verb=Verb.ACCESS_REFUSED, about=area, at__gt=clock.now() - QUIET)
    if not before.exists():
        journal.note(Verb.ACCESS_REFUSED, by=user, about=area, page=page, status=status)


def called(account: int) -> str:
    """Return how the journal names an account: it stays when the person's name is deleted."""
    return f"Konto {account}"
