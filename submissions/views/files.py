"""The pages of an entry's files: list and upload, image details, replace, delete, download."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from landespreis import files as private_files
from landespreis import throttle, uploads, wording
from landespreis.refusal import NotAllowed, Refused, TooLate
from submissions import permissions
from submissions.actions import files as verbs
from submissions.actions import gate
from submissions.forms.files import DescribeForm, ReplaceForm, UploadForm
from submissions.models import Attachment, Submission
from submissions.models.files import AttachmentQuerySet
from submissions.views import frame
from submissions.views.frame import SignedIn

Scan = Attachment.Scan
OFTEN = "In den letzten Minuten wurden hier sehr viele Dateien hochgeladen. Alles bisher Hochgeladene ist da."
FORMATS = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP"}


@dataclass(frozen=True)
class FileRow:
    """A line of the list: the file, its state as sign and word, and what is known about it."""

    file: Attachment
    sign: str
    word: str
    facts: str
    form: DescribeForm | None
    """Alternative text and rights, for an image that this person may describe now."""
    unfolded: bool
    """Whether that form stands open: something is missing or wrong in it."""

    @property
    def rejected(self) -> bool:
        return self.file.scan == Scan.INFECTED

    @property
    def waiting(self) -> bool:
        return self.file.scan == Scan.PENDING


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """The list of files, and the form that uploads one."""
    entry = frame.find(request.user, pk)
    form = UploadForm(entry.round)
    if request.method != "POST":
        return _page(request, entry, form)
    gate.require(entry, by=request.user, may=permissions.may_edit)
    form = UploadForm(entry.round, request.POST, request.FILES)
    file, status = _keep(request, entry, form)
    if file is None:
        return _page(request, entry, form, status=status)
    next_step = " Beschreiben Sie es jetzt für alle, die es nicht sehen." if file.is_image else ""
    messages.success(request, f"{file.name} ist hochgeladen.{next_step}")
    return redirect(_list(entry))


@login_required
@require_http_methods(["GET", "HEAD"])
def download(request: SignedIn, pk: uuid.UUID, file: uuid.UUID) -> FileResponse:
    """The file itself, also one that is removed but stands in a version."""
    visible = Attachment.objects.visible_to(request.user).downloadable()
    row = get_object_or_404(visible, submission_id=pk, pk=file)
    return private_files.serve(row.file, name=row.name, content_type=row.mimetype)


@login_required
@require_http_methods(["POST"])
def describe(request: SignedIn, pk: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """Alternative text and rights of an image."""
    entry = frame.find(request.user, pk)
    row = get_object_or_404(_files(entry).present(), pk=file, kind=Attachment.Kind.IMAGE)
    gate.require(entry, by=request.user, may=permissions.may_edit)
    form = DescribeForm(row, request.POST)
    if not form.is_valid():
        return _page(request, entry, UploadForm(entry.round), wrong=(row.pk, form), status=422)
    verbs.describe(row, by=request.user, **form.cleaned_data)
    messages.success(request, f"Die Angaben zu {row.name} sind gespeichert.")
    return redirect(_list(entry))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: SignedIn, pk: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """Put another file of the same kind in a file's place; what was said about an image stays."""
    entry = frame.find(request.user, pk)
    row = get_object_or_404(_files(entry).present(), pk=file)
    gate.require(entry, by=request.user, may=permissions.may_edit)
    form, status = ReplaceForm(entry.round, row.kind), 200
    if request.method == "POST":
        form = ReplaceForm(entry.round, row.kind, request.POST, request.FILES)
        fresh, status = _keep(request, entry, form, replaces=row)
        if fresh:
            messages.success(request, f"{row.name} ist durch {fresh.name} ersetzt.")
            return redirect(_list(entry))
    context = frame.context(request.user, entry, "dateien", file=row, facts=_facts(row, request.user), form=form)
    return render(request, "submissions/file_replace.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, pk: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """Asks once more, then takes the file off the draft; removing twice is removing once."""
    entry = frame.find(request.user, pk)
    row = get_object_or_404(_files(entry), pk=file)
    gate.require(entry, by=request.user, may=permissions.may_edit)
    if request.method == "POST":
        verbs.remove(row, by=request.user)
    if request.method == "POST" or row.removed_at:
        messages.success(request, f"{row.name} ist gelöscht.")
        return redirect(_list(entry))
    context = frame.context(
        request.user,
        entry,
        "dateien",
        file=row,
        facts=_facts(row, request.user),
        rejected=row.scan == Scan.INFECTED,
        handed_in=row.versions.exists(),
    )
    return render(request, "submissions/file_remove.html", context)


def _page(
    request: SignedIn,
    entry: Submission,
    form: UploadForm,
    *,
    wrong: tuple[uuid.UUID, DescribeForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the list; `wrong` is the image form with errors and the file it belongs to."""
    context = frame.context(request.user, entry, "dateien", form=form, wrong=wrong[1] if wrong else form)
    shown: frame.Frame = context["frame"]
    rows = [
        _row(file, request.user, shown.writable, dict([wrong] if wrong else [])) for file in _files(entry).present()
    ]
    counting = [row.file for row in rows if not row.rejected]
    context |= {
        "rows": rows,
        "total": wording.filesize(sum(file.size for file in counting)) if counting else "",
        "full": len(counting) >= entry.round.max_files,
    }
    return render(request, "submissions/files.html", context, status=status)


def _row(file: Attachment, user: User, writable: bool, wrong: dict[uuid.UUID, DescribeForm]) -> FileRow:
    sign, word = _state(file)
    described = file.is_image and writable and file.scan != Scan.INFECTED
    form = wrong.get(file.pk) or DescribeForm(file)
    return FileRow(
        file=file,
        sign=sign,
        word=word,
        facts=_facts(file, user),
        form=form if described else None,
        unfolded=bool(form.errors) or not (file.alt.strip() and file.rights.strip()),
    )


def _state(file: Attachment) -> tuple[str, str]:
    if file.scan == Scan.INFECTED:
        return "error", Scan.INFECTED.label
    if file.scan == Scan.PENDING:
        return "running", Scan.PENDING.label
    lacking = [name for name, text in (("Alternativtext", file.alt), ("Bildrechte", file.rights)) if not text.strip()]
    if not file.is_image or not lacking:
        return "done", Scan.CLEAN.label
    return "begun", "Alternativtext fehlt" if lacking == ["Alternativtext"] else f"{' und '.join(lacking)} fehlen"


def _facts(file: Attachment, user: User) -> str:
    """Return «Bild · JPEG, 1,8 MB, 3.000 × 2.000 Pixel · hochgeladen am 26. Januar 2026, 09:15 Uhr von Ihnen»."""
    content = [FORMATS.get(file.mimetype, ""), wording.filesize(file.size)]
    if file.width and file.height:
        content.append(f"{wording.number(file.width)} × {wording.number(file.height)} Pixel")
    elif file.pages:
        content.append("1 Seite" if file.pages == 1 else f"{wording.number(file.pages)} Seiten")
    who = "Ihnen" if file.uploaded_by_id == user.pk else str(file.uploaded_by)
    uploaded = f"hochgeladen am {wording.moment_short(file.uploaded_at)} von {who}"
    return " · ".join([file.get_kind_display(), ", ".join(filter(None, content)), uploaded])


def _keep(
    request: SignedIn, entry: Submission, form: UploadForm | ReplaceForm, *, replaces: Attachment | None = None
) -> tuple[Attachment | None, int]:
    """Return the kept file, or None and the status of the page that shows the form's errors."""
    if uploads.failed(request):
        form.errors["datei"] = form.error_class([private_files.NOT_STORED])
        return None, 503
    if not form.is_valid():
        return None, 422
    upload: UploadedFile[bytes] = form.cleaned_data["datei"]
    try:
        throttle.require(request, "upload", OFTEN, key=str(entry.pk))
        file = verbs.add(
            entry,
            upload,
            name=upload.name or "",
            size=upload.size or 0,
            kind=replaces.kind if replaces else form.cleaned_data["kind"],
            by=request.user,
            alt=replaces.alt if replaces else "",
            rights=replaces.rights if replaces else "",
            replaces=replaces,
        )
    except (NotAllowed, TooLate):
        raise
    except Refused as refusal:
        form.add_error("datei", refusal.message)
        return None, refusal.status
    return file, 302


def _files(entry: Submission) -> AttachmentQuerySet:
    return Attachment.objects.filter(submission=entry).select_related("submission", "uploaded_by")


def _list(entry: Submission) -> str:
    return reverse("submissions:files", args=[entry.pk]) + "#stand"
