"""Minutes, certificates and letters in the admin: their state, download, preview and release."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from jury import permissions
from jury.actions import letters
from jury.models import Letter, Paper
from landespreis import clock, files, mail, wording
from landespreis.refusal import MailChanged, Refused
from submissions.admin.readonly import Done, FoundByNumber, NoChanges

HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""Lets the HTML of a mail bring its own styles and nothing else: no script, no address, no origin of ours."""


class ForOffice(NoChanges):
    """Mixin: for those who run the jury's business; nobody adds or deletes a row."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return runs(request)


def runs(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and permissions.may_run(request.user)


@admin.register(Paper)
class PaperAdmin(FoundByNumber, ForOffice, admin.ModelAdmin[Paper]):
    to_entry = "submission__"
    list_display = ("name", "short_category", "state", "pages", "attempts", "download")
    list_filter = ("kind", "category__round", "category", ("rendered_at", Done))
    list_select_related = ("category", "submission__round", "juror__seat")
    search_fields = ("submission__submitted_title", "submission__submitted_lead__label")
    search_help_text = "Nummer, Titel oder Kommune"
    fields = ("name", "category", "state", "progress", "owed_at", "attempts", "error", "pages", "size", "download")
    readonly_fields = ("name", "state", "progress", "download")

    def get_urls(self) -> list[URLPattern]:
        file = path("<int:pk>/datei/", self.admin_site.admin_view(self.file), name="jury_paper_file")
        return [file, *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand out minutes or a certificate; a dossier is for its juror alone."""
        if not runs(request):
            raise PermissionDenied
        paper = get_object_or_404(Paper.objects.select_related("category", "submission__round"), pk=pk)
        if paper.kind == Paper.Kind.DOSSIER or not paper.rendered_at:
            raise Http404("no such file")
        return files.serve(paper.file, name=paper.filename, content_type="application/pdf")

    @admin.display(description="Dokument", ordering="kind")
    def name(self, paper: Paper) -> str:
        whose = paper.submission or (paper.juror.seat.short_name if paper.juror else "")
        return f"{paper.get_kind_display()} {whose}".strip()

    @admin.display(description="Kategorie", ordering="category")
    def short_category(self, paper: Paper) -> str:
        return paper.category.short_name

    @admin.display(description="Stand", ordering="rendered_at")
    def state(self, paper: Paper) -> str:
        if paper.told_at:
            return f"erstellt am {wording.moment_short(paper.told_at)}"
        late = wording.stretch(timezone.now() - paper.owed_at) or "eben"
        return f"fehlt seit {late}" + (", letzter Versuch gescheitert" if paper.error else "")

    @admin.display(description="Fortschritt")
    def progress(self, paper: Paper) -> str:
        return f"{paper.done} von {paper.total}"

    @admin.display(description="PDF")
    def download(self, paper: Paper) -> SafeString | str:
        if paper.kind == Paper.Kind.DOSSIER:
            return "nur für das Jurymitglied"
        if not paper.rendered_at:
            return ""
        return format_html('<a href="{}">laden</a>', reverse("admin:jury_paper_file", args=[paper.pk]))


class LetterForm(forms.ModelForm[Letter]):
    class Meta:
        model = Letter
        fields = ("subject", "text")
        widgets = {
            "subject": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "text": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 24}),
        }
        help_texts = {"text": "Eine leere Zeile trennt Absätze. Die Urkunde liegt der Mail als PDF bei."}


