"""Who may do what with people and memberships; one sentence each."""

from accounts.models import User


def may_decide_membership(user: User) -> bool:
    """Those who may change memberships: the Geschäftsstelle and the Administration."""
    return user.has_perm("accounts.change_membership")


def may_delete_account(by: User, user: User) -> bool:
    """Everybody their own account; the Administration any account."""
    return by == user or by.is_superuser


def may_correct(by: User, user: User) -> bool:
    """The Administration any account; at the person's request the Geschäftsstelle those outside the Verwaltung."""
    may: bool = by.is_superuser or (by.has_perm("landespreis.disclose_person") and not _of_office(user))
    return may


def may_lock(by: User, user: User) -> bool:
    """The Administration any account, the Geschäftsstelle those outside the Verwaltung; nobody their own."""
    may: bool = by.is_superuser or (by.has_perm("accounts.change_user") and not _of_office(user))
    return may and by != user


def may_assign_roles(by: User) -> bool:
    """The Administration only, because roles are rights."""
    return by.is_superuser


def may_correct_address(by: User) -> bool:
    """The Administration only, because whoever has the address can set a new password."""
    return by.is_superuser


def may_reset_second_factor(by: User) -> bool:
    """The Administration only, because it opens the way into protected areas."""
    return by.is_superuser


def may_end_sessions(user: User) -> bool:
    """The Administration only, like resetting a second factor."""
    return user.is_superuser


def _of_office(user: User) -> bool:
    return user.is_staff or user.is_superuser
