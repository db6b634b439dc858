"""Who may do what with what is kept; one sentence each."""

from typing import cast

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin

from landespreis.models import RetentionRun


def may_propose(user: PermissionsMixin) -> bool:
    """Geschäftsstelle: propose, offer to the Landesarchiv, write its answer down, discard."""
    return user.has_perm("landespreis.add_retentionrun")


def may_release(user: PermissionsMixin, run: RetentionRun) -> bool:
    """Whoever has the right to release, but never the person who proposed that run."""
    return user.has_perm("landespreis.release_retentionrun") and run.proposed_by_id != user.pk


def may_set_periods(user: PermissionsMixin) -> bool:
    """Geschäftsstelle: how long what is kept."""
    return user.has_perm("landespreis.change_retentionrule")


def may_hold(user: PermissionsMixin) -> bool:
    """Geschäftsstelle: keep an entry longer, and end that again."""
    return user.has_perm("landespreis.add_retentionhold")


def may_disclose(user: PermissionsMixin) -> bool:
    """Geschäftsstelle: find everything about a person, correct and delete it."""
    return user.has_perm("landespreis.disclose_person")


def account(user: PermissionsMixin) -> AbstractBaseUser:
    """Return the same person as who logs in; the ground knows people by these two sides only."""
    return cast(AbstractBaseUser, user)
