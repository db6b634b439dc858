"""Verbs on inquiries: receive one, settle one, forget those that were settled long ago."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from landespreis import clock, forgetting, mail
from landespreis.refusal import Refused
from portal.models import Inquiry


@transaction.atomic
def receive(kind: Inquiry.Kind, values: Mapping[str, str], *, form: str) -> Inquiry:
    """Keep a message and owe the mail to the Geschäftsstelle and, where an address was given, the receipt.

    `form` names the form it came with: the same message from the same form again is the one that is there, and owes
    nothing. The receipt repeats nothing of the message, so that nobody can send words of theirs to others through us.
    """
    content = "\n".join(f"{name}={values[name]}" for name in sorted(values))
    fingerprint = hashlib.sha256(f"{form}\n{kind}\n{content}".encode()).hexdigest()
    inquiry, is_new = Inquiry.objects.get_or_create(
        fingerprint=fingerprint, defaults={**values, "kind": kind, "received_at": clock.now()}
    )
    if is_new:
        context = {"inquiry": inquiry, "kind": inquiry.get_kind_display()}
        mail.owe("inquiry", settings.CONTACT_EMAIL, context, reply_to=inquiry.email, about=inquiry)
        if inquiry.email:
            mail.owe("inquiry_receipt", inquiry.email, context, about=inquiry)
    return inquiry


@transaction.atomic
def settle(inquiry: Inquiry, *, by: User, note: str = "") -> Inquiry:
    """Note that a message was dealt with. Raises Refused when somebody has done so already."""
    inquiry = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if inquiry.settled_at:
        raise Refused(f"{inquiry.number} ist schon erledigt.")
    inquiry.settled_at, inquiry.settled_by, inquiry.note = clock.now(), by, note
    inquiry.save()
    return inquiry


def forget_settled() -> int:
    """Delete what was settled longer than `settings.INQUIRY_DAYS` ago, and the mail about it; return how many."""
    before = clock.now() - timedelta(days=settings.INQUIRY_DAYS)
    return forgetting.delete(Inquiry.objects.filter(settled_at__lt=before))
