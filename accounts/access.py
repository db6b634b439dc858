"""The verbs on how somebody gets in, and as what: roles, lock and unlock, end sessions, reset a second factor."""

from collections.abc import Collection, Sequence

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import permissions
from accounts.entrance import called
from accounts.models import User
from landespreis import journal
from landespreis.outgoing import Outgoing, owe_all
from landespreis.refusal import NotAllowed, Refused

ADMINISTRATION = "Administration"
"""What the role is called that no group stands for."""


@transaction.atomic
def assign_roles(user: User, *, by: User, roles: Collection[Group], is_administration: bool, reason: str) -> User:
    """Give `user` exactly these roles; whoever has one may enter the Verwaltung. Journals what was given and taken.

    Raises NotAllowed, or Refused without a reason, without a change, for a deleted account, and where no Administration
    would be left.
    """
    if not permissions.may_assign_roles(by):
        raise NotAllowed("Rollen vergibt nur die Administration.")
    fresh = _there(user, reason)
    before, after = set(fresh.roles), {group.name for group in roles}
    after |= {ADMINISTRATION} if is_administration else set()
    is_staff = bool(after)
    if before == after and fresh.is_staff == is_staff:
        raise Refused("Diese Rollen hat die Person schon.")
    if not is_administration:
        require_another_administration(fresh)
    fresh.groups.set(roles)
    fresh.is_superuser, fresh.is_staff = is_administration, is_staff
    fresh.save(update_fields=["is_superuser", "is_staff"])
    given, taken = sorted(after - before), sorted(before - after)
    _note(journal.Verb.ROLES_CHANGED, fresh, by, reason, given=given, taken=taken)
    return fresh


@transaction.atomic
def lock(user: User, *, by: User, reason: str) -> User:
    """Let `user` in no more, and log them out everywhere; what is theirs stays. Journals.

    Raises NotAllowed, or Refused without a reason, for a locked account, and for the only Administration there is.
    """
    fresh = _lockable(user, by, reason)
    if not fresh.is_active:
        raise Refused("Das Konto ist schon gesperrt.")
    require_another_administration(fresh)
    fresh.is_active = False
    fresh.save(update_fields=["is_active"])
    log_out([fresh])
    _note(journal.Verb.ACCOUNT_LOCKED, fresh, by, reason)
    return fresh


@transaction.atomic
def unlock(user: User, *, by: User, reason: str) -> User:
    """Let `user` in again. Journals. Raises NotAllowed, or Refused without a reason and for an account in use."""
    fresh = _lockable(user, by, reason)
    if fresh.is_active:
        raise Refused("Das Konto ist nicht gesperrt.")
    fresh.is_active = True
    fresh.save(update_fields=["is_active"])
    _note(journal.Verb.ACCOUNT_UNLOCKED, fresh, by, reason)
    return fresh


@transaction.atomic
def reset_second_factors(users: Sequence[User], *, by: User, reason: str) -> None:
    """Remove every factor of `users`, who have lost them, end their sessions and owe each a mail; as many queries for
    several as for one. Journals. Raises NotAllowed, or Refused without a reason.
    """
    if not permissions.may_reset_second_factor(by):
        raise NotAllowed("Den zweiten Faktor setzt nur die Administration zurück.")
    _require_reason(reason)
    forget_second_factors(users, by=by, reason=reason)


def forget_second_factors(users: Sequence[User], *, by: User | None, reason: str) -> None:
    """What `reset_second_factors` does, in the transaction of a verb; `by` is None where the operator asks for it."""
    Authenticator.objects.filter(user__in=users).delete()
    log_out(users)
    told = [(called(user.pk), {"account": user.pk, "reason": reason.strip()}) for user in users]
    journal.note_each(journal.Verb.FACTOR_RESET, told, by=by)
    owe_all(Outgoing("second_factor_reset", [user.email], {"person": user}) for user in users)


@transaction.atomic
def end_sessions(user: User, *, by: User, reason: str) -> int:
    """Log `user` out everywhere, for instance after a device was lost; return how many sessions ended.

    Journals with the reason. Raises NotAllowed, or Refused without a reason.
    """
    if not permissions.may_end_sessions(by):
        raise NotAllowed("Sitzungen anderer beendet nur die Administration.")
    _require_reason(reason)
    number = log_out([user])
    _note(journal.Verb.SESSIONS_ENDED, user, by, reason, number=number)
    return number


def log_out(users: Sequence[User]) -> int:
    """End every session of `users`, in the transaction of a verb; return how many ended."""
    rows = UserSession.objects.filter(user__in=users)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def require_another_administration(user: User) -> None:
    """Raise Refused where `user` is the only Administration that gets in."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise Refused("Dies ist die einzige Administration. Geben Sie diese Rolle zuerst einer anderen Person.")


def _lockable(user: User, by: User, reason: str) -> User:
    fresh = _there(user, reason)
    if not permissions.may_lock(by, fresh):
        raise NotAllowed("Konten sperrt die Geschäftsstelle, die der Verwaltung die Administration, nie das eigene.")
    return fresh


def _there(user: User, reason: str) -> User:
    """Return the account, locked against others' verbs."""
    _require_reason(reason)
    fresh = User.objects.select_for_update().get(pk=user.pk)
    if fresh.is_gone:
        raise Refused("Dieses Konto ist gelöscht.")
    return fresh


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")


def _note(verb: journal.Verb, user: User, by: User, reason: str, **detail: object) -> None:
    journal.note(verb, by=by, about=called(user.pk), account=user.pk, reason=reason.strip(), **detail)
