"""Verbs of the office when a colleague has left: give the entry to somebody else, or offer it, and accept the offer."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import Membership, User
from landespreis import clock, mail
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions, workflow
from submissions.actions import gate, helping
from submissions.models import Editor, Event, Offer, Submission

SALT = "submissions.offer"
REPLACED = "Das Angebot ist durch eine andere Übertragung ersetzt."


@transaction.atomic
def transfer(entry: Submission, *, to: User | str, reason: str, by: User, keeps: str = "") -> Submission:
    """Make `to` responsible for an entry in any state, also after the deadline; an address instead of an account.

    Who gets it has an account and works for the lead municipality, confirmed or waiting. For everybody else an offer
    is written and mailed: it turns into the transfer when they accept. The former owner's part ends, or they keep the
    role `keeps`. An open request for help ends: its consent was the former owner's. Journals with the reason, and owes
    a mail to both and to the editors. Raises NotAllowed, Refused.
    """
    entry = gate.lock(entry)
    now = clock.now()
    if not permissions.may_help(by):
        raise NotAllowed("Einreichungen überträgt nur die Geschäftsstelle.")
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    heir = User.objects.filter(email__iexact=to.strip()).first() if isinstance(to, str) else to
    if heir and heir.pk == entry.owner_id:
        raise Refused("Diese Person ist schon verantwortlich.")
    if heir and not heir.is_active:
        raise Refused("Dieses Konto ist geschlossen. Wählen Sie eine andere Person.")
    _withdraw_offers(entry, now, by=by, reason=REPLACED)
    if heir and works_for_lead(heir, entry):
        _give(entry, heir, now, by=by, reason=reason.strip(), keeps=keeps)
    else:
        email = heir.email if heir else str(to).strip().lower()
        _offer(entry, email, now, by=by, reason=reason.strip(), keeps=keeps)
    return entry


def works_for_lead(user: User, entry: Submission) -> bool:
    """Whether a membership, confirmed or waiting, is with the lead municipality; with any while the entry has none."""
    places = Membership.objects.filter(user=user).active()
    return (places.filter(municipality=entry.lead_id) if entry.lead_id else places).exists()


@transaction.atomic
def withdraw_offer(entry: Submission, *, reason: str, by: User) -> Submission:
    """Take an offer back before it is accepted. Journals. Raises NotAllowed, Refused where none waits."""
    entry = gate.lock(entry)
    now = clock.now()
    if not permissions.may_help(by):
        raise NotAllowed("Das nimmt nur die Geschäftsstelle zurück.")
    if not _withdraw_offers(entry, now, by=by, reason=reason):
        raise Refused("Diese Einreichung ist gerade niemandem angeboten.")
    return entry


def token(offer: Offer) -> str:
    """Return the signed text of the link in the mail."""
    return signing.dumps(offer.pk, salt=SALT)


def offered(text: str) -> Offer | None:
    """Return the offer that a link stands for while it can be accepted, or None."""
    try:
        pk = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    rows = Offer.objects.select_related("submission__round", "submission__lead", "submission__owner", "offered_by")
    offer = rows.filter(pk=pk).first()
    return offer if offer and workflow.is_offered(offer, clock.now()) else None


@transaction.atomic
def accept(offer: Offer, *, by: User) -> Submission:
    """Take over what was offered: with the address it was offered to, and working for the lead municipality.

    Possible after the deadline too. Journals and owes the mails of `transfer`. Raises Refused.
    """
    entry = gate.lock(offer.submission)
    now = clock.now()
    offer = Offer.objects.select_related("offered_by").get(pk=offer.pk)
    if not workflow.is_offered(offer, now):
        raise Refused("Dieses Angebot gilt nicht mehr. Fragen Sie die Geschäftsstelle.", title="Angebot abgelaufen")
    if by.email.casefold() != offer.email.casefold():
        raise NotAllowed(
            f"Übernehmen kann nur, wer mit der Adresse {offer.email} angemeldet ist. Sie sind es als {by.email}.",
            title="Anderes Konto",
        )
    if by.pk == entry.owner_id:
        raise Refused("Sie sind für diese Einreichung schon verantwortlich.", title="Schon übernommen")
    if not works_for_lead(by, entry):
        place = entry.lead.label if entry.lead else "welche Kommune"
        raise Refused(f"Geben Sie zuerst in Ihrem Konto an, dass Sie für {place} arbeiten.", title="Kommune fehlt noch")
    offer.accepted_at = now
    offer.save(update_fields=["accepted_at"])
    _give(entry, by, now, by=offer.offered_by, reason=offer.reason, keeps=offer.keeps)
    return entry


def _give(entry: Submission, heir: User, now: datetime, *, by: User, reason: str, keeps: str) -> None:
    former, told = entry.owner, gate.addresses(entry, heir)
    entry.editors.filter(Q(user__in=[heir, former]) | Q(email__in=[heir.email, former.email])).delete()
    if keeps:
        Editor.objects.create(
            submission=entry,
            user=former,
            email=former.email,
            role=Editor.Role(keeps),
            invited_by=by,
            invited_at=now,
            accepted_at=now,
        )
    entry.owner = heir
    entry.save(update_fields=["owner"])
    helping.close_for(entry, at=now, by=by, reason="übertragen")
    gate.record(
        entry,
        Event.Verb.TRANSFERRED,
        at=now,
        by=by,
        version=entry.current,
        from_name=former.name,
        to=heir.pk,
        to_name=heir.name,
        reason=reason,
        **({"role": keeps} if keeps else {}),
    )
    mail.owe("transferred", told, _said(entry, former, heir, reason, keeps), reply_to=settings.CONTACT_EMAIL)


def _said(entry: Submission, former: User, heir: User, reason: str, keeps: str) -> dict[str, str]:
    return {
        "number": entry.label,
        "title": entry.heading,
        "former": former.name,
        "heir": heir.name,
        "reason": reason,
        "keeps": Editor.Role(keeps).label if keeps else "",
        "path": entry.get_absolute_url(),
    }


def _offer(entry: Submission, email: str, now: datetime, *, by: User, reason: str, keeps: str) -> None:
    offer = Offer.objects.create(
        submission=entry, email=email, keeps=keeps, reason=reason, offered_by=by, offered_at=now
    )
    gate.record(entry, Event.Verb.INVITED, at=now, by=by, email=email, role="owner", reason=reason)
    mail.owe(
        "offered",
        email,
        {
            "number": entry.label,
            "lead": entry.lead,
            "round": entry.round.name,
            "former": entry.owner.name,
            "until": offer.expires_at,
            "path": reverse("submissions:takeover", args=[token(offer)]),
        },
        reply_to=settings.CONTACT_EMAIL,
    )


def _withdraw_offers(entry: Submission, now: datetime, *, by: User, reason: str) -> bool:
    """Take back what waits, with a line for it; return whether anything did."""
    waiting = entry.offers.waiting()
    emails = list(waiting.values_list("email", flat=True))
    waiting.update(withdrawn_at=now)
    for email in emails:
        gate.record(entry, Event.Verb.EDITOR_REMOVED, at=now, by=by, email=email, reason=reason)
    return bool(emails)
