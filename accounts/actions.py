"""The verbs of this app: join a municipality, decide about it, correct and close an account; on access: `access`."""

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from accounts import access, permissions
from accounts.entrance import called
from accounts.models import NOWHERE, Membership, Municipality, User
from landespreis import clock, forgetting, journal, mail
from landespreis.models import CircularRecipient
from landespreis.outgoing import Outgoing, owe_all
from landespreis.refusal import NotAllowed, Refused

DELETED_NAME = "Gelöschtes Konto"
DECIDED = {
    Membership.Status.CONFIRMED: journal.Verb.MEMBERSHIP_CONFIRMED,
    Membership.Status.REFUSED: journal.Verb.MEMBERSHIP_REFUSED,
}
NOBODY_NAME = "Nicht mehr gespeichert"
NOBODY_ADDRESS = f"niemand{NOWHERE}"


@transaction.atomic
def join(user: User, *, municipality: Municipality, department: str) -> Membership:
    """Note that `user` works at `municipality`; it counts at once and waits for the ministry's confirmation.

    Raises Refused when the account has it already, or when it was refused before.
    """
    membership, created = Membership.objects.get_or_create(
        user=user, municipality=municipality, defaults={"department": department}
    )
    if created:
        journal.note(journal.Verb.MEMBERSHIP_STATED, by=user, about=municipality.label, membership=membership.pk)
        return membership
    if membership.status == Membership.Status.REFUSED:
        raise Refused(
            f"Die Geschäftsstelle hat Ihre Zugehörigkeit zu „{municipality.label}“ abgelehnt. "
            "Wenden Sie sich an die Geschäftsstelle, wenn sich etwas geändert hat."
        )
    raise Refused(f"„{municipality.label}“ steht schon in Ihrem Konto.")


def confirm_membership(membership: Membership, *, by: User) -> Membership:
    """Confirm that the person works there; owes them a mail. Also undoes a refusal.

    Raises NotAllowed, or Refused when it is confirmed already.
    """
    return _decide(membership, Membership.Status.CONFIRMED, by=by)


def refuse_membership(membership: Membership, *, by: User) -> Membership:
    """Refuse the membership; owes the person a mail. Also undoes a confirmation.

    Raises NotAllowed, or Refused when it is refused already.
    """
    return _decide(membership, Membership.Status.REFUSED, by=by)


def _decide(membership: Membership, status: Membership.Status, *, by: User) -> Membership:
    (decided,) = decide_memberships([membership], status, by=by)
    if isinstance(decided, Refused):
        raise decided
    return decided


