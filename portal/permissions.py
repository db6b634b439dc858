"""Who may do what to a proposal for the directory, and who makes winners public: pure predicates.

Those on proposals read `user.memberships`.
"""

from accounts.models import Membership, User
from jury import permissions as jury
from portal.models import Proposal


def membership(user: User, municipality_id: int | None) -> Membership | None:
    """Return the person's membership of a municipality, confirmed or waiting; with one a proposal may begin."""
    return next(
        (
            row
            for row in user.memberships.all()
            if row.municipality_id == municipality_id and row.status != Membership.Status.REFUSED
        ),
        None,
    )


def is_confirmed(user: User, municipality_id: int | None) -> bool:
    """Whether the ministry has confirmed that the person works there."""
    found = membership(user, municipality_id)
    return found is not None and found.status == Membership.Status.CONFIRMED


def may_write(user: User, proposal: Proposal) -> bool:
    """Who began it, as long as the membership is not refused, and confirmed colleagues of the lead municipality."""
    if proposal.owner_id == user.pk:
        return membership(user, proposal.lead_id) is not None
    return is_confirmed(user, proposal.lead_id)


def may_decide(user: User) -> bool:
    """Staff who may change proposals: they correct, return and publish."""
    return user.is_staff and user.has_perm("portal.change_proposal")


def may_announce(user: User) -> bool:
    """Geschäftsstelle: those who run the jury, read entries, and write projects and news."""
    wanted = ["submissions.view_submission", "portal.add_project", "portal.add_news"]
    return jury.may_run(user) and user.has_perms(wanted)
