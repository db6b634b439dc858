"""Who may do what to an entry: pure predicates over an entry and its colleagues."""

from accounts.models import User
from submissions.models import Editor, Proposal, Submission

Role = Editor.Role


def role(user: User, entry: Submission) -> str | None:
    """Return "owner", a role of `Editor.Role`, or None. Reads `entry.colleagues`."""
    if entry.owner_id == user.pk:
        return "owner"
    return next(
        (editor.role for editor in entry.colleagues if editor.user_id == user.pk),
        None,
    )


def may_read(user: User, entry: Submission) -> bool:
    """Owner and everybody who accepted an invitation."""
    return role(user, entry) is not None


def may_edit(user: User, entry: Submission) -> bool:
    """Owner and editors who do not only read."""
    return role(user, entry) in {"owner", Role.EDIT, Role.SUBMIT}


def may_submit(user: User, entry: Submission) -> bool:
    """Owner and editors with «bearbeiten und einreichen»; the same people may withdraw."""
    return role(user, entry) in {"owner", Role.SUBMIT}


def may_invite(user: User, entry: Submission) -> bool:
    """Owner and editors with «bearbeiten und einreichen»."""
    return may_submit(user, entry)


def may_hand_over(user: User, entry: Submission) -> bool:
    """The owner only."""
    return role(user, entry) == "owner"


def may_ask_help(user: User, entry: Submission) -> bool:
    """Owner and editors with «bearbeiten und einreichen» open the draft to the Geschäftsstelle, and close it again."""
    return may_submit(user, entry)


def may_extend(user: User) -> bool:
    """Geschäftsstelle: staff with the right to grant extensions."""
    return user.is_staff and user.has_perm("submissions.add_extension")


def may_check(user: User) -> bool:
    """Geschäftsstelle: staff who may decide the formal check and withdraw an entry on request."""
    return user.is_staff and user.has_perm("submissions.change_submission")


def may_prepare(user: User) -> bool:
    """Geschäftsstelle: staff who may set up a round, announce it and take it back."""
    return user.is_staff and user.has_perms(["submissions.add_round", "submissions.change_round"])


def may_confirm(user: User, proposal: Proposal) -> bool:
    """Geschäftsstelle, and never the person who made the proposal, the Administration neither."""
    return may_check(user) and proposal.proposed_by_id != user.pk


def may_help(user: User) -> bool:
    """Geschäftsstelle: staff who may decide the formal check also help the people of an entry.

    They answer requests, read the draft while one is open, transfer an entry, and send its receipt again.
    """
    return may_check(user)
