"""What the ground holds about a person: mail to them, their lines in the portal's journal, other mentions."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from post_office.models import STATUS, Email

from landespreis import clock, forgetting
from landespreis.models import CircularRecipient, RetentionRule, Trace
from landespreis.records import periods
from landespreis.records.disclosing import Person, Section
from landespreis.records.parts import pointing

STATES = {STATUS.sent: "verschickt", STATUS.failed: "nicht zustellbar"}
ROLES = {"saved_by": "gespeichert von", "by": "von", "user": "Konto"}
"""Columns that have no German name."""
SHOWN = {
    "accounts.Membership.user", "account.EmailAddress.user", "mfa.Authenticator.user", "usersessions.UserSession.user",
    "submissions.Submission.owner", "submissions.Editor.user", "submissions.Version.submitted_by",
    "submissions.Event.by", "submissions.Attachment.uploaded_by", "jury.Juror.user", "jury.JuryEvent.by",
    "portal.Proposal.owner", "landespreis.Trace.by", "landespreis.CircularRecipient.user",
    "submissions.HelpRequest.asked_by", "submissions.HelpAnswer.by",
}  # fmt: skip
"""Columns whose rows have a section of their own; of all others the last section says how many there are."""


def find(text: str) -> Iterator[tuple[str, str]]:
    yield from ()


def sections(person: Person) -> Iterator[Section]:
    mails = addressed = Q(pk__in=[])  # whoever has no address gets nobody's
    for address in person.emails:
        mails |= Q(to__iexact=address)
        addressed |= Q(address__iexact=address)
    if person.account:
        addressed |= Q(user=person.account)  # the address may have been another then
    rule = RetentionRule.objects.filter(kind="mails").first()
    kept = f" ({periods.period(rule.months)})" if rule else ""
    yield Section(
        "mails", "Mails an diese Person",
        [_mail(row) for row in Email.objects.filter(mails).order_by("created", "pk")],
        stays="Nachweis, was wann verschickt wurde. Mails zu Anmeldungen, Anfragen, Newsletter und Nachrichten an "
        f"Gruppen werden mit diesen gelöscht, alle anderen nach Ablauf der Aufbewahrungsfrist{kept}.",
    )  # fmt: skip
    written = CircularRecipient.objects.filter(addressed).select_related("circular").order_by("pk")
    personal = written.erasable()
    yield Section(
        "nachrichten", "Nachrichten an Gruppen, zu denen diese Person gehörte", [_written(row) for row in personal],
        erase=lambda by: forgetting.delete(personal),
    )  # fmt: skip
    yield Section(
        "nachrichten_beitrag", "Nachrichten zu Einreichungen",
        [_written(row) for row in written.exclude(pk__in=personal)],
        stays="Nachweis, wer wozu angeschrieben wurde; gelöscht mit der Einreichung, um die es ging, spätestens mit "
        f"der Mail nach Ablauf der Aufbewahrungsfrist{kept}.",
    )  # fmt: skip
    if person.account:
        yield Section(
            "verlauf_portal", "Vorgänge im Portal",
            [
                {"zeitpunkt": row.at, "vorgang": row.label, "worum": row.about}
                for row in Trace.objects.filter(by=person.account).order_by("at", "pk")
            ],
            stays="Nachweis, wer etwas veranlasst hat; gelöscht nach Ablauf der Aufbewahrungsfrist.",
        )  # fmt: skip
        yield Section(
            "verlauf_ueber_konto", "Vorgänge anderer, die dieses Konto betreffen",
            [
                {"zeitpunkt": row.at, "vorgang": row.label, "grund": row.detail.get("reason", "")}
                for row in Trace.objects.filter(detail__account=person.account).order_by("at", "pk")
                if row.by_id != person.account
            ],
            stays="Nachweis, was mit dem Konto geschah; Auskünfte bleiben, anderes geht nach der Aufbewahrungsfrist.",
        )  # fmt: skip
        yield Section(
            "weitere", "Weitere Vermerke mit diesem Konto", list(_mentions(person.account)),
            stays="Nachweis, wer etwas veranlasst hat. Nach dem Löschen des Kontos steht dort kein Name mehr.",
        )  # fmt: skip


def _written(row: CircularRecipient) -> dict[str, Any]:
    circular = row.circular
    told = {"gruppe": circular.group, "betreff": circular.subject, "freigegeben_am": circular.released_at}
    return told | {"adresse": row.address}


def _mail(row: Email) -> dict[str, Any]:
    head, _, tail = str(row.subject).partition(":")
    about = f"{head}: …" if "code" in head.lower() and tail else row.subject
    return {"geschrieben_am": clock.told(row.created), "betreff": about, "stand": STATES.get(row.status, "wartet")}


def _mentions(account: int) -> Iterator[dict[str, Any]]:
    """Yield every other table that points at the account, with how often; new tables are in it by themselves."""
    for relation in pointing(get_user_model()):
        model, field = relation.related_model, relation.field
        if f"{model._meta.label}.{field.name}" in SHOWN or model._meta.auto_created:
            continue
        if number := model._base_manager.filter(**{field.name: account}).count():
            yield {
                "wo": str(model._meta.verbose_name_plural),
                "als": ROLES.get(field.name, str(field.verbose_name)),
                "anzahl": number,
            }
