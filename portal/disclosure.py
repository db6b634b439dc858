"""What the portal holds about a person: registrations, newsletter, messages, proposals, and as contact of projects."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse

from landespreis import clock, forgetting
from landespreis.records.disclosing import Person, Section
from portal.actions import seats
from portal.models import Inquiry, Project, Proposal, Registration, Subscriber

PUBLIC = "Mit Einwilligung veröffentlicht. Widerruft die Person sie, nimmt die Redaktion die Angabe im Projekt heraus."


def find(text: str) -> Iterator[tuple[str, str]]:
    named = Q(name__icontains=text) | Q(email__icontains=text)
    yield from Registration.objects.filter(named).order_by("pk").values_list("name", "email")
    yield from Inquiry.objects.filter(named).exclude(email="").order_by("pk").values_list("name", "email")
    for email in Subscriber.objects.filter(email__icontains=text).order_by("pk").values_list("email", flat=True):
        yield "", email
    contact = Q(contact_name__icontains=text) | Q(contact_email__icontains=text)
    for model in (Proposal, Project):
        rows = model.objects.filter(contact).exclude(contact_email="")
        yield from rows.order_by("pk").values_list("contact_name", "contact_email")


def sections(person: Person) -> Iterator[Section]:
    registrations = Registration.objects.filter(_any(person, "email")).select_related("event").order_by("pk")
    yield Section(
        "anmeldungen", "Anmeldungen zu Terminen", [_registration(row) for row in registrations],
        url=reverse("admin:portal_registration_changelist"), erase=lambda by: _off_their_dates(registrations),
    )  # fmt: skip
    subscribers = Subscriber.objects.filter(_any(person, "email")).order_by("pk")
    yield Section(
        "newsletter", "Newsletter",
        [{"adresse": row.email, "stand": row.get_status_display(), "angefragt_am": row.asked_at,
          "bestaetigt_am": row.confirmed_at} for row in subscribers],
        url=reverse("admin:portal_subscriber_changelist"), erase=lambda by: forgetting.delete(subscribers),
    )  # fmt: skip
    inquiries = Inquiry.objects.filter(_any(person, "email")).order_by("pk")
    settled, waiting = inquiries.exclude(settled_at=None), inquiries.filter(settled_at=None)
    yield Section(
        "anfragen", "Erledigte Anfragen", [_inquiry(row) for row in settled],
        url=reverse("admin:portal_inquiry_changelist"), erase=lambda by: forgetting.delete(settled),
    )  # fmt: skip
    yield Section(
        "offene_anfragen", "Offene Anfragen", [_inquiry(row) for row in waiting],
        stays="Die Anfrage ist noch nicht beantwortet.", url=reverse("admin:portal_inquiry_changelist"),
    )  # fmt: skip
    if person.account:
        yield from _proposals(person.account)
    contact = _any(person, "contact_email")
    yield Section(
        "kontakt_vorschlag", "Ansprechperson in Projektvorschlägen",
        [_contact(row) for row in Proposal.objects.filter(contact).order_by("pk")],
        stays="Angabe der Kommune in ihrem Vorschlag; sie kann sie dort ändern.",
        url=reverse("admin:portal_proposal_changelist"),
    )  # fmt: skip
    yield Section(
        "kontakt_projekt", "Ansprechperson im Verzeichnis",
        [_contact(row) for row in Project.objects.filter(contact).order_by("pk")],
        stays=PUBLIC, url=reverse("admin:portal_project_changelist"),
    )  # fmt: skip


def _proposals(account: int) -> Iterator[Section]:
    mine = Proposal.objects.filter(owner=account).order_by("pk")
    drafts = mine.filter(status=Proposal.Status.DRAFT)
    yield Section(
        "vorschlaege_entwurf", "Entwürfe von Projektvorschlägen", [_proposal(row) for row in drafts],
        erase=lambda by: forgetting.delete(drafts),
    )  # fmt: skip
    yield Section(
        "vorschlaege", "Projektvorschläge",
        [_proposal(row) for row in mine.exclude(status=Proposal.Status.DRAFT)],
        stays="Grundlage des veröffentlichten Projekts oder in Prüfung.",
        url=reverse("admin:portal_proposal_changelist"),
    )  # fmt: skip


def _any(person: Person, column: str) -> Q:
    return reduce(or_, (Q(**{f"{column}__iexact": address}) for address in sorted(person.emails)))


def _off_their_dates(rows: Any) -> int:
    """Delete registrations; whoever waits for a place moves up."""
    events = sorted({row.event_id for row in rows})
    gone = forgetting.delete(rows)
    for pk in events:
        seats.fill(seats.locked(pk), now=clock.now())
    return gone


def _registration(row: Registration) -> dict[str, Any]:
    return {
        "termin": row.event.title, "name": row.name, "e_mail": row.email, "einrichtung": row.organisation,
        "frage": row.question, "stand": row.get_status_display(), "am": row.created_at,
    }  # fmt: skip


def _inquiry(row: Inquiry) -> dict[str, Any]:
    return {
        "nummer": row.number, "name": row.name, "e_mail": row.email, "betreff": row.subject, "nachricht": row.message,
        "am": row.received_at, "vermerk": row.note,
    }  # fmt: skip


def _proposal(row: Proposal) -> dict[str, Any]:
    return {"titel": str(row), "stand": row.get_status_display(), "begonnen_am": row.created_at}


def _contact(row: Proposal | Project) -> dict[str, Any]:
    return {
        "projekt": str(row), "name": row.contact_name, "e_mail": row.contact_email, "telefon": row.contact_phone,
        "oeffentlich": row.contact_public,
    }  # fmt: skip