@admin.register(Letter)
class LetterAdmin(FoundByNumber, ForOffice, admin.ModelAdmin[Letter]):
    form = LetterForm
    to_entry = "submission__"
    list_display = ("entry", "title", "kind", "category", "state")
    list_filter = ("kind", "submission__submitted_category", ("released_at", Done))
    list_select_related = ("submission__round", "submission__submitted_category", "released_by")
    search_fields = ("submission__submitted_title", "submission__submitted_lead__label")
    search_help_text = "Nummer, Titel oder Kommune"
    fields = ("entry", "title", "kind", "state", "subject", "text")
    readonly_fields = ("entry", "title", "kind", "state")
    actions = ("release_chosen",)
    change_form_template = "admin/jury/letter.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs(request) and (obj is None or obj.released_at is None)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("freigeben/", guarded(self.release), name="jury_letter_release"),
            path("<int:pk>/vorschau/", guarded(self.preview), name="jury_letter_preview"),
            path("<int:pk>/vorschau/html/", guarded(self.preview_html), name="jury_letter_preview_html"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say why a letter cannot be changed any more; saved and logged is nothing then."""
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return redirect("admin:jury_letter_change", object_id)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Letter | None:
        """Refuse the form of a letter that was released after it was opened, instead of the person."""
        letter = super().get_object(request, object_id, from_field)
        if request.method == "POST" and letter and letter.released_at:
            raise Refused(letters.RELEASED)
        return letter

    def save_model(self, request: HttpRequest, obj: Letter, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        letters.change(obj, by=request.user, **form.cleaned_data)

    @admin.action(description="Ausgewählte Briefe freigeben …", permissions=["change"])
    def release_chosen(self, request: HttpRequest, queryset: "QuerySet[Letter]") -> HttpResponse:
        keys = "&".join(f"brief={pk}" for pk in queryset.values_list("pk", flat=True))
        return redirect(f"{reverse('admin:jury_letter_release')}?{keys}")

    def release(self, request: HttpRequest) -> HttpResponse:
        """Show what goes to whom, and release it on POST."""
        if not runs(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        chosen = self._chosen(request.POST if request.method == "POST" else request.GET)
        if request.method == "POST":
            try:
                done = letters.release_all(chosen, by=request.user, seen=request.POST.get("seen", ""))
                self.message_user(request, f"Freigegeben: {done} von {len(chosen)} Briefen; die Mails sind unterwegs.")
                if left := letters.unreached(letters.with_entry().filter(pk__in=[letter.pk for letter in chosen])):
                    self.message_user(request, left, messages.WARNING)
            except MailChanged as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
                return self._release(request, chosen)
            except Refused as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            return redirect("admin:jury_letter_changelist")
        return self._release(request, chosen)

    def _release(self, request: HttpRequest, chosen: "list[Letter]") -> HttpResponse:
        seen = letters.mark(chosen)
        return self._page(request, "admin/jury/release.html", "Briefe freigeben", letters=chosen, seen=seen)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the mail as it would go out: addresses, subject, text, and the way to its HTML."""
        letter = self._one(request, pk)
        said = mail.said(letters.TEMPLATE, letters.content(letter))
        return self._page(
            request, "admin/jury/preview.html", "Vorschau", letter=letter, said=said, to=letters.recipients(letter)
        )

    def preview_html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the HTML part by itself, as a mailbox would: with its styles, outside our origin."""
        letter = self._one(request, pk)
        response = HttpResponse(mail.said(letters.TEMPLATE, letters.content(letter)).html)
        response["Content-Security-Policy"] = HTML_POLICY  # the middleware keeps a policy already there
        return response

    @admin.display(description="Einreichung", ordering="submission__number")
    def entry(self, letter: Letter) -> str:
        return letter.submission.label

    @admin.display(description="Titel")
    def title(self, letter: Letter) -> str:
        return letter.submission.submitted_title

    @admin.display(description="Kategorie", ordering="submission__submitted_category")
    def category(self, letter: Letter) -> str:
        found = letter.submission.submitted_category
        return found.short_name if found else ""

    @admin.display(description="Stand", ordering="released_at")
    def state(self, letter: Letter) -> str:
        if letter.released_at:
            return f"freigegeben am {wording.moment_short(letter.released_at)} von {letter.released_by}"
        embargo = letter.submission.round.embargo_until
        return "Entwurf" if clock.now() >= embargo else f"Entwurf, Freigabe ab {wording.opening(embargo)}"

    def _one(self, request: HttpRequest, pk: int) -> Letter:
        if not runs(request):
            raise PermissionDenied
        return get_object_or_404(letters.with_entry(), pk=pk)

    def _chosen(self, data: Any) -> list[Letter]:
        keys = [int(key) for key in data.getlist("brief") if key.isascii() and key.isdecimal() and len(key) < 10]
        return list(letters.with_entry().filter(pk__in=keys).order_by(F("submission__number")))

    def _page(self, request: HttpRequest, template: str, title: str, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}
        return TemplateResponse(request, template, context)