@transaction.atomic
def decide_memberships(
    memberships: Sequence[Membership], status: Membership.Status, *, by: User
) -> list[Membership | Refused]:
    """Confirm or refuse several, in as many queries as one; return each as it is now, or why it stays as it was.

    Journals, and owes each person a mail. Raises NotAllowed.
    """
    if not permissions.may_decide_membership(by):
        raise NotAllowed("Über Zugehörigkeiten entscheidet die Geschäftsstelle.")
    keys = [membership.pk for membership in memberships]
    list(Membership.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    found = Membership.objects.select_related("user", "municipality").in_bulk(keys)
    outcomes = [_outcome(found.get(key), status) for key in keys]
    decided = [row for row in outcomes if isinstance(row, Membership)]
    for row in decided:
        row.status, row.decided_by, row.decided_at = status, by, clock.now()
    if decided:
        Membership.objects.bulk_update(decided, ["status", "decided_by", "decided_at"])
        journal.note_each(DECIDED[status], map(_told, decided), by=by)
        owe_all(
            Outgoing(f"membership_{status.value}", [row.user.email], {"membership": row})
            for row in decided
            if row.user.is_active
        )
    return outcomes


def _outcome(found: Membership | None, status: Membership.Status) -> Membership | Refused:
    if found is None:
        return Refused("Diese Zugehörigkeit gibt es nicht mehr.")
    return Refused(f"Die Zugehörigkeit „{found}“ ist schon {status.label}.") if found.status == status else found


def _told(membership: Membership) -> tuple[str, dict[str, int]]:
    about = f"{called(membership.user_id)}, {membership.municipality.label}"
    return about, {"membership": membership.pk, "account": membership.user_id}


@transaction.atomic
def delete_account(user: User, *, by: User) -> User:
    """Make the account anonymous and unusable; what was handed in stays, without the person's name.

    Owes a last mail to the old address. Raises NotAllowed, or Refused for the only Administration there is.
    """
    if not permissions.may_delete_account(by, user):
        raise NotAllowed("Dieses Konto können nur die Person selbst und die Administration löschen.")
    return _close(user, by=by)


@transaction.atomic
def erase_account(user: User, *, by: User) -> User:
    """Close the account of somebody who asked for it (Art. 17 DSGVO), like `delete_account`. Raises NotAllowed."""
    if not permissions.may_correct(by, user):
        raise NotAllowed("Dieses Konto gehört zur Verwaltung; löschen kann es nur die Administration.")
    return _close(user, by=by)


def _close(user: User, *, by: User) -> User:
    fresh = User.objects.select_for_update().get(pk=user.pk)
    access.require_another_administration(fresh)
    mail.owe("account_deleted", fresh.email, {"name": fresh.name})
    access.log_out([fresh])
    EmailAddress.objects.filter(user=fresh).delete()
    Authenticator.objects.filter(user=fresh).delete()
    for membership in fresh.memberships.all():
        _drop_membership(membership)
    forgetting.delete(CircularRecipient.objects.filter(user=fresh).erasable())
    blank(fresh)
    journal.note(journal.Verb.ACCOUNT_CLOSED, by=by, about=called(fresh.pk), account=fresh.pk)
    return fresh


def blank(user: User) -> None:
    """Leave of an account the row that others point at: without name, address, rights and password."""
    user.groups.clear()
    user.user_permissions.clear()
    user.name, user.email = DELETED_NAME, f"geloescht-{user.pk}{NOWHERE}"
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()


def see_recovery_codes(user: User) -> None:
    """Write down that somebody was shown their own recovery codes, which stand in for a second factor."""
    journal.note(journal.Verb.CODES_SEEN, by=user)


@transaction.atomic
def correct(user: User, *, by: User, name: str, email: str, reason: str) -> User:
    """Correct what is wrong about a person on their request (Art. 16 DSGVO); owes a mail to old and new address.

    A new address has to be confirmed at the next login. Raises NotAllowed, or Refused without a reason, without a
    change, and for an address that somebody else has.
    """
    name, email = name.strip(), email.strip().lower()
    fresh = User.objects.select_for_update().get(pk=user.pk)
    is_new = email != fresh.email.lower()
    if not permissions.may_correct(by, fresh) or (is_new and not permissions.may_correct_address(by)):
        raise NotAllowed("Namen berichtigt die Geschäftsstelle, Adressen und Konten der Verwaltung die Administration.")
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    if not is_new and name == fresh.name:
        raise Refused("Name und E-Mail-Adresse sind schon so gespeichert.")
    if is_new and (User.objects.filter(email__iexact=email).exists() or _taken(email, fresh)):
        raise Refused("Diese E-Mail-Adresse hat schon ein anderes Konto.")
    changed = [label for label, differs in (("Name", name != fresh.name), ("E-Mail-Adresse", is_new)) if differs]
    old, fresh.name, fresh.email = fresh.email, name, email
    fresh.save(update_fields=["name", "email"])
    if is_new:
        EmailAddress.objects.filter(user=fresh).delete()
        EmailAddress.objects.create(user=fresh, email=email, primary=True, verified=False)
        access.log_out([fresh])
    mail.owe("account_corrected", [old, email], {"name": name, "changed": " und ".join(changed), "is_new": is_new})
    journal.note(
        journal.Verb.PERSON_CORRECTED, by=by, about=called(fresh.pk), account=fresh.pk, changed=changed,
        reason=reason.strip(),
    )  # fmt: skip
    return fresh


def _taken(email: str, user: User) -> bool:
    taken: bool = EmailAddress.objects.filter(email__iexact=email).exclude(user=user).exists()
    return taken


def nobody() -> User:
    """Return the account that stands where a person's name is not kept any more; nobody can use it."""
    values = {"name": NOBODY_NAME, "is_active": False, "password": make_password(None)}
    return User.objects.get_or_create(email=NOBODY_ADDRESS, defaults=values)[0]


@transaction.atomic
def export_account(user: User) -> dict[str, Any]:
    """Return `held` for the person themselves, and note that they took it."""
    journal.note(journal.Verb.DATA_TAKEN, by=user)
    return held(user)


def held(user: User) -> dict[str, Any]:
    """Return what this app holds about `user`, ready for JSON (Art. 15 and 20 DSGVO)."""
    return {
        "konto": {
            "name": user.name,
            "e_mail": user.email,
            "angelegt_am": _iso(user.joined_at),
            "zuletzt_angemeldet_am": _iso(user.last_login),
        },
        "e_mail_adressen": [
            {"adresse": address.email, "bestaetigt": address.verified, "hauptadresse": address.primary}
            for address in EmailAddress.objects.filter(user=user).order_by("email")
        ],
        "zugehoerigkeiten": [
            {
                "kommune": membership.municipality.name,
                "ags": membership.municipality.ags,
                "fachbereich": membership.department,
                "stand": membership.get_status_display(),
                "angegeben_am": _iso(membership.created_at),
                "entschieden_am": _iso(membership.decided_at),
            }
            for membership in user.memberships.select_related("municipality").order_by("created_at")
        ],
        "zweite_faktoren": [
            {
                "art": factor.type,
                "angelegt_am": _iso(factor.created_at),
                "zuletzt_benutzt_am": _iso(factor.last_used_at),
            }
            for factor in Authenticator.objects.filter(user=user).order_by("created_at")
        ],
        "sitzungen": [
            {"ip": session.ip, "browser": session.user_agent, "angemeldet_am": _iso(session.created_at)}
            for session in UserSession.objects.filter(user=user).order_by("created_at")
        ],
    }


def _drop_membership(membership: Membership) -> None:
    """Delete the row, or where an entry rests on it, only what it says about the person."""
    try:
        with transaction.atomic():
            forgetting.delete(Membership.objects.filter(pk=membership.pk))
    except (ProtectedError, RestrictedError):
        membership.department = "–"
        membership.save(update_fields=["department"])


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
