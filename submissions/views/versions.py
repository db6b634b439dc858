"""The versions of an entry: what each froze, what differs between two, and the receipt as PDF."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from landespreis import files
from landespreis.refusal import Refused
from submissions import difference, payload, sheet
from submissions import receipt as receipts
from submissions.models import Attachment, Submission, Version
from submissions.views import frame
from submissions.views.frame import Frame, SignedIn

OVER = (
    "Die Aufbewahrungsfrist dieser Einreichung ist abgelaufen. Gespeichert sind noch Nummer, Titel, federführende "
    "Kommune, Kategorie und Stand; Texte, Dateien und Bestätigungen sind gelöscht."
)


@login_required
@require_safe
def version(request: SignedIn, pk: uuid.UUID, n: int) -> HttpResponse:
    """What one submit froze, as its receipt says it and as the jury reads it; with `?vergleich=` what differs.

    Staff who may see versions read them here too, but never the draft.
    """
    entry, own = _entry(request.user, pk)
    # The one that counts, which people are led to after a submit, has been read with the entry.
    shown = entry.current if entry.current and entry.current.number == n else _version(entry, n)
    if request.headers.get("HX-Request") == "true":
        return render(request, "submissions/submitted/_receipt.html", {"version": shown, "receipt": shown.receipt})
    document = shown.payload
    versions = _versions(entry)
    context = frame.context(
        request.user,
        entry,
        version=shown,
        version_title=f"Version {n}",
        receipt=shown.receipt,
        document=document,
        own=own,
        versions=versions,
        others=[other for other in versions if other.number != n],
        counts=entry.status == Submission.Status.SUBMITTED and shown.pk == entry.current_id,
    )
    if "vergleich" in request.GET:
        context |= _comparison(context["frame"], shown, request.GET["vergleich"], with_draft=own)
        return render(request, "submissions/compare.html", context)
    said = receipts.context(document, sha256=shown.sha256)
    facts = dict(said["facts"])
    context |= {
        "said": said,
        "submitted_by": facts["Eingereicht von"],
        "declared": facts["Erklärungen"],
        "withdrawn": entry.status == Submission.Status.WITHDRAWN and shown.pk == entry.current_id,
        "differs": own and payload.content_of(document) != payload.content(context["frame"].draft),
        "sheet": sheet.of(
            document,
            criteria=criteria(context["frame"]),
            links=links(entry, shown.files.only("scan")),
        ),
    }
    return render(request, "submissions/version.html", context)


def _entry(user: User, pk: uuid.UUID) -> tuple[Submission, bool]:
    """Return the entry and whether it is the person's own.

    Raises Http404 for what they may not see, and Refused where only the excerpt is left.
    """
    if not _sees_every_version(user) or Submission.objects.visible_to(user).filter(pk=pk).exists():
        return frame.find(user, pk), True
    entry = frame.find(user, pk, among=Submission.objects.exclude(current=None))
    if entry.current and entry.current.number == payload.EXCERPT:
        raise Refused(OVER, title="Nicht mehr gespeichert")
    return entry, False


def _version(entry: Submission, n: int) -> Version:
    versions = Version.objects.select_related("submitted_by", "receipt", "submission__round")
    found = versions.filter(submission=entry, number=n).first()
    if found is None:
        raise Http404("Diese Version gibt es nicht.")
    return found


def _versions(entry: Submission) -> list[Version]:
    return list(Version.objects.filter(submission=entry).only("number", "submitted_at", "submission_id"))


def _comparison(shown: Frame, this: Version, other: str, *, with_draft: bool) -> dict[str, Any]:
    """Return the context of a comparison: the older side first. Raises Http404 for a side that does not exist."""
    if other == "entwurf" and with_draft:
        before, after = this.payload, payload.content(shown.draft)
        names = [f"Version {this.number}", "Entwurf"]
    elif other.isascii() and other.isdecimal() and len(other) < 6:
        pair = sorted([this, _version(shown.entry, int(other))], key=lambda version: version.number)
        before, after = (version.payload for version in pair)
        names = [f"Version {version.number}" for version in pair]
    else:
        raise Http404("Vergleichen lässt sich mit einer anderen Version oder mit dem Entwurf.")
    comparison = difference.compare(before, after)
    return {"comparison": comparison, "before": names[0], "after": names[1], "same": sheet.listed(comparison.same)}


@login_required
@require_safe
def receipt(request: SignedIn, pk: uuid.UUID, n: int) -> HttpResponseBase:
    """The Eingangsbestätigung as PDF; until it is rendered a page that says so."""
    found = (
        Version.objects.filter(submission__in=_readable(request.user), submission=pk, number=n)
        .select_related("receipt")
        .first()
    )
    if found is None:
        raise Http404("Diese Eingangsbestätigung gibt es nicht.")
    if not found.receipt.rendered_at:
        own = Submission.objects.visible_to(request.user).filter(pk=pk).exists()
        return render(request, "submissions/receipt_pending.html", {"version": found, "own": own}, status=202)
    return files.serve(found.receipt.file, name=found.receipt.filename, content_type="application/pdf")


def _readable(user: User) -> Any:
    return Submission.objects.all() if _sees_every_version(user) else Submission.objects.visible_to(user)


def _sees_every_version(user: User) -> bool:
    return user.is_staff and user.has_perm("submissions.view_version")


def criteria(shown: Frame) -> dict[str, str]:
    """Return how the sheet names the round's criteria, by key."""
    return {criterion.key: f"Kriterium {criterion.position}" for criterion in shown.draft.criteria}


def links(entry: Submission, attachments: Iterable[Attachment]) -> dict[str, sheet.Link]:
    """Return where the sheet's files can be downloaded; only what the scanner let pass has an address."""
    notes = {Attachment.Scan.PENDING: "wird noch geprüft", Attachment.Scan.INFECTED: "nach der Prüfung abgelehnt"}
    return {
        str(file.pk): sheet.Link("", notes[Attachment.Scan(file.scan)])
        if file.scan != Attachment.Scan.CLEAN
        else sheet.Link(reverse("submissions:file", args=[entry.pk, file.pk]))
        for file in attachments
    }
