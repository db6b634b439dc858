"""Versions of entries and their receipts, read-only: what was handed in when, and whether the receipt went out."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from landespreis import clock, wording
from landespreis.paging import KeysFirst
from submissions.admin.readonly import Done, FoundByNumber, NoChanges, ReadOnlyInline
from submissions.models import Receipt, Submission, Version


class VersionInline(ReadOnlyInline):
    model = Version
    fields = ("number", "submitted_at", "submitted_by", "receipt_state")
    readonly_fields = ("receipt_state",)
    show_change_link = True

    @admin.display(description="Eingangsbestätigung")
    def receipt_state(self, version: Version) -> str:
        return _receipt_of(version)


@admin.register(Version)
class VersionAdmin(FoundByNumber, NoChanges, admin.ModelAdmin[Version]):
    to_entry = "submission__"
    paginator = KeysFirst
    list_display = ("label", "title", "lead", "submitted_at", "submitted_by", "counts", "receipt_state")
    list_filter = ("submission__round", "submission__submitted_category")
    linked = ("submission",)
    list_select_related = ("submitted_by", "receipt", "submission__round", "submission__submitted_lead")
    date_hierarchy = "submitted_at"
    search_fields = ("submission__submitted_title", "submission__submitted_lead__label", "submitted_by__name")
    search_help_text = "Nummer, Titel, Kommune oder Person"
    fields = ("label", "submitted_at", "submitted_by", "sha256", "receipt_state", "pages")
    readonly_fields = ("label", "receipt_state", "pages")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Version]":
        """Without the contents: a list of a hundred would read megabytes."""
        rows: QuerySet[Version] = super().get_queryset(request)
        return rows.defer("canonical")

    @admin.display(description="Version")
    def label(self, version: Version) -> str:
        return f"{version.submission.label}, Version {version.number}"

    @admin.display(description="Titel der geltenden Version", ordering="submission__submitted_title")
    def title(self, version: Version) -> str:
        return version.submission.submitted_title

    @admin.display(description="federführend", ordering="submission__submitted_lead__sort_key")
    def lead(self, version: Version) -> str:
        return str(version.submission.submitted_lead)

    @admin.display(description="gilt", boolean=True)
    def counts(self, version: Version) -> bool:
        entry = version.submission
        return entry.current_id == version.pk and entry.status == Submission.Status.SUBMITTED

    @admin.display(description="Eingangsbestätigung")
    def receipt_state(self, version: Version) -> str:
        return _receipt_of(version)

    @admin.display(description="Inhalt")
    def pages(self, version: Version) -> SafeString:
        keys = [version.submission_id, version.number]
        links = [("Inhalt ansehen", reverse("submissions:version", args=keys))]
        if not version.number:
            return SafeString("nicht mehr gespeichert")
        if version.receipt.rendered_at:
            links.append(("Eingangsbestätigung (PDF)", reverse("submissions:receipt", args=keys)))
        return format_html_join(" · ", '<a href="{1}">{0}</a>', links)


@admin.register(Receipt)
class ReceiptAdmin(FoundByNumber, NoChanges, admin.ModelAdmin[Receipt]):
    to_entry = "version__submission__"
    paginator = KeysFirst
    list_display = ("version_name", "state", "addresses", "owed", "attempts")
    list_select_related = ("version__submission__round",)
    list_filter = (("rendered_at", Done), "version__submission__round")
    search_fields = ("version__submission__submitted_title", "version__submission__submitted_lead__label", "recipients")
    search_help_text = "Nummer, Titel, Kommune oder E-Mail-Adresse"
    fields = (
        "version_name",
        "state",
        "recipients",
        "owed",
        "claimed",
        "attempts",
        "error",
        "size",
    )
    readonly_fields = ("version_name", "state", "owed", "claimed")

    @admin.display(description="Version")
    def version_name(self, receipt: Receipt) -> str:
        return f"{receipt.version.submission.label}, Version {receipt.version.number}"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Receipt]":
        """Without the contents of the versions."""
        rows: QuerySet[Receipt] = super().get_queryset(request)
        return rows.defer("version__canonical")

    @admin.display(description="geht an")
    def addresses(self, receipt: Receipt) -> str:
        return ", ".join(receipt.recipients)

    @admin.display(description="Stand")
    def state(self, receipt: Receipt) -> str:
        return _receipt_state(receipt)

    @admin.display(description="geschuldet seit", ordering="owed_at")
    def owed(self, receipt: Receipt) -> str:
        return wording.moment_short(clock.told(receipt.owed_at))

    @admin.display(description="in Arbeit seit")
    def claimed(self, receipt: Receipt) -> str:
        return wording.moment_short(clock.told(receipt.claimed_at)) if receipt.claimed_at else "–"


def _receipt_of(version: Version) -> str:
    """An excerpt, version 0, is what is left once the time of keeping is over; it has no receipt."""
    return _receipt_state(version.receipt) if version.number else "nicht mehr gespeichert"


def _receipt_state(receipt: Receipt) -> str:
    if receipt.rendered_at:
        return f"erstellt am {wording.moment_short(clock.told(receipt.rendered_at))}"
    late = timezone.now() - receipt.owed_at
    return f"fehlt seit {wording.stretch(late) or 'eben'}" + (
        f", {receipt.attempts} Versuche" if receipt.attempts else ""
    )
