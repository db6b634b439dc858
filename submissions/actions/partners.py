"""Verbs on the partners of an entry: add from the register, add by name, remove."""

from django.db import IntegrityError, transaction

from accounts.models import Municipality, User
from landespreis.refusal import Refused
from submissions import permissions, workflow
from submissions.actions import gate
from submissions.models import Event, Partner, Submission

MOST = 100
"""Partners per entry; more than any cooperation has, few enough to stay readable."""


def add(
    entry: Submission,
    *,
    by: User,
    municipality: Municipality | None = None,
    name: str = "",
    kind: str = Partner.Kind.REGISTER,
    country: str = Partner.Country.DE,
) -> Partner:
    """Add a partner: either `municipality`, or `name` with `kind` and `country`.

    Journals. Raises NotAllowed, TooLate, and Refused for the lead itself, a partner listed already, or too many.
    """
    try:
        with transaction.atomic():
            entry, now = gate.enter(entry, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
            if municipality and municipality.pk == entry.lead_id:
                raise Refused(
                    f"{municipality.label} ist schon federführend und braucht hier nicht noch einmal zu stehen."
                )
            if entry.partners.count() >= MOST:
                raise Refused(f"Mehr als {MOST} Partner lassen sich nicht eintragen. Nennen Sie weitere im Text.")
            if municipality:
                partner = Partner.objects.create(submission=entry, municipality=municipality)
            else:
                partner = Partner.objects.create(submission=entry, name=name, kind=kind, country=country)
            gate.touch(entry, "partner", at=now, by=by)
            gate.record(entry, Event.Verb.PARTNER_ADDED, at=now, by=by, partner=partner.label)
    except IntegrityError as error:
        label = municipality.label if municipality else name
        raise Refused(f"{label} steht schon in der Liste der Partner.") from error
    return partner


@transaction.atomic
def remove(partner: Partner, *, by: User) -> None:
    """Take a partner off the entry; removing one that is gone already changes nothing.

    Journals. Raises NotAllowed, TooLate.
    """
    entry, now = gate.enter(partner.submission, by=by, may=permissions.may_edit, act=workflow.Act.WRITE)
    removed, _ = Partner.objects.filter(pk=partner.pk, submission=entry).delete()
    if removed:
        gate.touch(entry, "partner", at=now, by=by)
        gate.record(entry, Event.Verb.PARTNER_REMOVED, at=now, by=by, partner=partner.label)
