"""What entries hold about a person: as owner, editor, uploader, contact, and in the journal."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from landespreis import clock
from landespreis.records.disclosing import Person, Section
from submissions.models import (
    Attachment,
    Editor,
    Event,
    HelpAnswer,
    HelpRequest,
    Offer,
    Receipt,
    Submission,
    Variant,
    Version,
)

FROZEN = (
    "Was eingereicht wurde, bleibt bis zur Aussonderung unverändert: Es ist Grundlage der Entscheidung über den Preis."
)
OF_MUNICIPALITY = "Der Beitrag gehört der Kommune; wer daran arbeitet, kann die Angabe ändern. Er wird ausgesondert."
JOURNAL = "Der Verlauf belegt das Verfahren und ist unveränderlich; er geht mit dem Beitrag bei der Aussonderung."


def find(text: str) -> Iterator[tuple[str, str]]:
    """Yield contacts and people who were invited, from drafts and from what was handed in."""
    drafts = Submission.objects.filter(Q(contact_name__icontains=text) | Q(contact_email__icontains=text))
    yield from drafts.exclude(contact_email="").order_by("pk").values_list("contact_name", "contact_email")
    for email in Editor.objects.filter(user=None, email__icontains=text).order_by("pk").values_list("email", flat=True):
        yield "", email
    for version in Version.objects.filter(canonical__icontains=text).order_by("pk").iterator(100):
        contact = version.payload["contact"]
        if contact["email"] and text.lower() in f"{contact['name']} {contact['email']}".lower():
            yield contact["name"], contact["email"]
    for email in Offer.objects.filter(email__icontains=text).order_by("pk").values_list("email", flat=True):
        yield "", email
    for told in (
        Event.objects.filter(detail__email__icontains=text).order_by("pk").values_list("detail__email", flat=True)
    ):
        yield from (("", email) for email in told.split(", ") if text.lower() in email.lower())


def sections(person: Person) -> Iterator[Section]:
    if person.account:
        yield from _of_account(person.account)
    mine = _any(person, "email")
    invitations = Editor.objects.filter(mine, user=None)
    yield Section(
        "einladungen", "Offene Einladungen zur Mitarbeit",
        [{"beitrag": _called(row.submission), "rolle": row.get_role_display(), "am": row.invited_at,
          "adresse": row.email}
         for row in invitations.select_related("submission__round", "submission__current").order_by("pk")],
        erase=lambda by: int(invitations.delete()[0]),
    )  # fmt: skip
    offers = Offer.objects.filter(mine).select_related("submission__round", "submission__current").order_by("pk")
    yield Section(
        "uebernahmen", "Angebotene Übernahmen von Einreichungen",
        [{"beitrag": _called(row.submission), "adresse": row.email, "angeboten_am": row.offered_at,
          "angenommen_am": row.accepted_at, "zurueckgenommen_am": row.withdrawn_at} for row in offers],
        stays=JOURNAL,
    )  # fmt: skip
    yield Section(
        "verlauf_ueber", "Vorgänge an Einreichungen, die diese Person nennen",
        [{"zeitpunkt": row.at, "vorgang": row.get_verb_display(), "beitrag": _called(row.submission)}
         for row in _naming(person)],
        stays=JOURNAL,
    )  # fmt: skip
    contacts = Submission.objects.filter(_any(person, "contact_email")).select_related("round", "current")
    yield Section(
        "ansprechperson", "Ansprechperson im Entwurf",
        [_contact(row, row.contact_name, row.contact_email, row.contact_phone) for row in contacts.order_by("pk")],
        stays=OF_MUNICIPALITY, url=reverse("admin:submissions_submission_changelist"),
    )  # fmt: skip
    yield Section("ansprechperson_version", "Ansprechperson in Versionen", list(_frozen(person)), stays=FROZEN)
    yield Section("bestaetigungen", "Empfänger von Bestätigungen", list(_receipts(person)), stays=FROZEN)


def _of_account(account: int) -> Iterator[Section]:
    owned = Submission.objects.filter(owner=account).select_related("round", "current").order_by("created_at")
    yield Section(
        "einreichungen", "Eigene Einreichungen",
        [{"beitrag": _called(row), "stand": row.get_status_display(), "begonnen_am": row.created_at} for row in owned],
        stays=OF_MUNICIPALITY,
    )  # fmt: skip
    editors = Editor.objects.filter(user=account).select_related("submission__round", "submission__current")
    yield Section(
        "mitwirkung", "Mitwirkung an Einreichungen",
        [{"beitrag": _called(row.submission), "rolle": row.get_role_display(), "seit": row.accepted_at}
         for row in editors.order_by("pk")],
        stays=OF_MUNICIPALITY,
    )  # fmt: skip
    versions = Version.objects.filter(submitted_by=account).select_related("submission__round").order_by("submitted_at")
    yield Section(
        "versionen", "Eingereichte Versionen",
        [{"beitrag": row.submission.label, "version": row.number, "am": row.submitted_at} for row in versions],
        stays=FROZEN,
    )  # fmt: skip
    files = Attachment.objects.filter(uploaded_by=account).select_related("submission__round", "submission__current")
    yield Section(
        "dateien", "Hochgeladene Dateien",
        [{"beitrag": _called(row.submission), "datei": row.name, "am": row.uploaded_at} for row in files],
        stays=OF_MUNICIPALITY,
    )  # fmt: skip
    variants = Variant.objects.filter(user=account).select_related("submission__round", "submission__current")
    yield Section(
        "fassungen", "Zweite Fassungen von Abschnitten",
        [{"beitrag": _called(row.submission), "abschnitt": row.key, "am": row.sent_at, "inhalt": row.values}
         for row in variants.order_by("pk")],
        erase=lambda by: int(variants.delete()[0]),
    )  # fmt: skip
    yield from _of_help(account)
    events = Event.objects.filter(by=account).select_related("submission__round", "submission__current").order_by("at")
    yield Section(
        "verlauf", "Vorgänge an Einreichungen",
        [{"zeitpunkt": row.at, "vorgang": row.get_verb_display(), "beitrag": _called(row.submission)}
         for row in events],
        stays=JOURNAL,
    )  # fmt: skip


def _of_help(account: int) -> Iterator[Section]:
    asked = HelpRequest.objects.filter(asked_by=account).select_related("submission__round", "submission__current")
    yield Section(
        "bitten_um_hilfe", "Bitten um Hilfe, mit den Antworten",
        [{"beitrag": _called(row.submission), "am": row.asked_at, "frage": row.question,
          "antworten": [answer.text for answer in row.answers.all()]}
         for row in asked.prefetch_related("answers").order_by("pk")],
        stays=OF_MUNICIPALITY,
    )  # fmt: skip
    answers = HelpAnswer.objects.filter(by=account).select_related(
        "request__submission__round", "request__submission__current"
    )
    yield Section(
        "antworten_auf_bitten", "Antworten auf Bitten um Hilfe",
        [{"beitrag": _called(row.request.submission), "am": row.at, "text": row.text}
         for row in answers.order_by("pk")],
        stays=OF_MUNICIPALITY,
    )  # fmt: skip


def _any(person: Person, column: str) -> Q:
    return reduce(or_, (Q(**{f"{column}__iexact": address}) for address in sorted(person.emails)))


def _mentioning(person: Person) -> "QuerySet[Version]":
    rows = Version.objects.filter(_contains(person, "canonical"))
    return rows.select_related("submission__round").order_by("submission__number", "number")


def _naming(person: Person) -> Iterator[Event]:
    """Yield lines of others in which the person is named: by address, or by name where the entry knows the account."""
    named = _contains(person, "detail__email")
    if person.account:
        theirs = Event.objects.filter(submission=OuterRef("submission"), by=person.account)
        by_name = Q(detail__from_name=person.name) | Q(detail__proposed_by=person.name)
        named = named | Q(detail__to=person.account) | (by_name & Q(Exists(theirs)))
    rows = Event.objects.filter(named).select_related("submission__round", "submission__current").order_by("at", "pk")
    for row in rows:
        told = {address.lower() for address in str(row.detail.get("email", "")).split(", ")}
        if row.by_id != person.account and ("email" not in row.detail or told & person.emails):
            yield row


def _contains(person: Person, column: str) -> Q:
    return reduce(or_, (Q(**{f"{column}__icontains": address}) for address in sorted(person.emails)))


def _frozen(person: Person) -> Iterator[dict[str, Any]]:
    for version in _mentioning(person):
        contact = version.payload["contact"]
        if contact["email"].lower() in person.emails:
            found = _contact(version.submission, contact["name"], contact["email"], contact["phone"])
            yield found | {"version": version.number, "veroeffentlichen": contact["publish"]}


def _receipts(person: Person) -> Iterator[dict[str, Any]]:
    rows = Receipt.objects.filter(_contains(person, "recipients")).select_related("version__submission__round")
    for receipt in rows.order_by("owed_at"):
        if person.emails & {address.lower() for address in receipt.recipients}:
            yield {
                "beitrag": receipt.version.submission.label,
                "version": receipt.version.number,
                "am": clock.told(receipt.owed_at),
            }


def _contact(entry: Submission, name: str, email: str, phone: str) -> dict[str, Any]:
    return {"beitrag": _called(entry), "name": name, "e_mail": email, "telefon": phone}


def _called(entry: Submission) -> str:
    """Return the number and frozen title; of a draft nobody in the ministry reads the title."""
    return f"{entry.label} {entry.submitted_title}" if entry.current_id else f"Entwurf {entry.pk}"
